// SPDX-License-Identifier: MIT
/*
 * Tests of who uses which memory type.
 *
 * Most of them are lists of calls, with what each is to say.
 */
#include "mm/memtype.h"

#include "lib/selftest.h"
#include "mm/test_memtypes.h"

#define PAGES 12U

static struct memtypes *const types = &test_memtypes;
static pfn_t first; /* Of the pages. */

static void begin(uint64_t pat_msr)
{
	first = test_memtypes_begin(pat_msr, PAGES);
	if (pfn_eq(first, PFN_NONE)) {
		ERROR("no memory for the test");
	}
}

/* Not reached by a test that fails: then the frames are lost, and no harm. */
static void end(void)
{
	test_memtypes_end(first, PAGES);
}

/* ---- Lists of calls ------------------------------------------------------ */

enum call { EXACT, SHARE, FREE, RAM, RAM_FREE, TYPE, RAM_TYPE };

/* Nothing is granted. */
#define NO MT_COUNT

struct step {
	uint8_t call;
	uint8_t n; /* The frame, from the first of the device or of RAM. */
	uint8_t pages;
	uint8_t type;
	uint8_t error;
	uint8_t granted; /* Or found. */
};

static enum err take(const struct step *step, enum memtype *granted)
{
	mfn_t device = mfn(TEST_DEVICE_MFN + step->n);
	pfn_t page = pfn(first.pfn + step->n);
	enum memtype type = (enum memtype)step->type;

	switch ((enum call)step->call) {
	case FREE:
		return memtype_free(types, device, step->pages, type);
	case RAM:
		return memtype_reserve_ram(types, page, step->pages, type,
					   granted);
	case RAM_FREE:
		return memtype_free_ram(types, page, step->pages, type);
	case TYPE:
		*granted = memtype_of(types, device);
		return OK;
	case RAM_TYPE:
		*granted = memtype_of(types, pv()->pfn_to_mfn(page));
		return OK;
	default:
		return memtype_reserve(types, device, step->pages, type,
				       step->call == SHARE ? MEMTYPE_SHARE
							   : MEMTYPE_EXACT,
				       granted);
	}
}

static void run_steps(const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum memtype granted = NO;
		enum err error = take(&steps[i], &granted);

		if (error != (enum err)steps[i].error ||
		    granted != (enum memtype)steps[i].granted) {
			FAIL("step %lu of the list: error %d, type %d", i,
			     error, granted);
		}
	}
	selftest_checked();
}

#define RUN_STEPS(steps) CHECK_CALL(run_steps(steps, ARRAY_COUNT(steps)))

/* ---- Types --------------------------------------------------------------- */

/* WT, WP and WC are equal. */
static const uint8_t ranks[MT_COUNT] = { 0, 1, 1, 1, 2, 3 };

static bool is_right(unsigned int layout, enum memtype want, enum memtype got)
{
	if ((layout >> got & 1) == 0) {
		return false;
	}
	for (unsigned int i = 0; i < MT_COUNT; i++) {
		if ((layout >> i & 1) != 0 && ranks[i] > ranks[want] &&
		    ranks[i] < ranks[got]) {
			return false;
		}
	}
	return layout >> want & 1 ? got == want : ranks[got] > ranks[want];
}

/* MEMTYPE-4 */
SELFTEST(possible, "a type that a layout lacks becomes the next stricter one")
{
	struct pat pat = { .msr = 0 };

	for (unsigned int layout = BIT(MT_UC); layout < BIT(MT_COUNT);
	     layout++) {
		for (unsigned int i = 0; i < PAT_COUNT; i++) {
			pat.types[i] =
				layout >> i & 1 ? (enum memtype)i : MT_UC;
		}
		for (enum memtype want = MT_WB; want < MT_COUNT; want++) {
			CHECK(is_right(layout, want,
				       memtype_possible(&pat, want)));
		}
	}
}

/* MEMTYPE-4 */
SELFTEST(told, "who gets another type than the one wanted is told")
{
	static const struct step steps[] = {
		{ EXACT, 0, 1, MT_WC, OK, MT_UC_MINUS },
		{ FREE, 0, 1, MT_WC, ERR_RANGE, NO },
		{ FREE, 0, 1, MT_UC_MINUS, OK, NO },
		{ RAM, 0, 1, MT_WP, OK, MT_UC_MINUS },
		{ RAM_TYPE, 0, 1, 0, OK, MT_UC_MINUS },
	};

	CHECK_CALL(begin(PAT_MSR_RESET));
	RUN_STEPS(steps);
	end();
}

static void check_pair(uint8_t there, uint8_t want)
{
	bool same = there == want;
	bool stricter = ranks[there] > ranks[want];
	bool shared = same || stricter;
	bool ram = there == MT_WB;
	const struct step steps[] = {
		{ EXACT, 2, 2, there, OK, there },
		{ EXACT, 3, 2, want, same ? OK : ERR_CONFLICT, there },
		{ TYPE, 4, 1, 0, OK, same ? there : NO },
		{ SHARE, 1, 2, want, shared ? OK : ERR_CONFLICT, there },
		{ TYPE, 1, 1, 0, OK, shared ? there : NO },
		{ FREE, 3, 2, want, same ? OK : ERR_RANGE, NO },
		{ FREE, 1, 2, there, shared ? OK : ERR_RANGE, NO },
		{ FREE, 2, 2, there, OK, NO },
		{ RAM, 2, 2, there, OK, there },
		{ RAM, 3, 2, want, ram ? OK : ERR_CONFLICT,
		  ram ? want : there },
		{ RAM_TYPE, 4, 1, 0, OK, ram ? want : MT_WB },
		{ RAM_FREE, 3, 2, want, ram ? OK : ERR_RANGE, NO },
		{ RAM_FREE, 2, 2, there, OK, NO },
	};

	RUN_STEPS(steps);
	CHECK_EQ(memtype_is_stricter(there, want), stricter);
}

/* MEMTYPE-1, MEMTYPE-2 */
SELFTEST(pairs, "no two types are at one place, of a device or of RAM")
{
	CHECK_CALL(begin(PAT_MSR_NATIVE));
	for (unsigned int i = 0; i < MT_COUNT; i++) {
		for (unsigned int j = 0; j < MT_COUNT; j++) {
			CHECK_CALL(check_pair((uint8_t)i, (uint8_t)j));
		}
	}
	end();
}

/* ---- Ranges -------------------------------------------------------------- */

/* MEMTYPE-3 */
SELFTEST(exact_free, "only what was reserved is freed, as often as it was")
{
	static const struct step before[] = {
		{ EXACT, 4, 4, MT_WC, OK, MT_WC },
		{ EXACT, 4, 4, MT_WC, OK, MT_WC },
		{ RAM, 4, 4, MT_WC, OK, MT_WC },
		{ FREE, 4, 4, MT_UC, ERR_RANGE, NO },
		{ RAM_FREE, 4, 4, MT_UC, ERR_RANGE, NO },
		{ RAM_FREE, 4, 4, MT_WB, ERR_RANGE, NO },
		{ RAM_FREE, 0, 5, MT_WB, ERR_RANGE, NO },
	};
	static const struct step after[] = {
		{ FREE, 4, 4, MT_WC, OK, NO },
		{ TYPE, 7, 1, 0, OK, MT_WC },
		{ FREE, 4, 4, MT_WC, OK, NO },
		{ TYPE, 7, 1, 0, OK, NO },
		{ FREE, 4, 4, MT_WC, ERR_RANGE, NO },
		{ RAM_TYPE, 7, 1, 0, OK, MT_WC },
		{ RAM_FREE, 4, 4, MT_WC, OK, NO },
		{ RAM_TYPE, 7, 1, 0, OK, MT_WB },
		{ RAM_FREE, 4, 4, MT_WC, ERR_RANGE, NO },
		{ RAM_FREE, 4, 4, MT_WB, OK, NO },
	};

	CHECK_CALL(begin(PAT_MSR_NATIVE));
	RUN_STEPS(before);
	for (uint8_t i = 0; i < 3 * 6; i++) {
		uint8_t n = 3 + i / 6;
		const struct step other[] = {
			{ FREE, n, i % 6, MT_WC, ERR_RANGE, NO },
			{ RAM_FREE, n, i % 6, MT_WC, ERR_RANGE, NO },
		};

		if (n != 4 || i % 6 != 4) {
			RUN_STEPS(other);
		}
	}
	RUN_STEPS(after);
	end();
}

/* MEMTYPE-1, MEMTYPE-3 */
SELFTEST(neighbours, "what only touches does not conflict, nor become one")
{
	static const struct step steps[] = {
		{ EXACT, 4, 2, MT_WC, OK, MT_WC },
		{ EXACT, 2, 2, MT_UC, OK, MT_UC },
		{ EXACT, 6, 2, MT_WC, OK, MT_WC },
		{ FREE, 4, 4, MT_WC, ERR_RANGE, NO },
		{ RAM, 4, 2, MT_WC, OK, MT_WC },
		{ RAM, 2, 2, MT_UC, OK, MT_UC },
		{ RAM, 6, 2, MT_WC, OK, MT_WC },
		{ RAM_FREE, 4, 4, MT_WC, ERR_RANGE, NO },
		{ RAM_FREE, 4, 2, MT_WC, OK, NO },
		{ RAM_TYPE, 3, 1, 0, OK, MT_UC },
		{ RAM_TYPE, 4, 1, 0, OK, MT_WB },
		{ RAM_TYPE, 6, 1, 0, OK, MT_WC },
	};

	CHECK_CALL(begin(PAT_MSR_NATIVE));
	RUN_STEPS(steps);
	CHECK(page_memtype_run(types->pages, pfn(first.pfn + 6)) == 2 &&
	      page_memtype_run(types->pages, pfn(first.pfn + 7)) == 0);
	end();
}

/* MEMTYPE-2. Of two other types one cannot be taken. */
SELFTEST(all_or_nothing, "a conflict in the middle leaves all as it was")
{
	static const struct step steps[] = {
		{ EXACT, 4, 1, MT_UC, OK, MT_UC },
		{ EXACT, 6, 1, MT_UC_MINUS, OK, MT_UC_MINUS },
		{ SHARE, 0, 9, MT_WC, ERR_CONFLICT, MT_UC },
		{ EXACT, 0, 9, MT_UC, ERR_CONFLICT, MT_UC_MINUS },
		{ SHARE, 0, 9, MT_UC_MINUS, ERR_CONFLICT, MT_UC },
		{ TYPE, 3, 1, 0, OK, NO },
		{ TYPE, 5, 1, 0, OK, NO },
		{ TYPE, 6, 1, 0, OK, MT_UC_MINUS },
		{ TYPE, 7, 1, 0, OK, NO },
		{ RAM, 4, 1, MT_UC, OK, MT_UC },
		{ RAM, 0, 9, MT_WC, ERR_CONFLICT, MT_UC },
		{ RAM_TYPE, 0, 1, 0, OK, MT_WB },
		{ RAM_TYPE, 3, 1, 0, OK, MT_WB },
		{ RAM_TYPE, 4, 1, 0, OK, MT_UC },
		{ RAM_TYPE, 5, 1, 0, OK, MT_WB },
	};

	CHECK_CALL(begin(PAT_MSR_NATIVE));
	RUN_STEPS(steps);
	end();
}

/* MEMTYPE-2. After the pages there is a free one, and then no RAM. */
SELFTEST(wrong_ram,
	 "only pages that were handed out, and no tables, have a type")
{
	static const struct step steps[] = {
		{ RAM, 0, 0, MT_UC, ERR_RANGE, NO },
		{ RAM, 0, UINT8_MAX, MT_UC, ERR_RANGE, NO },
		{ RAM, PAGES - 1, 2, MT_UC, ERR_RANGE, NO },
		{ RAM, PAGES, 2, MT_WB, ERR_RANGE, NO },
		{ RAM, PAGES + 1, 1, MT_UC, ERR_RANGE, NO },
		{ RAM, 0, 3, MT_UC, ERR_RANGE, NO }, /* A table. */
		{ RAM_TYPE, 0, 1, 0, OK, MT_WB },
		{ RAM_TYPE, 2, 1, 0, OK, MT_WB },
		{ RAM_TYPE, PAGES, 1, 0, OK, MT_WB },
		{ RAM, 0, 2, MT_UC, OK, MT_UC },
	};

	CHECK_CALL(begin(PAT_MSR_NATIVE));
	page_set_kind(types->pages, pfn(first.pfn + 2), PAGE_TABLE);
	RUN_STEPS(steps);
	first.pfn--; /* The record. */
	run_steps(&steps[5], 1);
	first.pfn++;
	end();
}

static bool is_refused(mfn_t frame, uint64_t pages)
{
	enum memtype granted = NO;

	return memtype_reserve(types, frame, pages, MT_UC, MEMTYPE_SHARE,
			       &granted) == ERR_RANGE &&
	       memtype_free(types, frame, pages, MT_UC) == ERR_RANGE &&
	       granted == NO;
}

/* MEMTYPE-2 */
SELFTEST(wrong_device,
	 "RAM is no device, not even in part, nor what no frame is")
{
	static const uint64_t ranges[][2] = {
		{ TEST_DEVICE_MFN, 0 },
		{ TEST_DEVICE_MFN, MEMTYPE_PAGES_MAX + 1 },
		{ TEST_DEVICE_MFN, UINT64_MAX },
		{ 2 * TEST_DEVICE_MFN - 1, 2 },
		{ UINT64_MAX, 1 },
	};
	mfn_t ram;

	CHECK_CALL(begin(PAT_MSR_NATIVE));
	ram = pv()->pfn_to_mfn(pfn(first.pfn + 2));
	CHECK(is_refused(ram, 1) && is_refused(mfn(ram.mfn - 9), 99));
	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++) {
		CHECK(is_refused(mfn(ranges[i][0]), ranges[i][1]));
	}
	CHECK(memtype_of(types, MFN_NONE) == MEMTYPE_NONE);
	end();
}

/* MEMTYPE-5, PAGE-3 */
SELFTEST(goes_back, "a page is given back when it is write-back, not before")
{
	static const struct step steps[] = {
		{ RAM, 0, PAGES, MT_WC, OK, MT_WC },
		{ RAM_FREE, 0, PAGES, MT_WC, OK, NO },
		{ RAM, 0, PAGES, MT_WC, ERR_RANGE, NO },
	};
	pfn_t last;

	CHECK_CALL(begin(PAT_MSR_NATIVE));
	last = pfn(first.pfn + PAGES - 1);
	CHECK_CALL(run_steps(&steps[0], 1));
	CHECK(page_free_refusal(types->pages, last) != NULL);
	CHECK_CALL(run_steps(&steps[1], 1));
	page_free(types->pages, last);
	CHECK_CALL(run_steps(&steps[2], 1));
	CHECK_EQ(page_alloc(types->pages, PAGE_TEST, &last), OK);
	CHECK_CALL(run_steps(&steps[0], 1));
	end();
}

SELFTEST(full, "without room nothing is reserved but what is already")
{
	static const struct step steps[] = {
		{ EXACT, 0, 2, MT_UC, ERR_FULL, NO },
		{ EXACT, 0, 2, MT_WC, ERR_CONFLICT, MT_UC },
		{ SHARE, 3, 1, MT_WC, OK, MT_UC },
		{ FREE, 3, 1, MT_UC, OK, NO },
		{ FREE, 9, 1, MT_UC, OK, NO },
		{ TYPE, 3, 1, 0, OK, MT_UC },
		{ EXACT, 0, 2, MT_UC, OK, MT_UC },
	};

	(void)test_memtypes_begin(PAT_MSR_NATIVE, 0);
	for (uint8_t n = 0; n < INTERVALS_MAX; n++) {
		const struct step one = { EXACT, n, 1, MT_UC, OK, MT_UC };

		CHECK_CALL(run_steps(&one, 1));
	}
	RUN_STEPS(steps);
}

SELFTEST_SUITE(memtype, &possible, &told, &pairs, &exact_free, &neighbours,
	       &all_or_nothing, &wrong_ram, &wrong_device, &goes_back, &full);
