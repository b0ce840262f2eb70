// SPDX-License-Identifier: MIT
/*
 * Tests of changes of page attributes, case by case.
 *
 * The cases of mm/cpa_cases.h on pages of the kernel's own. What is left out
 * for its time is done on the host, and here with rounds=.
 */
#include "lib/selftest.h"
#include "mm/cpa_bench.h"
#include "mm/cpa_cases.h"

#define POSITIONS 6
#define ALL_LISTS 36
#define MANY	  512

static struct cases_effort effort(void)
{
	bool many = selftest_rounds(1) >= MANY;

	return (struct cases_effort){
		.lists = many ? ALL_LISTS : 0,
		.positions = many ? MODEL_BLOCK_PAGES : POSITIONS,
		.giant = many,
	};
}

/* CPA-1, CPA-3, CPA-6 */
SELFTEST(types, "every memory type after every other, by every form")
{
	struct cases_effort some = effort();

	BENCH_TAKE();
	CHECK_CALL(cases_types(&some));
	CHECK_CALL(bench_end());
}

SELFTEST(all_rights, "every operation on rights, whatever the rights were")
{
	BENCH_TAKE();
	CHECK_CALL(cases_rights());
	CHECK_CALL(bench_end());
}

SELFTEST(flushes, "up to so many pages are flushed one by one, more at once")
{
	BENCH_TAKE();
	CHECK_CALL(cases_flushes());
	CHECK_CALL(bench_end());
}

/* CPA-3, CPA-4 */
SELFTEST(positions, "any part of a large leaf is cut out, and it grows again")
{
	struct cases_effort some = effort();

	BENCH_TAKE();
	CHECK_CALL(cases_positions(&some));
	CHECK_CALL(bench_end());
}

SELFTEST(sizes, "leaves stay small if they were asked to, until they may not")
{
	BENCH_TAKE();
	CHECK_CALL(cases_sizes());
	CHECK_CALL(bench_end());
}

SELFTEST(presence,
	 "what went comes back, at once or after a flush, in any size")
{
	BENCH_TAKE();
	CHECK_CALL(cases_presence());
	CHECK_CALL(bench_end());
}

/* CPA-5 */
SELFTEST(no_memory, "memory that runs out anywhere leaves all as it was")
{
	BENCH_TAKE();
	CHECK_CALL(cases_no_memory());
	CHECK_CALL(bench_end());
}

SELFTEST_SUITE(cpa_cases, &types, &all_rights, &flushes, &positions, &sizes,
	       &presence, &no_memory);
