// SPDX-License-Identifier: MIT
/*
 * A registry of memory types for tests.
 */
#include "mm/test_memtypes.h"

#include "lib/string.h"

struct memtypes test_memtypes;

static void begin_empty(uint64_t pat_msr)
{
	static struct paging paging;
	static struct pv platform;

	paging = *pv()->paging;
	paging.pat = pat_from_msr(pat_msr);
	platform = *pv();
	platform.paging = &paging;
	memset(&test_memtypes, 0, sizeof(test_memtypes));
	test_memtypes.pv = &platform;
	test_memtypes.pages = &test_page_alloc;
	test_memtypes.ram = &test_memory_map;
	test_memory_map.count = 0;
}

pfn_t test_memtypes_begin(uint64_t pat_msr, size_t pages)
{
	pfn_t frame;
	pfn_t record;

	begin_empty(pat_msr);
	if (pages == 0) {
		return PFN_NONE;
	}
	record = test_pages_take(pages + 2);
	if (pfn_eq(record, PFN_NONE) ||
	    !test_page_alloc_begin(record, pages + 2)) {
		return PFN_NONE;
	}
	for (size_t i = 1; i <= pages; i++) {
		if (page_alloc(&test_page_alloc, PAGE_TEST, &frame) != OK ||
		    frame.pfn != record.pfn + i) {
			return PFN_NONE;
		}
	}
	return pfn(record.pfn + 1);
}

void test_memtypes_end(pfn_t first, size_t pages)
{
	test_pages_give(pfn(first.pfn - 1), pages + 2);
}
