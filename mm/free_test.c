// SPDX-License-Identifier: MIT
/*
 * Tests of what must hold before a page is freed.
 *
 * The allocator asks the kernel's address space (PAGE-3). Each page here is in
 * some use, is refused while it is, and is taken back in the end.
 */
#include "arch/x86/phys.h"
#include "mm/iomap.h"
#include "mm/own_tables.h"
#include "mm/table.h"
#include "mm/test_pages.h"
#include "mm/walk.h"

/* The last 2 MiB of the device frames: nothing is mapped there. */
#define PLACE (IOMAP_VADDR + IOMAP_BYTES - 2 * MIB)

static struct batch batch;

static void store(struct place place, pte_t entry)
{
	batch_begin(&batch, kernel_pgtable(), AUDIT_CHANGE);
	batch_store(&batch, place, entry);
	batch_finish(&batch);
}

static void flush(vaddr_t start, uint64_t bytes)
{
	batch_begin(&batch, kernel_pgtable(), AUDIT_CHANGE);
	batch_flush_range(&batch, start, bytes);
	batch_finish(&batch);
}

static bool refused(pfn_t frame)
{
	return page_free_refusal(kernel_pgtable()->pages, frame) != NULL;
}

static pte_t leaf_of(pfn_t frame, enum memtype type)
{
	const struct paging *paging = pt_paging(kernel_pgtable());

	return pte_leaf(paging, L1, kernel_pgtable()->pv->pfn_to_mfn(frame),
			attrs_possible(paging, attrs(RIGHT_WRITE | RIGHT_GLOBAL,
						     type)));
}

/* Links a table at the place, takes it out again, and frees it. */
static void check_table(struct place place, pfn_t table)
{
	struct pgtable *pt = kernel_pgtable();

	CHECK_EQ(place.level, L2);
	CHECK(!refused(table));
	store(place, pte_table(pt_paging(pt), L2, pt->pv->pfn_to_mfn(table),
			       rights(RIGHT_WRITE | RIGHT_EXECUTE)));
	CHECK_EQ(page_kind_of(pt->pages, table), PAGE_TABLE_LIVE);
	CHECK(refused(table));
	store(place, pte_none());
	CHECK_EQ(page_kind_of(pt->pages, table), PAGE_TABLE);
	CHECK(refused(table)); /* The CPU may still walk it. */
	flush(place.va, level_bytes(L2));
	CHECK(!refused(table));
}

SELFTEST(unlinked, "a table is freed after it was taken out and flushed")
{
	struct pgtable *pt = kernel_pgtable();
	const struct iomap *map;
	pfn_t frame;

	SKIP_WITHOUT_TABLES();
	/* So that there is an L2 table to link one into. */
	CHECK_EQ(iomap_add(test_device_frame(), 1, test_device_type(), "way",
			   &map),
		 OK);
	CHECK_EQ(table_alloc(pt, &frame), OK);
	CHECK_CALL(check_table(walk_to(pt, vaddr(PLACE), L2).place, frame));
	table_free(pt, frame);
	iomap_remove(map);
}

SELFTEST(mapped_elsewhere, "a page is freed after a mapping of it was flushed")
{
	struct pgtable *pt = kernel_pgtable();
	const struct iomap *map;
	struct place place;
	pfn_t frame;

	SKIP_WITHOUT_TABLES();
	CHECK_EQ(iomap_add(test_device_frame(), 1, test_device_type(), "way",
			   &map),
		 OK);
	CHECK_EQ(page_alloc(pt->pages, PAGE_TEST, &frame), OK);
	place = walk_to(pt, vaddr_add(map->start, PAGE_BYTES), L1).place;
	store(place, leaf_of(frame, MT_WB));
	store(place, pte_none());
	CHECK(refused(frame));
	flush(place.va, PAGE_BYTES);
	CHECK(!refused(frame));
	page_free(pt->pages, frame);
	iomap_remove(map);
}

SELFTEST(not_write_back,
	 "a page that is uncached in the direct map is not freed")
{
	struct pgtable *pt = kernel_pgtable();
	struct found alias;
	pfn_t frame;

	SKIP_WITHOUT_TABLES();
	if (!pt_paging(pt)->memtypes) {
		SKIP("memory can have no other type here");
	}
	CHECK_EQ(page_alloc(pt->pages, PAGE_TEST, &frame), OK);
	alias = walk_to(pt, direct_map_vaddr(pfn_paddr(frame)), L1);
	if (alias.place.level != L1) {
		page_free(pt->pages, frame);
		SKIP("the page lies in a large leaf");
	}
	store(alias.place, leaf_of(frame, MT_UC));
	flush(alias.place.va, PAGE_BYTES);
	CHECK(refused(frame));
	store(alias.place, leaf_of(frame, MT_WB));
	flush(alias.place.va, PAGE_BYTES);
	CHECK(!refused(frame));
	page_free(pt->pages, frame);
}

/* AUDIT-1, in two stores: what the ledger tells the auditor. */
SELFTEST(size_in_two_steps, "pages of another size wait for the flush")
{
	static struct audit ledger;
	const struct paging *paging;
	pfn_t root = pfn(1);
	pte_t large;
	pte_t small;
	pte_t table;

	SKIP_WITHOUT_TABLES();
	paging = pt_paging(kernel_pgtable());
	if (paging->leaf_max == L1) {
		SKIP("no large leaves here");
	}
	large = pte_leaf(paging, L2, mfn(0x400), attrs(RIGHT_EXECUTE, MT_WB));
	small = pte_leaf(paging, L1, mfn(0x400), attrs(RIGHT_EXECUTE, MT_WB));
	table = pte_table(paging, L2, mfn(2), rights(RIGHT_EXECUTE));
	CHECK_EQ(audit_size(L2, large, pte_none()), L2);
	CHECK_EQ(audit_size(L2, table, pte_none()), DEBT_TABLE);
	CHECK_EQ(audit_size(L1, small, pte_none()), 0);
	CHECK_EQ(audit_size(L2, pte_none(), table), 0);
	ledger.debt_count = 0;
	ledger_owe(&ledger, (struct debt){ .root = root,
					   .bytes = level_bytes(L2),
					   .size = L2 });
	CHECK(ledger_owes_size(&ledger, root, vaddr(0), L2, table));
	CHECK(ledger_owes_size(&ledger, root, vaddr(0), L1, small));
	CHECK(!ledger_owes_size(&ledger, root, vaddr(0), L2, large));
	CHECK(!ledger_owes_size(&ledger, root, vaddr(2 * MIB), L2, table));
	ledger_pay_range(&ledger, root, vaddr(0), level_bytes(L2));
	CHECK(!ledger_owes_size(&ledger, root, vaddr(0), L2, table));
}

SELFTEST_SUITE(free, &unlinked, &mapped_elsewhere, &not_write_back,
	       &size_in_two_steps);
