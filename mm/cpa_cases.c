// SPDX-License-Identifier: MIT
/*
 * Change page attributes: all types, and all rights.
 */
#include "mm/cpa_cases.h"

#include "lib/selftest.h"
#include "mm/cpa_bench.h"

#define BLOCK MODEL_BLOCK_PAGES

static struct model_name names[BLOCK];

/* ---- What is changed, and by which form ---------------------------------- */

struct target {
	enum cpa_form form;
	enum model_area area;
	unsigned int first;
	unsigned int count;
	bool all;
};

static void apply(const struct target *target, const struct cpa_op *op)
{
	struct bench_call call = {
		.op = op,
		.form = target->form,
		.first = { target->area, target->first },
		.all = target->all,
		.count = target->count,
		.names = names,
	};

	if (target->form != CPA_RANGE) {
		bench_names(names, target->area, target->first, target->count);
	}
	bench_do(&call);
}

/* ---- Types --------------------------------------------------------------- */

static const struct cpa_op *const types[] = { &cpa_wb, &cpa_wt,	      &cpa_wp,
					      &cpa_wc, &cpa_uc_minus, &cpa_uc };

/* Begins and ends with the first type. Each pair is met once, in both orders.
 */
static void each_pair(const struct target *target, unsigned int max)
{
	unsigned int pairs = 0;

	for (size_t i = 0; i < ARRAY_COUNT(types) && pairs < max; i++) {
		CHECK_CALL(apply(target, types[i]));
		for (size_t j = i + 1; j < ARRAY_COUNT(types) && pairs < max;
		     j++) {
			CHECK_CALL(apply(target, types[j]));
			CHECK_CALL(apply(target, types[i]));
			pairs++;
		}
	}
	apply(target, types[0]);
}

/* In the middle of a block that stays small, so that each call is quick. */
static const struct target few[] = {
	{ CPA_RANGE, MODEL_POOL, 3, 2, false },
	{ CPA_ADDRESSES, MODEL_POOL, 3, 2, false },
	{ CPA_FRAMES, MODEL_POOL, 3, 2, false },
	{ CPA_RANGE, MODEL_IMAGE, 1, 3, false },
	{ CPA_FRAMES, MODEL_ALIAS, 1, 3, false },
};

static void types_of_few(void)
{
	CHECK_CALL(bench_range(&cpa_4k, MODEL_POOL, 0, 1));
	for (size_t i = 0; i < ARRAY_COUNT(few); i++) {
		CHECK_CALL(each_pair(&few[i], UINT32_MAX));
	}
	bench_range(&cpa_any, MODEL_POOL, 0, 1);
}

/* A part of the block, with each type: the bits of a type are elsewhere in a
 * large leaf. */
static void cut_each_type(void)
{
	for (size_t i = 1; i < ARRAY_COUNT(types); i++) {
		CHECK_CALL(bench_range(types[i], MODEL_POOL, 0, BLOCK));
		CHECK_CALL(bench_range(&cpa_ro, MODEL_POOL, 77, 2));
		CHECK_CALL(bench_range(&cpa_rw, MODEL_POOL, 77, 2));
	}
	bench_range(types[0], MODEL_POOL, 0, BLOCK);
}

static void types_of_block(const struct cases_effort *effort)
{
	struct target block = { CPA_RANGE, MODEL_POOL, 0, BLOCK, false };

	if (bench.model.facts.small) {
		bench_note("no leaves of 2 MiB");
		return;
	}
	CHECK_CALL(cut_each_type());
	CHECK_CALL(each_pair(&block, UINT32_MAX));
	if (effort->lists == 0) {
		bench_note("types of a block named page by page: only with "
			   "rounds");
		return;
	}
	block.form = CPA_ADDRESSES;
	CHECK_CALL(each_pair(&block, effort->lists));
	block.form = CPA_FRAMES;
	CHECK_CALL(each_pair(&block, effort->lists));
}

static void types_of_giant(const struct cases_effort *effort)
{
	struct target giant = { CPA_RANGE, MODEL_POOL, 0,
				bench.model.pages[MODEL_POOL], true };

	if (!bench.all) {
		bench_note("no leaf of 1 GiB to give types to");
	} else if (!effort->giant) {
		bench_note("types of a leaf of 1 GiB: only with rounds");
	} else {
		each_pair(&giant, UINT32_MAX);
	}
}

static void note_types(void)
{
	for (unsigned int type = 0; type < MT_COUNT; type++) {
		if (!bench.model.facts.has_type[type]) {
			bench_note("the PAT has no %s: a stricter type must "
				   "come",
				   memtype_name((enum memtype)type));
		}
	}
}

void cases_types(const struct cases_effort *effort)
{
	note_types();
	if (!bench.model.facts.memtypes) {
		bench_note("memory has one type here: all others must be "
			   "refused");
	}
	CHECK_CALL(types_of_few());
	CHECK_CALL(types_of_block(effort));
	CHECK_CALL(types_of_giant(effort));
}

/* ---- Rights -------------------------------------------------------------- */

static const struct cpa_op *const rights_ops[] = { &cpa_ro,	   &cpa_rw,
						   &cpa_x,	   &cpa_nx,
						   &cpa_rox,	   &cpa_global,
						   &cpa_nonglobal, &cpa_p };

/* From whatever there is to each of the states; all but the last in order. */
static const struct cpa_op *const states[][4] = {
	{ &cpa_nx, &cpa_rw, &cpa_global }, { &cpa_nx, &cpa_rw, &cpa_nonglobal },
	{ &cpa_nx, &cpa_ro, &cpa_global }, { &cpa_nx, &cpa_ro, &cpa_nonglobal },
	{ &cpa_rox, &cpa_global },	   { &cpa_rox, &cpa_nonglobal },
};

static void enter(const struct target *target, size_t state)
{
	for (size_t i = 0; states[state][i] != NULL; i++) {
		CHECK_CALL(apply(target, states[state][i]));
	}
}

static void rights_of(const struct target *target)
{
	/* The direct map is never executable, so it has no more states. */
	size_t count = target->area == MODEL_IMAGE ? ARRAY_COUNT(states) : 4;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < ARRAY_COUNT(rights_ops); j++) {
			CHECK_CALL(enter(target, i));
			CHECK_CALL(apply(target, rights_ops[j]));
		}
	}
	enter(target, 0);
}

void cases_rights(void)
{
	struct target block = { CPA_RANGE, MODEL_POOL, BLOCK, BLOCK, false };
	struct target giant = { CPA_RANGE, MODEL_POOL, 0,
				bench.model.pages[MODEL_POOL], true };

	if (!bench.model.facts.nx || !bench.model.facts.global) {
		bench_note("no %s here",
			   bench.model.facts.nx ? "global pages" : "NX");
	}
	CHECK_CALL(rights_of(&few[3]));
	CHECK_CALL(rights_of(&few[4]));
	if (bench.model.pages[MODEL_POOL] >= 2 * BLOCK &&
	    !bench.model.facts.small) {
		CHECK_CALL(rights_of(&block));
	}
	if (bench.all) {
		CHECK_CALL(rights_of(&giant));
	} else {
		bench_note("no leaf of 1 GiB of the test's own");
	}
}
