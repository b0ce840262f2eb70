// SPDX-License-Identifier: MIT
/*
 * Tests of pages for page tables.
 */
#include "mm/table.h"

#include "arch/x86/phys.h"
#include "arch/x86/probe.h"
#include "mm/own_tables.h"
#include "mm/test_pages.h"
#include "mm/walk.h"

static bool can_write(pfn_t frame)
{
	struct fault fault;

	return probe_write(vaddr_of(phys_ptr(pfn_paddr(frame))), 0, &fault);
}

/* Under Xen's first domain a store to an L1 table is emulated, but this one is
 * none yet: what decides is the entry. */
SELFTEST(readonly, "a table for live tables is read-only where it must be")
{
	struct pgtable *pt = kernel_pgtable();
	pfn_t frame;
	pfn_t again;

	SKIP_WITHOUT_TABLES();
	CHECK_EQ(table_alloc(pt, &frame), OK);
	CHECK_EQ(page_kind_of(pt->pages, frame), PAGE_TABLE);
	CHECK_EQ(can_write(frame), !pt_is_readonly(pt)); /* TABLE-1 */
	table_free(pt, frame);
	CHECK_EQ(page_kind_of(pt->pages, frame), PAGE_FREE);
	CHECK_EQ(page_alloc(pt->pages, PAGE_TEST, &again), OK);
	CHECK(pfn_eq(again, frame));
	CHECK(can_write(frame)); /* TABLE-2 */
	page_free(pt->pages, frame);
}

SELFTEST(allowed, "no leaf for a table may be writable where that is the rule")
{
	struct pgtable *pt = kernel_pgtable();
	attrs_t all = attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB);
	pfn_t frame;
	mfn_t machine;

	SKIP_WITHOUT_TABLES();
	CHECK_EQ(page_alloc(pt->pages, PAGE_TEST, &frame), OK);
	machine = pt->pv->pfn_to_mfn(frame);
	CHECK(attrs_eq(pt_allowed(pt, machine, all), all));
	page_set_kind(pt->pages, frame, PAGE_TABLE);
	CHECK_EQ(attrs_has(pt_allowed(pt, machine, all), RIGHT_WRITE),
		 !pt_paging(pt)->tables_readonly);
	page_set_kind(pt->pages, frame, PAGE_TEST);
	page_free(pt->pages, frame);
}

#define POOL 3

SELFTEST(pool, "what was taken in advance is handed out first, zeroed")
{
	struct pgtable pt = { .pv = pv(), .pages = &test_page_alloc };
	pfn_t first = test_pages_take(POOL + 3);
	pfn_t frame;

	CHECK(!pfn_eq(first, PFN_NONE));
	CHECK(test_page_alloc_begin(first, POOL + 3));
	CHECK_EQ(table_pool_fill(&pt, POOL), OK);
	CHECK_EQ(test_page_alloc.counts[PAGE_TABLE], POOL);
	for (unsigned int i = 0; i < POOL; i++) {
		CHECK_EQ(table_alloc(&pt, &frame), OK);
		CHECK_EQ(page_kind_of(&test_page_alloc, frame), PAGE_TABLE);
		CHECK_EQ(*(uint64_t *)phys_ptr(pfn_paddr(frame)), 0);
		CHECK_EQ(test_page_alloc.counts[PAGE_TABLE], POOL);
	}
	CHECK_EQ(pt.pool, 0);
	CHECK_EQ(table_alloc(&pt, &frame), OK);
	CHECK_EQ(test_page_alloc.counts[PAGE_TABLE], POOL + 1);
	CHECK_EQ(table_pool_fill(&pt, 2), ERR_NOMEM);
	test_pages_give(first, POOL + 3);
}

SELFTEST_SUITE(table, &readonly, &allowed, &pool);
