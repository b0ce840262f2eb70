// SPDX-License-Identifier: MIT
/*
 * Tests of memory with another type than write-back.
 */
#include "mm/set_memory.h"

#include "mm/kernel_space.h"
#include "mm/own_tables.h"
#include "mm/test_pages.h"

#define PAGES 3

static pfn_t frames[PAGES];

static void begin(void)
{
	pfn_t first = test_pages_take(PAGES);

	CHECK(!pfn_eq(first, PFN_NONE));
	/* In no order. */
	frames[0] = pfn(first.pfn + 1);
	frames[1] = pfn(first.pfn + 2);
	frames[2] = first;
}

static void end(void)
{
	test_pages_give(frames[2], PAGES);
}

static enum memtype type_at(pfn_t frame)
{
	struct found found = walk_to(kernel_pgtable(),
				     direct_map_vaddr(pfn_paddr(frame)), L1);

	return pte_attrs(pv()->paging, found.place.level, found.entry).type;
}

SELFTEST(there_and_back, "pages get a type and are write-back again, all types")
{
	enum memtype granted;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	for (enum memtype type = MT_WB; type < MT_COUNT; type++) {
		if (type != MT_WB && !pv()->paging->memtypes) {
			CHECK_EQ(set_memory_type(frames, PAGES, type, &granted),
				 ERR_REFUSED);
			CHECK_EQ(page_memtype(kernel_pgtable()->pages,
					      frames[0]),
				 MT_WB);
			continue;
		}
		CHECK_EQ(set_memory_type(frames, PAGES, type, &granted), OK);
		CHECK_EQ(granted, memtype_possible(&pv()->paging->pat, type));
		CHECK_EQ(type_at(frames[0]), granted);
		CHECK_EQ(type_at(frames[2]), granted);
		CHECK_EQ(page_free_refusal(kernel_pgtable()->pages,
					   frames[0]) != NULL,
			 type != MT_WB);
		CHECK_EQ(set_memory_wb(frames, PAGES, granted), OK);
		CHECK_EQ(type_at(frames[1]), MT_WB);
	}
	end();
}

SELFTEST(conflict, "pages that are reserved are not reserved again, nor half")
{
	enum memtype granted;

	SKIP_WITHOUT_TABLES();
	if (!pv()->paging->memtypes) {
		SKIP("memory can have no other type here");
	}
	CHECK_CALL(begin());
	CHECK_EQ(set_memory_type(&frames[1], 1, MT_UC, &granted), OK);
	CHECK_EQ(set_memory_type(frames, PAGES, MT_UC_MINUS, &granted),
		 ERR_CONFLICT);
	CHECK_EQ(granted, MT_UC);
	CHECK_EQ(type_at(frames[0]), MT_WB);
	CHECK_EQ(page_memtype(kernel_pgtable()->pages, frames[0]), MT_WB);
	CHECK_EQ(set_memory_wb(frames, PAGES, MT_UC), ERR_RANGE);
	CHECK_EQ(type_at(frames[1]), MT_UC);
	CHECK_EQ(set_memory_wb(&frames[1], 1, MT_UC), OK);
	end();
}

SELFTEST_SUITE(set_memory, &there_and_back, &conflict);
