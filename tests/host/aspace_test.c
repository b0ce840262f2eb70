// SPDX-License-Identifier: MIT
/*
 * Tests of address spaces: every type, every error.
 */
#include "mm/aspace.h"

#include "lib/selftest.h"
#include "mm/test_memtypes.h"
#include "tests/host/aspace_scene.h"
#include "tests/host/machine.h"

static struct aspace *const as = &test_aspace;
static level_t level;
static struct pat pat;

#define START	   align_up(TEST_AREA, 2 * MIB)
#define READ_WRITE (ASPACE_READ | ASPACE_WRITE)

/* Pages of an area, and those of one large leaf. */
#define PAGES UINT64_C(3)
#define MANY  UINT64_C(512)

static struct aspace_area area_of(enum aspace_backing backing, uint64_t pages)
{
	return (struct aspace_area){ .start = vaddr(START),
				     .bytes = pages * PAGE_BYTES,
				     .protection = READ_WRITE,
				     .type = MT_WB,
				     .backing = backing,
				     .device = mfn(TEST_DEVICE_MFN) };
}

static enum err map(const struct aspace_area *area)
{
	enum memtype granted;

	return aspace_map(as, area, &granted);
}

/* ---- Every type ---------------------------------------------------------- */

static void play_types(void)
{
	uint64_t pages = level == L1 ? PAGES : MANY;
	struct aspace_area device = area_of(ASPACE_DEVICE, pages);
	struct aspace_area memory = area_of(ASPACE_RAM, pages);

	CHECK_CALL(aspace_scene_begin(pat));
	CHECK_CALL(test_aspace_every_type(device, level));
	CHECK_CALL(aspace_scene_end());
	memory.ram = aspace_scene_take(level == L1 ? 4 : MANY);
	CHECK_CALL(aspace_scene_begin_again());
	CHECK_CALL(test_aspace_every_type(memory, level));
	CHECK_CALL(aspace_scene_end());
	aspace_scene_give(memory.ram, level == L1 ? 4 : MANY);
}

/* ASPACE-2, ASPACE-3, ASPACE-4 */
SELFTEST(types, "under every PAT layout, every type outlives every change")
{
	static const uint64_t layouts[] = { PAT_MSR_NATIVE, PAT_MSR_XEN,
					    PAT_MSR_RESET };

	for (level = L1; level <= L2; level = (level_t)(level + 1)) {
		for (size_t i = 0; i < ARRAY_COUNT(layouts); i++) {
			pat = pat_from_msr(layouts[i]);
			CHECK_CALL(machine_run(level, L4, play_types));
		}
		/* Which no machine has, perhaps. */
		pat = pv()->paging->pat;
		CHECK_CALL(machine_run(level, L5, play_types));
	}
}

/* ---- Out of memory ------------------------------------------------------- */

static void touch_all(const struct aspace_area *area)
{
	CHECK_CALL(test_aspace_touch_all(area));
	CHECK_CALL(test_aspace_check_leaves(area->start, area->bytes,
					    area->bytes >> PAGE_SHIFT, L1));
}

/* What can run out of memory, in its order. */
static struct aspace_area steps_area;

static enum err step_map(void)
{
	return map(&steps_area);
}

static enum err step_touch(void)
{
	return test_aspace_touch(steps_area.start, true) ? OK : ERR_NOMEM;
}

static enum err step_small(void)
{
	return aspace_use_small(as, steps_area.start);
}

static enum err step_protect(void)
{
	return aspace_protect(as, vaddr(START + PAGE_BYTES), PAGE_BYTES,
			      ASPACE_READ);
}

static enum err step_unmap(void)
{
	return aspace_unmap(as, vaddr(START + UINT64_C(2) * PAGE_BYTES),
			    PAGE_BYTES);
}

static void all_large(void)
{
	CHECK_CALL(touch_all(&steps_area));
	CHECK_EQ(aspace_use_large(as, steps_area.start), OK);
}

static void nothing(void)
{
}

static void all_large_again(void)
{
	CHECK_EQ(aspace_use_large(as, steps_area.start), OK);
}

/* Pages of which the direct map's leaf is larger. */
static enum err step_part(void)
{
	struct aspace_area part = steps_area;
	enum err error;

	part.bytes = PAGES * PAGE_BYTES;
	error = map(&part);
	return error == OK ? aspace_unmap(as, part.start, part.bytes) : error;
}

static const struct step {
	enum err (*run)(void);
	void (*then)(void);
	bool none;     /* Nothing is mapped before; else all, */
	level_t level; /* in leaves of that level. */
} steps[] = {
	{ step_part, nothing, true, L1 },
	{ step_map, nothing, true, L1 },
	{ step_touch, all_large, true, L1 },
	{ step_small, all_large_again, false, L2 },
	{ step_protect, nothing, false, L2 },
	{ step_unmap, nothing, false, L1 },
};

/* ASPACE-6 */
static void check_unchanged(const struct step *step)
{
	uint64_t count =
		step->none ? 0 : steps_area.bytes >> level_shift(step->level);

	CHECK_EQ(as->pt->audit->debt_count, 0);
	if (step->run == step_map || step->run == step_part) {
		CHECK_CALL(test_aspace_check_empty());
	} else if (step->run != step_unmap) {
		CHECK_EQ(as->count, 1);
		CHECK_CALL(test_aspace_check_leaves(steps_area.start,
						    steps_area.bytes, count,
						    step->level));
	}
}

/* Fails at each page that it needs, and works in the end. */
static void run_step(const struct step *step)
{
	uint64_t n = 0;
	enum err error;

	do {
		page_alloc_fail_at(&machine.pages, ++n);
		error = step->run();
		page_alloc_fail_at(&machine.pages, 0);
		CHECK(error == OK || error == ERR_NOMEM);
		if (error != OK) {
			CHECK_CALL(check_unchanged(step));
		}
	} while (error != OK && n < 32);
	CHECK_EQ(error, OK);
	selftest_note("%lu pages", n - 1);
	CHECK_CALL(step->then());
}

static void play_no_memory(void)
{
	pfn_t first;

	CHECK_CALL(aspace_scene_begin(pat));
	first = aspace_scene_take(MANY);
	CHECK_CALL(aspace_scene_begin_again());
	steps_area = area_of(ASPACE_RAM, MANY);
	steps_area.ram = first;
	steps_area.type = MT_WC;
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		CHECK_CALL(run_step(&steps[i]));
	}
	CHECK_CALL(aspace_scene_end());
	aspace_scene_give(first, MANY);
}

SELFTEST(no_memory, "whatever page is not to be had, all stays as it was")
{
	pat = pat_from_msr(PAT_MSR_NATIVE);
	CHECK_CALL(machine_run(L2, L4, play_no_memory));
}

static void play_no_memory_touch(void)
{
	struct aspace_area area = area_of(ASPACE_ANONYMOUS, 1);
	uint64_t n = 0;
	bool done;

	CHECK_CALL(aspace_scene_begin(pat));
	do {
		CHECK_EQ(map(&area), OK);
		page_alloc_fail_at(&machine.pages, ++n);
		done = test_aspace_touch(area.start, false);
		page_alloc_fail_at(&machine.pages, 0);
		CHECK(done || (as->frames.root == 0 &&
			       machine.pages.counts[PAGE_USER] == 0));
		CHECK_EQ(aspace_unmap(as, area.start, area.bytes), OK);
		CHECK_CALL(test_aspace_check_empty());
	} while (!done && n < 16);
	CHECK(done);
	CHECK_CALL(aspace_scene_end());
}

/* FRAMES-1 */
SELFTEST(no_memory_touch, "a touch without memory leaves no page and no record")
{
	CHECK_CALL(machine_run(L2, L4, play_no_memory_touch));
	CHECK_CALL(machine_run(L2, L5, play_no_memory_touch));
}

/* ---- Refused ------------------------------------------------------------- */

/* More than one batch has room for, in three areas. */
#define LOTS UINT64_C(600)

static void map_three(void)
{
	struct aspace_area area = area_of(ASPACE_ANONYMOUS, LOTS);

	CHECK_EQ(map(&area), OK);
	CHECK_CALL(touch_all(&area));
	CHECK_EQ(aspace_protect(as, area.start, PAGE_BYTES, ASPACE_EXECUTE),
		 OK);
	CHECK_EQ(aspace_protect(as,
				vaddr_add(area.start, area.bytes - PAGE_BYTES),
				PAGE_BYTES, 0),
		 OK);
	CHECK_EQ(as->count, 3);
}

static void check_three(void)
{
	CHECK_EQ(as->count, 3);
	CHECK_EQ(as->pt->audit->debt_count, 0);
	CHECK_CALL(test_aspace_check_leaves(vaddr(START), PAGE_BYTES, 1, L1));
	CHECK_CALL(test_aspace_check_leaves(vaddr(START + PAGE_BYTES),
					    (LOTS - 2) * PAGE_BYTES, LOTS - 2,
					    L1));
}

static void play_refused(void)
{
	static const uint16_t when[] = { 1, 2, 511, 512, 513, LOTS - 1 };

	CHECK_CALL(aspace_scene_begin(pat));
	CHECK_CALL(map_three());
	for (size_t i = 0; i < ARRAY_COUNT(when); i++) {
		aspace_scene_refuse_at(when[i]);
		CHECK_EQ(aspace_protect(as, vaddr(START), LOTS * PAGE_BYTES,
					ASPACE_READ),
			 ERR_REFUSED);
		CHECK(aspace_scene_refused());
		CHECK_CALL(check_three());
	}
	aspace_scene_refuse_at(3);
	CHECK_EQ(aspace_unmap(as, vaddr(START), LOTS * PAGE_BYTES),
		 ERR_REFUSED);
	CHECK_EQ(as->count, 3);
	for (uint64_t i = 0; i < LOTS - 1; i++) {
		CHECK(test_aspace_touch(vaddr(START + i * PAGE_BYTES), false));
	}
	CHECK_CALL(check_three());
	CHECK_EQ(aspace_protect(as, vaddr(START), LOTS * PAGE_BYTES,
				ASPACE_READ),
		 OK);
	CHECK_EQ(as->count, 1);
	CHECK_CALL(aspace_scene_end());
}

SELFTEST(refused, "whatever store is refused, all stays as it was")
{
	pat = pat_from_msr(PAT_MSR_NATIVE);
	CHECK_CALL(machine_run(L1, L4, play_refused));
	CHECK_CALL(machine_run(L2, L5, play_refused));
}

/* Where entries of tables in use are refused one by one. */
static void play_refused_touch(void)
{
	struct aspace_area area = area_of(ASPACE_ANONYMOUS, PAGES);
	uint64_t n = 0;
	bool done;

	CHECK_CALL(aspace_scene_begin(pat));
	machine.paging.tables_readonly = true;
	do {
		CHECK_EQ(map(&area), OK);
		aspace_scene_refuse_at(++n);
		done = test_aspace_touch(area.start, false);
		CHECK_EQ(done, !aspace_scene_refused());
		aspace_scene_refuse_at(0);
		CHECK(done || walk_to(as->pt, area.start, L1).place.level ==
				      as->pt->levels);
		CHECK_EQ(aspace_unmap(as, area.start, area.bytes), OK);
		CHECK_CALL(test_aspace_check_empty());
	} while (!done && n < 16);
	CHECK_EQ(n, as->pt->levels + 1);
	CHECK_CALL(aspace_scene_end());
}

SELFTEST(refused_touch, "a touch that is refused leaves no page and no table")
{
	pat = pat_from_msr(PAT_MSR_XEN);
	CHECK_CALL(machine_run(L1, L4, play_refused_touch));
	CHECK_CALL(machine_run(L1, L5, play_refused_touch));
}

SELFTEST_SUITE(aspace_errors, &types, &no_memory, &no_memory_touch, &refused,
	       &refused_touch);
