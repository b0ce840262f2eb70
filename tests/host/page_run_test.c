// SPDX-License-Identifier: MIT
/*
 * Tests of runs of frames from the page allocator.
 *
 * On an allocator over frames that are not there: nothing is written to them.
 */
#include "lib/selftest.h"
#include "mm/page_alloc.h"
#include "mm/test_pages.h"

#define LOW	UINT64_C(0x1003)
#define HIGH	UINT64_C(0x2000)
#define FRAMES	UINT64_C(0x40)
#define NOWHERE pfn(0)

static struct page_alloc *const own = &test_page_alloc;

static void add_range(uint64_t start, uint64_t count)
{
	own->ranges[own->range_count++] =
		(struct page_range){ pfn(start), pfn(start),
				     pfn(start + count) };
}

static void begin(void)
{
	memset(own, 0, sizeof(*own));
	add_range(LOW, FRAMES);
	add_range(HIGH, FRAMES);
}

static pfn_t take(uint64_t count, uint64_t align)
{
	pfn_t first = NOWHERE;

	return page_alloc_take_run(own, count, align, &first) == OK ? first
								    : NOWHERE;
}

SELFTEST(from_the_end, "a run comes from the end of the highest range, aligned")
{
	pfn_t first;
	pfn_t second;

	begin();
	first = take(5, 8);
	CHECK_EQ(first.pfn, HIGH + FRAMES - 8);
	CHECK_EQ(page_kind_of(own, first), PAGE_TEST);
	/* What is left over behind it is nobody's. */
	CHECK_EQ(page_kind_of(own, pfn(HIGH + FRAMES - 1)), PAGE_TEST);
	CHECK_EQ(page_kind_of(own, pfn(first.pfn - 1)), PAGE_FREE);
	second = take(1, 1);
	CHECK_EQ(second.pfn, first.pfn - 1);
	page_alloc_give_run(own, second);
	page_alloc_give_run(own, first);
	CHECK_EQ(page_kind_of(own, first), PAGE_FREE);
	CHECK_EQ(own->ranges[1].end.pfn, HIGH + FRAMES);
	CHECK_EQ(own->reserved_count, 0);
	CHECK_EQ(take(5, 8).pfn, first.pfn);
}

SELFTEST(whole_ranges, "all of a range can be a run, and lower ones are tried")
{
	pfn_t high;
	pfn_t low;

	begin();
	high = take(FRAMES, 16);
	CHECK_EQ(high.pfn, HIGH);
	low = take(16, 16);
	CHECK_EQ(low.pfn, LOW + FRAMES - 0x13);
	CHECK_EQ(take(0x30, 16).pfn, 0);
	page_alloc_give_run(own, low);
	page_alloc_give_run(own, high);
	CHECK_EQ(own->ranges[0].end.pfn, LOW + FRAMES);
	CHECK_EQ(own->ranges[1].end.pfn, HIGH + FRAMES);
}

SELFTEST(not_again, "what was handed out, or is too much, is never in a run")
{
	begin();
	CHECK_EQ(take(FRAMES + 1, 1).pfn, 0);
	CHECK_EQ(take(UINT64_MAX, 1).pfn, 0);
	CHECK_EQ(take(1, 0x10000).pfn, 0);
	own->ranges[1].next = pfn(HIGH + FRAMES - 4);
	CHECK_EQ(take(4, 4).pfn, HIGH + FRAMES - 4);
	CHECK_EQ(take(4, 4).pfn, LOW + FRAMES - 7);
	begin();
	own->ranges[1].next = pfn(HIGH + FRAMES - 3);
	CHECK_EQ(take(4, 4).pfn, LOW + FRAMES - 7);
	begin();
	own->reserved_count = PAGE_RESERVED_MAX;
	CHECK_EQ(take(1, 1).pfn, 0);
}

SELFTEST_SUITE(page_run, &from_the_end, &whole_ranges, &not_again);
