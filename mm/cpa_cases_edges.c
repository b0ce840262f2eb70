// SPDX-License-Identifier: MIT
/*
 * Change page attributes: thresholds, positions, sizes, memory.
 */
#include "mm/cpa_cases.h"

#include "lib/selftest.h"
#include "mm/cpa_bench.h"

#define BLOCK MODEL_BLOCK_PAGES
#define MAX   CPA_FLUSH_PAGES_MAX

static struct model_name names[BLOCK];

/* Calls in a row. */
struct move {
	const struct cpa_op *op;
	enum model_area area;
	unsigned int first;
	unsigned int count;
};

static void make(const struct move *moves, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CHECK_CALL(bench_range(moves[i].op, moves[i].area,
				       moves[i].first, moves[i].count));
	}
}

/* ---- Flushes ------------------------------------------------------------- */

static const struct {
	unsigned int pages;
	uint64_t range; /* Flushes of ranges, if they are in order, */
	uint64_t lone;	/* if none is beside another, */
	uint64_t all;	/* and of everything. */
} flushes[] = {
	{ 1, 1, 1, 0 },	    { 2, 1, 2, 0 },	  { MAX - 1, 1, MAX - 1, 0 },
	{ MAX, 1, MAX, 0 }, { MAX + 1, 0, 0, 1 }, { MAX + 2, 0, 0, 1 },
};

/* From the last to the first, every second page. */
static void name_lone(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		names[i] =
			(struct model_name){ MODEL_POOL, 2 * (count - 1 - i) };
	}
}

static void check_flushes(uint64_t ranges, uint64_t all)
{
	CHECK_EQ(bench.expected.flushes_range, ranges);
	CHECK_EQ(bench.expected.flushes_all, all);
}

static void flush_some(size_t i)
{
	unsigned int pages = flushes[i].pages;

	for (int np = 0; np < 2; np++) {
		const struct cpa_op *op = np != 0 ? &cpa_np : &cpa_ro;
		const struct cpa_op *back = np != 0 ? &cpa_p : &cpa_rw;

		CHECK_CALL(bench_range(op, MODEL_POOL, 7, pages));
		CHECK_CALL(check_flushes(flushes[i].range, flushes[i].all));
		CHECK_CALL(bench_range(back, MODEL_POOL, 7, pages));
		name_lone(pages);
		CHECK_CALL(bench_list(op, CPA_ADDRESSES, names, pages));
		CHECK_CALL(check_flushes(flushes[i].lone, flushes[i].all));
		CHECK_CALL(bench_list(back, CPA_FRAMES, names, pages));
	}
}

void cases_flushes(void)
{
	CHECK_CALL(bench_range(&cpa_4k, MODEL_POOL, 0, 1));
	for (size_t i = 0; i < ARRAY_COUNT(flushes); i++) {
		CHECK_CALL(flush_some(i));
	}
	bench_range(&cpa_any, MODEL_POOL, 0, 1);
}

/* ---- Positions ----------------------------------------------------------- */

static void cut(unsigned int first, unsigned int count)
{
	CHECK_CALL(bench_range(&cpa_ro, MODEL_POOL, first, count));
	CHECK_CALL(bench_range(&cpa_rw, MODEL_POOL, first, count));
	/* It is whole again. */
	if (!bench.model.facts.small) {
		CHECK(bench.expected.joined != 0 || count % BLOCK == 0);
	}
}

void cases_positions(const struct cases_effort *effort)
{
	static const unsigned int edges[] = { 0,   1,	2,   255, 256,
					      257, 510, 511, 512 };
	unsigned int step = 1 + (BLOCK - 1) / effort->positions;
	bool two = bench.model.pages[MODEL_POOL] >= 2 * BLOCK;

	if (bench.model.facts.small) {
		bench_note("no large leaf to take parts of");
		CHECK_CALL(cut(BLOCK - 1, two ? 2 : 1));
		return;
	}
	for (unsigned int i = 0; i < BLOCK; i += step) {
		CHECK_CALL(cut(i, 1));
	}
	for (size_t i = 0; i < ARRAY_COUNT(edges); i++) {
		for (size_t j = i + 1; j < ARRAY_COUNT(edges); j++) {
			if (effort->positions >= BLOCK || (i + j) % 6 == 1) {
				CHECK_CALL(cut(edges[i], edges[j] - edges[i]));
			}
		}
	}
	if (two) {
		CHECK_CALL(cut(BLOCK - 1, 2));
		CHECK_CALL(cut(BLOCK - 1, 1));
		CHECK_CALL(cut(0, BLOCK + 1));
	}
	if (step != 1) {
		bench_note("positions in a leaf: each %uth; all of them "
			   "with rounds=%u",
			   step, BLOCK);
	}
}

/* ---- Sizes --------------------------------------------------------------- */

void cases_sizes(void)
{
	if (bench.model.facts.small) {
		bench_note("all leaves are of 4 KiB");
	}
	CHECK_CALL(bench_range(&cpa_4k, MODEL_POOL, 9, 1));
	CHECK_EQ(bench.expected.split != 0, !bench.model.facts.small);
	CHECK_CALL(bench_range(&cpa_4k, MODEL_POOL, 0, BLOCK));
	CHECK_EQ(bench.expected.stores, 0); /* CPA-2 */
	CHECK_CALL(bench_range(&cpa_ro, MODEL_POOL, 0, BLOCK));
	CHECK_CALL(bench_range(&cpa_rw, MODEL_POOL, 0, BLOCK));
	CHECK_EQ(bench.expected.joined, 0); /* CPA-4 */
	CHECK_CALL(bench_range(&cpa_np, MODEL_POOL, 0, BLOCK));
	CHECK_CALL(bench_range(&cpa_4k, MODEL_POOL, 0, BLOCK));
	CHECK_CALL(bench_range(&cpa_p, MODEL_POOL, 0, BLOCK));
	CHECK_EQ(bench.expected.joined, 0);
	CHECK_CALL(bench_range(&cpa_any, MODEL_POOL, 100, 1));
	CHECK_EQ(bench.expected.joined != 0, !bench.model.facts.small);
	CHECK_CALL(bench_range(&cpa_any, MODEL_POOL, 100, 1));
	CHECK_EQ(bench.expected.stores, 0);
}

/* ---- Presence ------------------------------------------------------------ */

/* Page by page, so that what comes is of another size than what has gone. */
static void come_back(const struct cpa_op *op, unsigned int step)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < BLOCK; i += step) {
		n += bench_names(&names[n], MODEL_POOL, i, 1);
	}
	CHECK_CALL(bench_list(op, CPA_FRAMES, names, n));
	bench_range(op, MODEL_POOL, 0, BLOCK);
}

static void go_and_come(const struct cpa_op *away, const struct cpa_op *back)
{
	CHECK_CALL(bench_range(away, MODEL_POOL, 0, BLOCK));
	CHECK_CALL(come_back(back, 64));
	CHECK_CALL(bench_range(away, MODEL_POOL, 0, BLOCK));
	CHECK_CALL(bench_range(back, MODEL_POOL, 0, BLOCK));
	CHECK_CALL(bench_range(away, MODEL_POOL, 5, 1));
	CHECK_CALL(bench_range(away, MODEL_POOL, 4, 3));
	CHECK_CALL(bench_range(back, MODEL_POOL, 0, BLOCK));
	if (bench.all) {
		struct bench_call call = { .op = away,
					   .form = CPA_RANGE,
					   .count = bench.model.pages[0],
					   .all = true };

		CHECK_CALL(bench_do(&call));
		CHECK_CALL(bench_range(back, MODEL_POOL, 0, BLOCK + 1));
		CHECK_CALL(bench_do(&call));
		CHECK_CALL(bench_range(back, MODEL_POOL, 3, 1));
		call.op = back;
		CHECK_CALL(bench_do(&call));
	}
}

static void leave_debt(void)
{
	const struct audit *audit = bench.space.pt->audit;

	CHECK_CALL(bench_range(&cpa_invalid, MODEL_POOL, 8, 2));
	CHECK_EQ(bench.expected.flushes_range, 0);
	CHECK_EQ(audit->debt_count, 1);
	CHECK_CALL(bench_flush());
	CHECK_EQ(audit->debt_count, 0);
	CHECK_CALL(bench_range(&cpa_default, MODEL_POOL, 8, 2));
	CHECK_EQ(audit->debt_count, 0);
}

/* Old translations must be gone before pages of another size come. */
static const struct move other_sizes[] = {
	{ &cpa_ro, MODEL_POOL, 0, BLOCK },
	{ &cpa_invalid, MODEL_POOL, 0, BLOCK },
	{ &cpa_default, MODEL_POOL, 0, BLOCK },
	{ &cpa_ro, MODEL_POOL, 8, 2 },
	{ &cpa_invalid, MODEL_POOL, 8, 2 },
	{ &cpa_default, MODEL_POOL, 8, 2 },
};

/* By which mapping memory was taken away and came back does not show in its
 * type. */
static const struct move other_mapping[] = {
	{ &cpa_wc, MODEL_IMAGE, 2, 2 },
	{ &cpa_np, MODEL_ALIAS, 2, 1 },
	{ &cpa_uc, MODEL_IMAGE, 1, 3 },
	{ &cpa_p, MODEL_ALIAS, 0, MODEL_IMAGE_PAGES },
	{ &cpa_wb, MODEL_IMAGE, 0, MODEL_IMAGE_PAGES },
};

void cases_presence(void)
{
	CHECK_CALL(go_and_come(&cpa_np, &cpa_p));
	CHECK_CALL(leave_debt());
	CHECK_CALL(go_and_come(&cpa_invalid, &cpa_default));
	CHECK_CALL(bench_flush());
	CHECK_CALL(make(other_sizes, ARRAY_COUNT(other_sizes)));
	CHECK_CALL(bench_flush());
	make(other_mapping, ARRAY_COUNT(other_mapping));
}

/* ---- Memory -------------------------------------------------------------- */

/* Until it needs no more pages than there are. */
static void fail_each(struct bench_call call)
{
	for (call.fail_at = 1;; call.fail_at++) {
		CHECK_CALL(bench_do(&call));
		if (bench.expected.error != ERR_NOMEM) {
			CHECK(bench.expected.allocs < call.fail_at);
			return;
		}
	}
}

static void fail_range(const struct cpa_op *op, unsigned int first,
		       unsigned int count)
{
	fail_each((struct bench_call){ .op = op,
				       .form = CPA_RANGE,
				       .first = { MODEL_POOL, first },
				       .count = count });
}

void cases_no_memory(void)
{
	static const struct cpa_op *const there[] = { &cpa_ro, &cpa_np,
						      &cpa_4k };
	static const struct cpa_op *const back[] = { &cpa_rw, &cpa_p,
						     &cpa_any };
	unsigned int pages =
		bench.model.pages[MODEL_POOL] >= 2 * BLOCK ? 2 * BLOCK : BLOCK;

	if (bench.model.facts.small) {
		bench_note("no operation needs memory for a table");
		CHECK_CALL(fail_range(&cpa_ro, 1, 2));
		CHECK_CALL(fail_range(&cpa_rw, 1, 2));
		return;
	}
	/* Two pages less than there are, and all of them. */
	for (size_t i = 0; i < ARRAY_COUNT(there); i++) {
		CHECK_CALL(fail_range(there[i], 1, pages - 2));
		CHECK_CALL(fail_range(back[i], 0, pages));
	}
	CHECK_CALL(fail_range(&cpa_uc, 10, 1));
	CHECK_CALL(fail_range(&cpa_wb, 10, 1));
	CHECK_CALL(bench_range(&cpa_np, MODEL_POOL, 0, pages));
	CHECK_CALL(fail_range(&cpa_p, 3, 1));
	CHECK_CALL(fail_range(&cpa_p, 0, pages));
	bench_names(names, MODEL_POOL, pages - 1, 1);
	bench_names(names + 1, MODEL_POOL, 0, 1);
	CHECK_CALL(fail_each((struct bench_call){ .op = &cpa_ro,
						  .form = CPA_FRAMES,
						  .count = 2,
						  .names = names }));
	CHECK_CALL(fail_range(&cpa_rw, 0, pages));
}
