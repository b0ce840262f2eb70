// SPDX-License-Identifier: MIT
/*
 * Tests of changes of page attributes against a model of them.
 *
 * Random calls, of all operations in all forms, each predicted by
 * mm/cpa_model.h and compared in full by mm/cpa_bench.h.
 */
#include "lib/selftest.h"
#include "mm/cpa_bench.h"
#include "mm/cpa_draw.h"

#define ROUNDS	    28
#define CHECK_EVERY 4096

/* CPA-1, CPA-2, CPA-3, CPA-4, CPA-5, CPA-6 */
SELFTEST(model, "random calls do to every page, and cost, what a model says")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(ROUNDS);

	BENCH_TAKE();
	CHECK_CALL(bench_watch_tree());
	for (uint64_t i = 1; i <= rounds; i++) {
		CHECK_CALL(draw_call(&random));
		if (i % CHECK_EVERY == 0) {
			CHECK_CALL(bench_check_tree());
			selftest_note("%lu of %lu rounds", i, rounds);
		}
	}
	CHECK_CALL(bench_end());
	draw_note();
}

/* ---- The comparison ------------------------------------------------------ */

static struct bench right;

/* Does the comparison with a wrong model tell of it, by that word? */
static void check_told(const char *what)
{
	struct mismatch mismatch = { .what = "nothing" };
	bool told = look_differs(&bench.look, &mismatch);

	bench = right;
	CHECK(told);
	CHECK_STR(mismatch.what, what);
	CHECK(!look_differs(&bench.look, &mismatch));
}

static void check_area(enum model_area area)
{
	unsigned int last =
		(area == MODEL_POOL ? MODEL_BLOCK_PAGES : MODEL_IMAGE_PAGES) -
		1;

	bench.model.page[area][last] ^= MODEL_WRITE;
	CHECK_CALL(check_told("attributes"));
	bench.model.page[area][0] ^= 1 << MODEL_TYPE_SHIFT;
	CHECK_CALL(check_told("attributes"));
	bench.model.page[area][1] ^= MODEL_GLOBAL;
	CHECK_CALL(check_told("attributes"));
	bench.model.page[area][2] ^= MODEL_EXECUTE;
	CHECK_CALL(check_told("attributes"));
	bench.model.page[area][last / 2] = 0;
	CHECK_CALL(check_told("attributes"));
	bench.look.beside[area][0]++;
	CHECK_CALL(check_told("entry beside"));
}

static void check_sizes(void)
{
	if (bench.model.facts.small) {
		selftest_note("all leaves are of 4 KiB");
		return;
	}
	bench.model.large[0] = true;
	CHECK_CALL(check_told("level"));
	/* A small machine has but one block. */
	if (bench.model.pages[MODEL_POOL] > MODEL_BLOCK_PAGES) {
		bench.model.large[1] = !bench.model.large[1];
		CHECK_CALL(check_told("level"));
	}
}

SELFTEST(looks,
	 "a model that is wrong in one page or size is told from a right")
{
	BENCH_TAKE();
	/* So that the pages of the first block can be told apart. */
	CHECK_CALL(bench_range(&cpa_4k, MODEL_POOL, 0, 1));
	right = bench;
	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		CHECK_CALL(check_area((enum model_area)area));
	}
	CHECK_CALL(check_sizes());
	bench.look.frame[MODEL_IMAGE]++;
	CHECK_CALL(check_told("frame"));
	CHECK_CALL(bench_end());
}

/* Each number of a prediction, one off. */
static void check_counts(enum err error)
{
	struct model_outcome *e = &bench.expected;
	uint64_t *const counts[] = { &e->narrowed,    &e->changed,
				     &e->split,	      &e->joined,
				     &e->lines,	      &e->stores,
				     &e->flushes_all, &e->flushes_range };
	struct mismatch mismatch;

	CHECK(!bench_result_differs(error, &mismatch));
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
		(*counts[i])++;
		CHECK(bench_result_differs(error, &mismatch));
		(*counts[i])--;
	}
	e->type = MT_WP;
	CHECK(bench_result_differs(error, &mismatch));
	e->type = MT_KEEP;
	CHECK(bench_result_differs(ERR_DENIED, &mismatch));
	CHECK(!bench_result_differs(error, &mismatch));
}

SELFTEST(counts, "a cost that is one off, or another error, is noticed")
{
	struct mismatch mismatch;

	BENCH_TAKE();
	CHECK_CALL(bench_range(&cpa_ro, MODEL_POOL, 3, 2));
	CHECK_CALL(check_counts(OK));
	CHECK_CALL(bench_range(&cpa_np, MODEL_POOL, 3, 1));
	CHECK_CALL(bench_range(&cpa_rw, MODEL_POOL, 2, 3));
	CHECK(!bench_result_differs(ERR_RANGE, &mismatch));
	bench.expected.where++;
	CHECK(bench_result_differs(ERR_RANGE, &mismatch));
	CHECK_CALL(bench_end());
}

SELFTEST_SUITE(cpa, &model, &looks, &counts);
