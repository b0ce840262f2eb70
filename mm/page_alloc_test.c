// SPDX-License-Identifier: MIT
/*
 * Tests of the page allocator.
 *
 * On an allocator of their own, over a few frames that are taken from the
 * kernel's (mm/test_pages.h) and full of junk.
 */
#include "mm/page_alloc.h"

#include "arch/x86/phys.h"
#include "lib/selftest.h"
#include "mm/kernel_space.h"
#include "mm/test_pages.h"

#define FRAMES UINT64_C(12)
#define JUNK   0xa5

static struct page_alloc *const own = &test_page_alloc;
static pfn_t first; /* Of the frames. */

static pfn_t nth(uint64_t n)
{
	return pfn(first.pfn + n);
}

static uint8_t *bytes_of(pfn_t frame)
{
	return phys_ptr(pfn_paddr(frame));
}

static void add_ram(paddr_t start, uint64_t bytes)
{
	if (memory_map_add(&test_memory_map, start, bytes, MEMORY_RAM) != OK) {
		ERROR("the map is full");
	}
}

/* Takes the frames; no allocator yet. */
static void take_frames(void)
{
	first = test_pages_take(FRAMES);
	if (pfn_eq(first, PFN_NONE)) {
		ERROR("no memory for the test");
	}
	for (size_t i = 0; i < FRAMES; i++) {
		*bytes_of(nth(i)) = JUNK;
		bytes_of(nth(i))[PAGE_BYTES - 1] = JUNK;
	}
	add_ram(pfn_paddr(first), FRAMES * PAGE_BYTES);
}

static void begin(void)
{
	CHECK_CALL(take_frames());
	page_alloc_init(own, &test_memory_map);
}

/* Not reached by a test that fails: then the frames are lost, and no harm. */
static void end(void)
{
	test_pages_give(first, FRAMES);
}

static pfn_t alloc(enum page_kind kind)
{
	pfn_t frame = PFN_NONE;

	return page_alloc(own, kind, &frame) == OK ? frame : PFN_NONE;
}

static void check_zero(pfn_t frame)
{
	const uint64_t *words = phys_ptr(pfn_paddr(frame));

	for (size_t i = 0; i < PAGE_BYTES / sizeof(*words); i++) {
		if (words[i] != 0) {
			FAIL("word %lu of a new page is 0x%lx", i, words[i]);
		}
	}
	selftest_checked();
}

/* PAGE-1, PAGE-2 */
SELFTEST(hands_out, "every page is handed out once, zeroed, and then no more")
{
	bool seen[FRAMES] = { false };
	pfn_t frame;

	CHECK_CALL(begin());
	/* The first frame is the record of the others. */
	for (size_t i = 1; i < FRAMES; i++) {
		frame = alloc(PAGE_TEST);
		CHECK(frame.pfn - first.pfn < FRAMES);
		CHECK(!seen[frame.pfn - first.pfn]);
		seen[frame.pfn - first.pfn] = true;
		CHECK_CALL(check_zero(frame));
		memset(bytes_of(frame), JUNK, PAGE_BYTES);
		CHECK_EQ(own->counts[PAGE_TEST], i);
	}
	CHECK_EQ(page_alloc(own, PAGE_TEST, &frame), ERR_NOMEM);
	CHECK_EQ(page_alloc(own, PAGE_TEST, &frame), ERR_NOMEM);
	CHECK_EQ(own->counts[PAGE_TEST], FRAMES - 1);
	page_free(own, nth(5));
	CHECK(pfn_eq(alloc(PAGE_TEST), nth(5)));
	CHECK_EQ(page_alloc(own, PAGE_TEST, &frame), ERR_NOMEM);
	end();
}

SELFTEST(kinds, "the allocator knows what every frame is")
{
	pfn_t table;

	CHECK_CALL(begin());
	CHECK_EQ(page_kind_of(own, nth(0)), PAGE_FREE);
	table = alloc(PAGE_TABLE);
	CHECK_EQ(page_kind_of(own, nth(0)), PAGE_RECORD);
	CHECK_EQ(page_kind_of(own, table), PAGE_TABLE);
	CHECK_EQ(page_kind_of(own, alloc(PAGE_TEST)), PAGE_TEST);
	CHECK_EQ(page_kind_of(own, nth(FRAMES - 1)), PAGE_FREE);
	CHECK_EQ(page_kind_of(own, nth(FRAMES)), PAGE_NOT_RAM);
	CHECK_EQ(page_kind_of(own, pfn(first.pfn - 1)), PAGE_NOT_RAM);
	CHECK_EQ(page_kind_of(own, PFN_NONE), PAGE_NOT_RAM);

	page_set_kind(own, table, PAGE_TABLE_LIVE);
	CHECK_EQ(page_kind_of(own, table), PAGE_TABLE_LIVE);
	CHECK_EQ(own->counts[PAGE_TABLE], 0);
	CHECK_EQ(own->counts[PAGE_TABLE_LIVE], 1);
	CHECK_EQ(own->counts[PAGE_RECORD], 1);
	page_set_kind(own, table, PAGE_TABLE);
	page_free(own, table);
	CHECK_EQ(page_kind_of(own, table), PAGE_FREE);
	CHECK_EQ(own->counts[PAGE_TABLE], 0);
	for (enum page_kind kind = PAGE_FREE; kind < PAGE_KIND_COUNT; kind++) {
		CHECK(strlen(page_kind_name(kind)) != 0);
	}
	end();
}

/* PAGE-2 */
SELFTEST(reuse, "the page freed last is the next one, and zeroed again")
{
	pfn_t a;
	pfn_t b;
	pfn_t c;

	CHECK_CALL(begin());
	a = alloc(PAGE_TEST);
	b = alloc(PAGE_TEST);
	c = alloc(PAGE_TEST);
	memset(bytes_of(b), JUNK, PAGE_BYTES);
	page_free(own, c);
	page_free(own, a);
	page_free(own, b);
	CHECK(pfn_eq(alloc(PAGE_TABLE), b));
	CHECK_CALL(check_zero(b));
	CHECK(pfn_eq(alloc(PAGE_TABLE), a));
	CHECK_CALL(check_zero(a));
	CHECK(pfn_eq(alloc(PAGE_TABLE), c));
	CHECK(pfn_eq(alloc(PAGE_TABLE), pfn(c.pfn + 1)));
	end();
}

SELFTEST(fails_when_told, "the call that is told to fails, and only that")
{
	CHECK_CALL(begin());
	for (uint64_t n = 1; n <= 3; n++) {
		uint64_t before = own->counts[PAGE_TEST];

		page_alloc_fail_at(own, n);
		for (uint64_t i = 1; i <= 4; i++) {
			CHECK_EQ(pfn_eq(alloc(PAGE_TEST), PFN_NONE), i == n);
		}
		CHECK_EQ(own->counts[PAGE_TEST], before + 3);
	}
	page_alloc_fail_at(own, 1);
	page_alloc_fail_at(own, 0);
	CHECK(!pfn_eq(alloc(PAGE_TEST), PFN_NONE));
	end();
}

static pfn_t used;

static const char *objection(pfn_t frame)
{
	return pfn_eq(frame, used) ? "is mapped" : NULL;
}

/* PAGE-3 */
SELFTEST(refuses, "only a page that is handed out and not used is taken back")
{
	pfn_t page;

	CHECK_CALL(begin());
	page = alloc(PAGE_TABLE);
	CHECK(page_free_refusal(own, page) == NULL);
	page_set_kind(own, page, PAGE_TABLE_LIVE);
	CHECK_STR(page_free_refusal(own, page), "is a live page table");
	page_set_kind(own, page, PAGE_TABLE);
	own->in_use = objection;
	used = page;
	CHECK_STR(page_free_refusal(own, page), "is mapped");
	used = first;
	CHECK(page_free_refusal(own, page) == NULL);
	page_free(own, page);
	CHECK_STR(page_free_refusal(own, page), "is free already");
	CHECK_STR(page_free_refusal(own, nth(9)), "is free already");
	CHECK_STR(page_free_refusal(own, nth(0)), "was never handed out");
	CHECK_STR(page_free_refusal(own, nth(FRAMES)), "was never handed out");
	CHECK_STR(page_free_refusal(own, PFN_NONE), "was never handed out");
	end();
}

SELFTEST(reserved, "what is reserved is never handed out, down to a byte of it")
{
	uint64_t count = 0;
	pfn_t frame;

	CHECK_CALL(take_frames());
	page_alloc_reserve(own, paddr_add(pfn_paddr(nth(4)), PAGE_BYTES - 1), 2,
			   PAGE_IMAGE);
	page_alloc_reserve(own, pfn_paddr(nth(5)), 3 * (uint64_t)PAGE_BYTES,
			   PAGE_BOOT);
	page_alloc_reserve(own, pfn_paddr(nth(9)), 0, PAGE_BOOT);
	page_alloc_reserve(own, pfn_paddr(nth(FRAMES - 1)),
			   9 * (uint64_t)PAGE_BYTES, PAGE_BOOT);
	page_alloc_init(own, &test_memory_map);

	/* The kind given last counts. */
	CHECK_EQ(page_kind_of(own, nth(3)), PAGE_FREE);
	CHECK_EQ(page_kind_of(own, nth(4)), PAGE_IMAGE);
	CHECK_EQ(page_kind_of(own, nth(5)), PAGE_BOOT);
	CHECK_EQ(page_kind_of(own, nth(6)), PAGE_BOOT);
	CHECK_EQ(page_kind_of(own, nth(7)), PAGE_BOOT);
	CHECK_EQ(page_kind_of(own, nth(8)), PAGE_FREE);
	CHECK_EQ(page_kind_of(own, nth(9)), PAGE_FREE);
	CHECK_EQ(page_kind_of(own, nth(FRAMES - 1)), PAGE_BOOT);
	while (page_alloc(own, PAGE_TEST, &frame) == OK) {
		CHECK(frame.pfn < nth(4).pfn || frame.pfn > nth(7).pfn);
		CHECK(frame.pfn < nth(FRAMES - 1).pfn);
		count++;
	}
	/* Two ranges are left, each with a record: 0 to 3 and 8 to 10. */
	CHECK_EQ(count, 3 + 2);
	CHECK_EQ(*bytes_of(nth(4)), JUNK);
	CHECK_EQ(*bytes_of(nth(7)), JUNK);
	CHECK_EQ(*bytes_of(nth(FRAMES - 1)), JUNK);
	end();
}

SELFTEST(unreserved, "what is reserved no longer is handed out, and no more")
{
	uint64_t count = 0;
	pfn_t frame;

	CHECK_CALL(take_frames());
	page_alloc_reserve(own, pfn_paddr(nth(0)),
			   (uint64_t)FRAMES * PAGE_BYTES, PAGE_BOOT);
	page_alloc_reserve(own, pfn_paddr(nth(2)), 3 * (uint64_t)PAGE_BYTES,
			   PAGE_TABLE_LIVE);
	page_alloc_init(own, &test_memory_map);
	CHECK_EQ(page_alloc(own, PAGE_TEST, &frame), ERR_NOMEM);
	CHECK_EQ(page_kind_of(own, nth(2)), PAGE_TABLE_LIVE);
	page_alloc_unreserve(own, (struct frame_range){ nth(2), 3 });
	CHECK_EQ(page_kind_of(own, nth(1)), PAGE_BOOT);
	CHECK_EQ(page_kind_of(own, nth(2)), PAGE_FREE);
	CHECK_EQ(page_kind_of(own, nth(5)), PAGE_BOOT);
	while (page_alloc(own, PAGE_TEST, &frame) == OK) {
		CHECK(frame.pfn > nth(2).pfn && frame.pfn < nth(5).pfn);
		count++;
	}
	CHECK_EQ(count, 2); /* And a record. */
	end();
}

SELFTEST(runs_of_tables, "a run is as long as frames are tables, or are none")
{
	static const bool tables[] = { false, true, true, false, true };
	pfn_t frame[ARRAY_COUNT(tables)];

	CHECK_CALL(begin());
	for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
		frame[i] = alloc(tables[i] ? PAGE_TABLE : PAGE_TEST);
	}
	CHECK_EQ(page_run_of_tables(own, frame[0], 99), 1);
	CHECK_EQ(page_run_of_tables(own, frame[1], 99), 2);
	CHECK_EQ(page_run_of_tables(own, frame[1], 1), 1);
	page_set_kind(own, frame[2], PAGE_TABLE_LIVE);
	CHECK_EQ(page_run_of_tables(own, frame[1], 99), 2);
	CHECK_EQ(page_run_of_tables(own, frame[2], 99), 1);
	CHECK_EQ(page_run_of_tables(own, pfn(frame[4].pfn + 1), 2), 2);
	CHECK(page_is_table(own, frame[2]));
	CHECK(!page_is_table(own, frame[3]));
	end();
}

SELFTEST(ends_of, "the end of the next frames is told, over the gaps")
{
	CHECK_CALL(take_frames());
	page_alloc_reserve(own, pfn_paddr(nth(3)), 2 * (uint64_t)PAGE_BYTES,
			   PAGE_BOOT);
	page_alloc_init(own, &test_memory_map);
	CHECK_EQ(page_alloc_end_of(own, 3).pa, pfn_paddr(nth(3)).pa);
	CHECK_EQ(page_alloc_end_of(own, 4).pa, pfn_paddr(nth(6)).pa);
	CHECK_EQ(page_alloc_end_of(own, 999).pa, pfn_paddr(nth(FRAMES)).pa);
	(void)alloc(PAGE_TEST); /* And a record. */
	CHECK_EQ(page_alloc_end_of(own, 1).pa, pfn_paddr(nth(3)).pa);
	end();
}

/* Most machines have nothing at these addresses, so a touch would fault. */
SELFTEST(far_apart, "RAM at 1 TiB and at 25 TiB costs nothing until it is used")
{
	CHECK_CALL(take_frames());
	CHECK_CALL(add_ram(paddr(TIB), 64 * GIB));
	CHECK_CALL(add_ram(paddr(25 * TIB), GIB));
	page_alloc_reserve(own, paddr(25 * TIB + MIB), MIB, PAGE_BOOT);
	page_alloc_init(own, &test_memory_map);
	CHECK(pfn_eq(alloc(PAGE_TEST), nth(1)));
	CHECK_EQ(page_kind_of(own, paddr_pfn(paddr(TIB - 1))), PAGE_NOT_RAM);
	CHECK_EQ(page_kind_of(own, paddr_pfn(paddr(TIB))), PAGE_FREE);
	CHECK_EQ(page_kind_of(own, paddr_pfn(paddr(TIB + 64 * GIB - 1))),
		 PAGE_FREE);
	CHECK_EQ(page_kind_of(own, paddr_pfn(paddr(TIB + 64 * GIB))),
		 PAGE_NOT_RAM);
	CHECK_EQ(page_kind_of(own, paddr_pfn(paddr(25 * TIB))), PAGE_FREE);
	CHECK_EQ(page_kind_of(own, paddr_pfn(paddr(25 * TIB + MIB))),
		 PAGE_BOOT);
	CHECK_EQ(page_kind_of(own, paddr_pfn(paddr(25 * TIB + 2 * MIB))),
		 PAGE_FREE);
	CHECK_EQ(page_kind_of(own, paddr_pfn(paddr(25 * TIB + GIB))),
		 PAGE_NOT_RAM);
	end();
}

SELFTEST(out_of_reach, "memory that cannot be reached is not handed out")
{
	pfn_t frame;

	memset(own, 0, sizeof(*own));
	test_memory_map.count = 0;
	CHECK_CALL(add_ram(paddr(DIRECT_MAP_BYTES), GIB));
	page_alloc_init(own, &test_memory_map);
	CHECK_EQ(page_alloc(own, PAGE_TEST, &frame), ERR_NOMEM);
	CHECK_EQ(own->counts[PAGE_RECORD], 0);
}

/* The last frames of a range of RAM that the kernel's allocator has not begun
 * to hand out, one more group than the count; or PFN_NONE. The last range may
 * be a small one. */
static pfn_t borrow(uint64_t count)
{
	const struct page_alloc *pages = kernel_pgtable()->pages;

	for (size_t i = pages == NULL ? 0 : pages->range_count; i-- != 0;) {
		const struct page_range *range = &pages->ranges[i];

		if (range->end.pfn - range->next.pfn >= PAGE_GROUP + count) {
			return pfn(range->end.pfn - PAGE_GROUP - count);
		}
	}
	return PFN_NONE;
}

/* What lies between the ends of the first group is skipped, not used. */
SELFTEST(groups, "each group begins with a record of its own")
{
	memset(own, 0, sizeof(*own));
	test_memory_map.count = 0;
	first = borrow(3);
	if (pfn_eq(first, PFN_NONE)) {
		SKIP("there are no 16 MiB that nobody uses");
	}
	CHECK_CALL(add_ram(pfn_paddr(first),
			   (PAGE_GROUP + UINT64_C(3)) * PAGE_BYTES));
	page_alloc_init(own, &test_memory_map);
	CHECK(pfn_eq(alloc(PAGE_TEST), nth(1)));
	own->ranges[0].next = nth(PAGE_GROUP - 1);
	CHECK(pfn_eq(alloc(PAGE_TEST), nth(PAGE_GROUP - 1)));
	CHECK(pfn_eq(alloc(PAGE_TABLE), nth(PAGE_GROUP + 1)));
	CHECK(pfn_eq(alloc(PAGE_TEST), nth(PAGE_GROUP + 2)));
	CHECK(pfn_eq(alloc(PAGE_TEST), PFN_NONE));
	CHECK_EQ(page_kind_of(own, nth(0)), PAGE_RECORD);
	CHECK_EQ(page_kind_of(own, nth(1)), PAGE_TEST);
	CHECK_EQ(page_kind_of(own, nth(2)), PAGE_FREE);
	CHECK_EQ(page_kind_of(own, nth(PAGE_GROUP)), PAGE_RECORD);
	CHECK_EQ(page_kind_of(own, nth(PAGE_GROUP + 1)), PAGE_TABLE);
	CHECK_EQ(own->counts[PAGE_RECORD], 2);
}

SELFTEST_SUITE(page_alloc, &hands_out, &kinds, &reuse, &fails_when_told,
	       &refuses, &reserved, &unreserved, &runs_of_tables, &ends_of,
	       &far_apart, &out_of_reach, &groups);
