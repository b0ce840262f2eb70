// SPDX-License-Identifier: MIT
/*
 * Tests of changes of page attributes on machines of all kinds.
 *
 * What the kernel does on its own pages (mm/cpa_cases_test.c,
 * mm/cpa_model_test.c) with every largest leaf and every layout of the PAT, and
 * with a TLB that keeps everything it may.
 */
#include "lib/selftest.h"
#include "mm/cpa_bench.h"
#include "mm/cpa_cases.h"
#include "mm/cpa_draw.h"
#include "tests/host/cpa_scene.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/machine.h"

#define ROUNDS 100

struct kind {
	const char *what;
	level_t leaf_max;
	level_t levels;
	uint64_t pat; /* 0: the platform's own. */
	bool memtypes;
};

static const struct kind kinds[] = {
	{ "1 GiB, five levels", L3, L5, 0, true },
	{ "2 MiB, PAT as at reset", L2, L4, PAT_MSR_RESET, true },
	{ "4 KiB, Xen's PAT", L1, L4, PAT_MSR_XEN, true },
	{ "2 MiB, no types", L2, L4, PAT_MSR_NATIVE, false },
	{ "1 GiB, no NX, nothing global", L3, L4, PAT_MSR_NATIVE, true },
};

static const struct kind *kind;
static struct random random;

static void make(void)
{
	if (kind->pat != 0) {
		machine.paging.pat = pat_from_msr(kind->pat);
	}
	machine.paging.memtypes = kind->memtypes;
	if (kind == &kinds[4]) {
		machine.paging.nx = false;
		machine.paging.global = false;
	}
	CHECK_CALL(cpa_scene_begin());
	fake_tlb_on(FAKE_TLB_KEEPS);
}

static void finish(void)
{
	const char *complaint;

	CHECK_CALL(cpa_scene_end());
	complaint = fake_tlb_off();
	CHECK_STR(complaint == NULL ? "none" : complaint, "none");
}

static void on_each(void (*body)(void))
{
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		kind = &kinds[i];
		bench.open = false;
		machine_run(kind->leaf_max, kind->levels, body);
		if (selftest_failed()) {
			selftest_note("on a machine with %s", kind->what);
			return;
		}
	}
}

static void run_random(void)
{
	uint64_t rounds = selftest_rounds(ROUNDS);

	CHECK_CALL(make());
	for (uint64_t i = 0; i < rounds; i++) {
		CHECK_CALL(draw_call(&random));
	}
	finish();
}

/* CPA-1, CPA-2, CPA-3, CPA-4, CPA-5 */
SELFTEST(model, "random calls do what a model says, on machines of all kinds")
{
	random = selftest_random();
	CHECK_CALL(on_each(run_random));
	draw_note();
}

static void run_cases(void)
{
	bool many = selftest_rounds(1) >= MODEL_BLOCK_PAGES;
	struct cases_effort effort = {
		.lists = kind == &kinds[0] || many ? 36 : 3,
		.positions = kind == &kinds[1] || many ? MODEL_BLOCK_PAGES : 9,
		.giant = many,
	};

	CHECK_CALL(make());
	CHECK_CALL(cases_types(&effort));
	CHECK_CALL(cases_rights());
	CHECK_CALL(cases_flushes());
	CHECK_CALL(cases_positions(&effort));
	CHECK_CALL(cases_sizes());
	CHECK_CALL(cases_presence());
	CHECK_CALL(cases_no_memory());
	finish();
}

SELFTEST(cases, "every case there is goes as the model says, everywhere")
{
	on_each(run_cases);
}

/* ---- Frames -------------------------------------------------------------- */

static void swap(uint64_t *a, uint64_t *b)
{
	uint64_t entry = *a;

	*a = *b;
	*b = entry;
}

/* Two pages change their places behind everybody's back. */
static void run_frames(void)
{
	uint64_t first;
	struct cpa_pages pages;
	uint64_t *entries;

	CHECK_CALL(cpa_scene_begin());
	CHECK_CALL(bench_range(&cpa_4k, MODEL_POOL, 0, 1));
	first = bench.model.start[MODEL_POOL];
	entries =
		machine_table(mfn(look_frame(look_at(&bench.look, first, L2))));
	pages = cpa_range(vaddr(first), 1);
	swap(&entries[10], &entries[11]);
	CHECK_EQ(cpa_change(&bench.space, &cpa_any, &pages, &bench.result), OK);
	CHECK_EQ(bench.result.joined, 0);
	swap(&entries[10], &entries[11]);
	CHECK_CALL(bench_range(&cpa_any, MODEL_POOL, 0, 1));
	CHECK_EQ(bench.result.joined, 1);
	cpa_scene_end();
}

SELFTEST(frames, "pages that are not in the order of their frames stay small")
{
	bench.open = false;
	machine_run(L2, L4, run_frames);
}

SELFTEST_SUITE(cpa_machine, &model, &cases, &frames);
