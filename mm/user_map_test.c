// SPDX-License-Identifier: MIT
/*
 * Tests of user pages in the kernel's own tables.
 */
#include "mm/user_map.h"

#include "mm/direct_map.h"
#include "mm/own_tables.h"
#include "mm/walk.h"

#define AT     UINT64_C(0x7fffffe00000)
#define EITHER (RIGHT_WRITE | RIGHT_EXECUTE)

static pfn_t frame;

static enum err map(uint64_t start, uint64_t bytes, unsigned int right_bits)
{
	return user_map(kernel_pgtable(), vaddr(start), bytes, pfn_paddr(frame),
			rights(right_bits));
}

/* The rights by all levels, and the leaf's frame. */
static void check_leaf(unsigned int right_bits)
{
	const struct pgtable *pt = kernel_pgtable();
	struct found found = walk_to(pt, vaddr(AT), L1);
	attrs_t expected =
		attrs_possible(pt_paging(pt), attrs(right_bits, MT_WB));

	CHECK_EQ(found.kind, PTE_LEAF);
	CHECK_EQ(found.rights.bits, expected.rights.bits);
	CHECK_EQ(pt->pv->mfn_to_pfn(pte_mfn(L1, found.entry)).pfn, frame.pfn);
}

static void check_rights(void)
{
	static const unsigned int all[] = { 0, RIGHT_WRITE, RIGHT_EXECUTE };
	struct pgtable *pt = kernel_pgtable();

	for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
		CHECK_EQ(map(AT, PAGE_BYTES, all[i]), OK);
		CHECK_CALL(check_leaf(all[i] | RIGHT_USER));
		user_unmap(pt, vaddr(AT), PAGE_BYTES);
	}
	/* UMAP-1 */
	CHECK_EQ(map(AT, PAGE_BYTES, EITHER), ERR_DENIED);
	CHECK_EQ(map(AT, PAGE_BYTES + 1, 0), ERR_RANGE);
	CHECK_EQ(map(AT + 1, PAGE_BYTES, 0), ERR_RANGE);
	CHECK_EQ(map(AT, 0, 0), ERR_RANGE);
	CHECK_EQ(map(0, PAGE_BYTES, 0), ERR_RANGE);
	CHECK_EQ(map(USER_VADDR_END, PAGE_BYTES, 0), ERR_RANGE);
	CHECK_EQ(map(USER_VADDR_END - PAGE_BYTES, UINT64_C(2) * PAGE_BYTES, 0),
		 ERR_RANGE);
	CHECK_EQ(map(DIRECT_MAP_VADDR, PAGE_BYTES, 0), ERR_RANGE);
}

/* A page in each of two tables of L1, so that one goes before the other. */
static void check_tables(void)
{
	struct pgtable *pt = kernel_pgtable();
	uint64_t tables = pt->pages->counts[PAGE_TABLE_LIVE];

	CHECK_EQ(map(AT, PAGE_BYTES, 0), OK);
	CHECK_EQ(map(AT - PAGE_BYTES, PAGE_BYTES, 0), OK);
	CHECK_EQ(pt->pages->counts[PAGE_TABLE_LIVE],
		 tables + (uint64_t)pt->levels);
	user_unmap(pt, vaddr(AT), PAGE_BYTES);
	CHECK_EQ(pt->pages->counts[PAGE_TABLE_LIVE],
		 tables + (uint64_t)pt->levels - 1);
	user_unmap(pt, vaddr(AT - PAGE_BYTES), PAGE_BYTES);
	CHECK_EQ(pt->pages->counts[PAGE_TABLE_LIVE], tables);
	CHECK_EQ(pt->pages->counts[PAGE_TABLE], 0);
	CHECK_EQ(walk_to(pt, vaddr(AT), L1).place.level, pt->levels);
	CHECK_EQ(pt->audit->debt_count, 0); /* UMAP-2 */
}

static void check_no_memory(void)
{
	struct pgtable *pt = kernel_pgtable();
	uint64_t tables = pt->pages->counts[PAGE_TABLE_LIVE];

	for (uint64_t n = 1; n < (uint64_t)pt->levels; n++) {
		page_alloc_fail_at(pt->pages, n);
		CHECK_EQ(map(AT, PAGE_BYTES, 0), ERR_NOMEM);
		CHECK_EQ(pt->pages->counts[PAGE_TABLE_LIVE], tables);
	}
	page_alloc_fail_at(pt->pages, 0);
}

static void with_frame(void (*body)(void))
{
	struct page_alloc *pages = kernel_pgtable()->pages;

	CHECK_EQ(page_alloc(pages, PAGE_TEST, &frame), OK);
	body();
	page_free(pages, frame);
}

/* UMAP-1 */
SELFTEST(user_rights, "a user page has its rights on all levels, never w and x")
{
	SKIP_WITHOUT_TABLES();
	with_frame(check_rights);
}

/* UMAP-2 */
SELFTEST(leaves_nothing, "what is unmapped leaves no entry and no table behind")
{
	SKIP_WITHOUT_TABLES();
	with_frame(check_tables);
}

SELFTEST(out_of_memory, "without memory for a table nothing is mapped")
{
	SKIP_WITHOUT_TABLES();
	with_frame(check_no_memory);
}

SELFTEST_SUITE(user_map, &user_rights, &leaves_nothing, &out_of_memory);
