// SPDX-License-Identifier: MIT
/*
 * Tests of mapping over what is there already.
 *
 * On tables that no CPU uses, from an allocator of the test's own. What a
 * builder makes of an empty root is for cost_test.c and the host's models.
 */
#include "lib/selftest.h"
#include "mm/direct_map.h"
#include "mm/test_pages.h"
#include "mm/walk.h"

#define PAGES	6
#define MAPPED	(4 * MIB)
#define FROM	direct_map_vaddr(paddr(0))
#define PRESENT (MIB + UINT64_C(0x3000))

static struct audit audit;
static struct pgtable pt;
static pfn_t first;

/* Are frames so far in order that a large leaf can hold them? */
static bool has_large_leaves(void)
{
	return pv()->paging->leaf_max >= L2 &&
	       is_aligned(pv()->pfn_to_mfn(pfn(0)).mfn, ENTRY_COUNT) &&
	       pv()->pfn_to_mfn(pfn(MAPPED / PAGE_BYTES - 1)).mfn ==
		       pv()->pfn_to_mfn(pfn(0)).mfn + MAPPED / PAGE_BYTES - 1;
}

static void begin(void)
{
	memset(&audit, 0, sizeof(audit));
	first = test_pages_take(PAGES);
	if (pfn_eq(first, PFN_NONE) || !test_page_alloc_begin(first, PAGES)) {
		ERROR("no memory for the test");
	}
	pt = (struct pgtable){ .pv = pv(),
			       .pages = &test_page_alloc,
			       .audit = &audit,
			       .levels = L4 };
	CHECK_EQ(page_alloc(&test_page_alloc, PAGE_TABLE, &pt.root), OK);
}

static struct region part(uint64_t start, uint64_t bytes, attrs_t a)
{
	return (struct region){ .start = vaddr_add(FROM, start),
				.bytes = bytes,
				.memory = paddr(start),
				.attrs = a };
}

static unsigned int count_bytes(const struct found *found, void *context)
{
	*(uint64_t *)context += level_bytes(found->place.level);
	return 1;
}

/* DM-1, DM-2 */
SELFTEST(round_a_leaf,
	 "a small leaf stays as it is, and all round it is mapped")
{
	attrs_t before = attrs_possible(pv()->paging, attrs(0, MT_WB));
	struct region present = part(PRESENT, PAGE_BYTES, before);
	struct region all = part(0, MAPPED, attrs(RIGHT_WRITE, MT_WB));
	uint64_t bytes = 0;
	struct found found;

	if (!has_large_leaves()) {
		SKIP("no large leaves here");
	}
	CHECK_CALL(begin());
	CHECK_EQ(map_range(&pt, &present, L1, NULL), OK);
	CHECK_EQ(map_range(&pt, &all, L2, NULL), OK);
	walk_leaves(&pt, FROM, MAPPED, count_bytes, &bytes);
	CHECK_EQ(bytes, MAPPED);
	CHECK_EQ(audit.kept, 1);
	/* 512 small leaves, a large one, and three tables. */
	CHECK_EQ(audit.stores, ENTRY_COUNT + 1 + 3);
	found = walk_to(&pt, present.start, L1);
	CHECK_EQ(found.place.level, L1);
	CHECK(attrs_eq(pte_attrs(pv()->paging, L1, found.entry), before));
	test_pages_give(first, PAGES);
}

/* DM-1 */
SELFTEST(inside_a_leaf, "a large leaf stays, and no table is made below it")
{
	attrs_t before = attrs_possible(pv()->paging, attrs(0, MT_WB));
	struct region present = part(0, MAPPED, before);
	struct region small =
		part(PRESENT, MAPPED - PRESENT, attrs(RIGHT_WRITE, MT_WB));
	uint64_t stores;

	if (!has_large_leaves()) {
		SKIP("no large leaves here");
	}
	CHECK_CALL(begin());
	CHECK_EQ(map_range(&pt, &present, L2, NULL), OK);
	stores = audit.stores;
	CHECK_EQ(map_range(&pt, &small, L2, NULL), OK);
	CHECK_EQ(audit.stores, stores);
	CHECK_EQ(audit.kept, 2);
	CHECK_EQ(walk_to(&pt, small.start, L1).place.level, L2);
	test_pages_give(first, PAGES);
}

SELFTEST(no_memory, "without a page for a table what is mapped so far stays")
{
	struct region all = part(0, MIB, attrs(RIGHT_WRITE, MT_WB));
	uint64_t bytes = 0;

	CHECK_CALL(begin());
	for (uint64_t n = 1; n <= 3; n++) {
		page_alloc_fail_at(&test_page_alloc, 1);
		CHECK_EQ(map_range(&pt, &all, L1, NULL), ERR_NOMEM);
		page_alloc_fail_at(&test_page_alloc, 2);
		CHECK_EQ(map_range(&pt, &all, L1, NULL),
			 n < 3 ? ERR_NOMEM : OK);
		page_alloc_fail_at(&test_page_alloc, 0);
	}
	walk_leaves(&pt, FROM, MIB, count_bytes, &bytes);
	CHECK_EQ(bytes, MIB);
	test_pages_give(first, PAGES);
}

SELFTEST_SUITE(map_range, &round_a_leaf, &inside_a_leaf, &no_memory);
