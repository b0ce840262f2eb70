// SPDX-License-Identifier: MIT
/*
 * Change page attributes: calls at random.
 */
#include "mm/cpa_draw.h"

#include "lib/selftest.h"
#include "mm/cpa_bench.h"

/* Longer lists are not kinder to the flush threshold, only slower. */
#define NAMES_MAX 40
/* A page that leaves write-back is flushed line by line. */
#define TYPED_MAX 48
#define FAIL_MAX  3

static struct model_name names[NAMES_MAX];
static uint64_t ok_count;
static uint64_t error_count;
static uint64_t page_count;

static size_t op_count(void)
{
	size_t n = 0;

	while (cpa_ops[n] != NULL) {
		n++;
	}
	return n;
}

static bool one_of(struct random *random, uint64_t n)
{
	return random_below(random, n) == 0;
}

static unsigned int below(struct random *random, uint64_t n)
{
	return (unsigned int)random_below(random, n);
}

/* Near the borders of blocks more often than elsewhere. */
static unsigned int draw_page(struct random *random, unsigned int pages)
{
	unsigned int page = below(random, pages);

	if (one_of(random, 3)) {
		page = page / MODEL_BLOCK_PAGES * MODEL_BLOCK_PAGES +
		       below(random, 5);
	} else if (one_of(random, 3)) {
		page |= MODEL_BLOCK_PAGES - 1 - below(random, 3);
	}
	return page < pages ? page : pages - 1;
}

static enum model_area draw_area(struct random *random)
{
	return one_of(random, 4) ? one_of(random, 2) ? MODEL_IMAGE : MODEL_ALIAS
				 : MODEL_POOL;
}

static bool changes_type(const struct cpa_op *op)
{
	return op->change.type != MT_KEEP;
}

/* ---- Ranges -------------------------------------------------------------- */

/* Whole blocks are where leaves stay large. */
static void draw_blocks(struct random *random, struct bench_call *call)
{
	unsigned int blocks = bench.model.pages[MODEL_POOL] / MODEL_BLOCK_PAGES;
	unsigned int first = below(random, blocks);

	call->first =
		(struct model_name){ MODEL_POOL, first * MODEL_BLOCK_PAGES };
	call->count = (1 + below(random, blocks - first)) * MODEL_BLOCK_PAGES;
	if (bench.all && call->op != &cpa_4k && one_of(random, 4)) {
		call->first.page = 0;
		call->count = bench.model.pages[MODEL_POOL];
		call->all = true;
	}
}

static void draw_range(struct random *random, struct bench_call *call)
{
	enum model_area area = draw_area(random);
	unsigned int pages = bench.model.pages[area];
	unsigned int first = draw_page(random, pages);
	unsigned int max = pages - first;

	call->form = CPA_RANGE;
	if (!changes_type(call->op) && one_of(random, 6)) {
		draw_blocks(random, call);
		return;
	}
	if (changes_type(call->op) || !one_of(random, 12)) {
		max = max < TYPED_MAX ? max : TYPED_MAX;
	}
	call->first = (struct model_name){ area, first };
	call->count = 1 + below(random, max);
}

/* ---- Lists --------------------------------------------------------------- */

/* In any order, some of them twice, some of them neighbours. */
static void draw_list(struct random *random, struct bench_call *call)
{
	enum model_area other =
		call->form == CPA_FRAMES ? MODEL_ALIAS : MODEL_IMAGE;

	call->count = 1 + below(random, NAMES_MAX);
	call->names = names;
	for (unsigned int i = 0; i < call->count; i++) {
		enum model_area area = one_of(random, 6) ? other : MODEL_POOL;
		unsigned int pages = bench.model.pages[area];

		if (i != 0 && one_of(random, 8)) {
			names[i] = names[below(random, i)];
		} else if (i != 0 && !one_of(random, 3) &&
			   names[i - 1].page + 1 <
				   bench.model.pages[names[i - 1].area]) {
			names[i] = names[i - 1];
			names[i].page++;
		} else {
			names[i] =
				(struct model_name){ area,
						     draw_page(random, pages) };
		}
	}
}

/* ---- Calls --------------------------------------------------------------- */

/* Pages that are not there refuse most calls, so they come back often. */
static void mend(struct random *random)
{
	static const struct cpa_op *const ops[] = { &cpa_p, &cpa_rw, &cpa_any,
						    &cpa_global };
	const struct cpa_op *op = ops[below(random, ARRAY_COUNT(ops))];
	enum model_area area = draw_area(random);
	unsigned int block = 0;
	unsigned int count = bench.model.pages[area];

	if (area == MODEL_POOL) {
		block = below(random, count / MODEL_BLOCK_PAGES);
		count = MODEL_BLOCK_PAGES;
	}
	bench_range(op, area, block * MODEL_BLOCK_PAGES, count);
}

static void draw_one(struct random *random)
{
	struct bench_call call = { .op = cpa_ops[below(random, op_count())] };

	/* The ledger knows no more than some debts exactly. */
	if (bench.model.owed && (call.op->no_flush || one_of(random, 3))) {
		bench_flush();
	}
	call.form = (enum cpa_form)below(random, 3);
	if (call.form == CPA_RANGE) {
		draw_range(random, &call);
	} else {
		draw_list(random, &call);
	}
	if (one_of(random, 10)) {
		call.fail_at = 1 + random_below(random, FAIL_MAX);
	}
	bench_do(&call);
	ok_count += bench.expected.error == OK ? 1 : 0;
	error_count += bench.expected.error == OK ? 0 : 1;
	page_count += bench.expected.changed;
}

void draw_call(struct random *random)
{
	if (one_of(random, 3)) {
		CHECK_CALL(mend(random));
	}
	draw_one(random);
}

void draw_note(void)
{
	selftest_note("%lu calls did something or nothing, %lu were refused; "
		      "%lu leaves were changed",
		      ok_count, error_count, page_count);
	ok_count = 0;
	error_count = 0;
	page_count = 0;
}
