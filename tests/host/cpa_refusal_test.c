// SPDX-License-Identifier: MIT
/*
 * Tests of changes of page attributes that the platform refuses.
 *
 * A commit that refuses one store, each of a change in turn: what was stored
 * before it is taken back in reverse order, and all is as it was.
 */
#include "lib/selftest.h"
#include "mm/cpa_bench.h"
#include "tests/host/cpa_scene.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/machine.h"

#define REASON (-22)

static enum err (*commit)(const struct batch_op *ops, size_t count,
			  size_t *done);
static struct pv_cost cost;
static uint64_t refuse_at; /* Stores until one is refused; 0: none is. */
static bool refused;
/* Of the stores after that: how many, and the last one's address. */
static uint64_t taken_back;
static uint64_t last_address;
static bool in_reverse;

static void note_taking_back(const struct batch_op *op)
{
	if (op->kind == BATCH_STORE) {
		in_reverse = in_reverse && op->va.va < last_address;
		last_address = op->va.va;
		taken_back++;
	}
}

/* How many steps there are before the one to be refused. */
static size_t steps_before(const struct batch_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (ops[i].kind == BATCH_STORE && refuse_at != 0 &&
		    --refuse_at == 0) {
			return i;
		}
	}
	return count;
}

static enum err refusing_commit(const struct batch_op *ops, size_t count,
				size_t *done)
{
	size_t before = refused ? count : steps_before(ops, count);
	enum err error;

	/* Splits that are joined again come one by one. */
	for (size_t i = 0; refused && count > 1 && i < count; i++) {
		note_taking_back(&ops[i]);
	}
	error = commit(ops, before, done);
	if (before == count || error != OK) {
		return error;
	}
	refused = true;
	cost.refusal = REASON;
	return ERR_REFUSED;
}

/* ---- One change ---------------------------------------------------------- */

static struct model before;

/* Is the block changed as one leaf? */
static bool stays_large(unsigned int block, unsigned int first,
			unsigned int count)
{
	return before.large[block] && first <= block * MODEL_BLOCK_PAGES &&
	       first + count >= (block + 1) * MODEL_BLOCK_PAGES;
}

/* The address of a leaf of a range of which all leaves are changed, by its
 * number from 0. */
static vaddr_t nth_leaf(unsigned int first, unsigned int count, uint64_t n)
{
	unsigned int i = first;

	while (n-- != 0) {
		i += stays_large(i / MODEL_BLOCK_PAGES, first, count)
			     ? MODEL_BLOCK_PAGES
			     : 1;
	}
	return bench_address((struct model_name){ MODEL_POOL, i });
}

static void check_refused(const struct cpa_op *op, unsigned int first,
			  unsigned int count, uint64_t n, vaddr_t where)
{
	struct cpa_pages pages = cpa_range(
		bench_address((struct model_name){ MODEL_POOL, first }), count);
	struct mismatch mismatch;

	refused = false;
	taken_back = 0;
	last_address = UINT64_MAX;
	in_reverse = true;
	CHECK_EQ(cpa_change(&bench.space, op, &pages, &bench.result),
		 ERR_REFUSED);
	CHECK_EQ(bench.result.where.va, where.va);
	CHECK_EQ((uint64_t)bench.result.reason, (uint64_t)REASON);
	CHECK_EQ(bench.result.changed, 0);
	CHECK_EQ(bench.result.cache_lines, 0);
	CHECK_EQ(taken_back, n);
	CHECK(in_reverse);
	CHECK_EQ(machine.audit.debt_count, 0);
	CHECK(!look_differs(&bench.look, &mismatch)); /* CPA-5 */
}

/* At each store of the change, or each so many; then it is done. */
static void refuse_each(const struct cpa_op *op, unsigned int first,
			unsigned int count, unsigned int step)
{
	struct model_request request = { .op = op->name,
					 .first = { MODEL_POOL, first },
					 .count = count };
	struct model_outcome outcome;
	before = bench.model;
	model_do(&bench.model, &request, &outcome);
	CHECK_EQ(outcome.error, OK);
	bench.model = before;
	for (uint64_t n = 0; n < outcome.changed; n += step) {
		vaddr_t where = nth_leaf(first, count, n);

		refuse_at = outcome.split + n + 1;
		CHECK_CALL(check_refused(op, first, count, n, where));
	}
	refuse_at = 0;
	refused = false;
	bench_range(op, MODEL_POOL, first, count);
}

static void play(void)
{
	const char *complaint;

	machine.paging.memtypes = true;
	CHECK_CALL(cpa_scene_begin());
	commit = machine.pv.commit;
	machine.pv.commit = refusing_commit;
	machine.pv.cost = &cost;
	refuse_at = 0;
	refused = false;
	fake_tlb_on(FAKE_TLB_KEEPS);
	CHECK_CALL(refuse_each(&cpa_ro, 500, 30, 1));
	CHECK_CALL(refuse_each(&cpa_rw, 500, 30, 1));
	CHECK_CALL(refuse_each(&cpa_uc, 490, 40, 1));
	CHECK_CALL(refuse_each(&cpa_np, 300, 300, 37));
	CHECK_CALL(refuse_each(&cpa_p, 300, 300, 37));
	/* More than go into one batch. */
	CHECK_CALL(refuse_each(&cpa_ro, 0, MODEL_POOL_PAGES, 211));
	CHECK_CALL(refuse_each(&cpa_rw, 1, MODEL_POOL_PAGES - 2, 191));
	CHECK_CALL(refuse_each(&cpa_invalid, 100, 1100, 151));
	CHECK_CALL(bench_flush());
	CHECK_CALL(cpa_scene_end());
	complaint = fake_tlb_off();
	CHECK_STR(complaint == NULL ? "none" : complaint, "none");
}

static void run_on(level_t leaf_max, level_t levels)
{
	bench.open = false;
	machine_run(leaf_max, levels, play);
}

SELFTEST(each_store, "whichever store is refused, all comes to be as it was")
{
	CHECK_CALL(run_on(L1, L4));
	CHECK_CALL(run_on(L2, L5));
	CHECK_CALL(run_on(L3, L4));
}

SELFTEST_SUITE(cpa_refusal, &each_store);
