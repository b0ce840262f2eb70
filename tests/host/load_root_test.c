// SPDX-License-Identifier: MIT
/*
 * Tests of leaving a root.
 *
 * The kernel changes its root while nothing is global yet, so a boot does not
 * show that global translations go as well.
 */
#include "arch/x86/native.h"
#include "lib/selftest.h"
#include "tests/host/direct_map_scene.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/machine.h"

#define LARGE	 (16 * MIB)
#define RAM_SIZE (4 * MIB)

static struct memory_map ram;

static struct region_table regions;

/* A direct map of global pages, in use. */
static void make_map(void)
{
	ram.count = 0;
	scene_add_ram(&ram, LARGE, RAM_SIZE);
	scene_one_region(&regions);
	machine_start(&ram);
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), OK);
	machine_load();
	regions_apply(&machine.pt, &regions);
}

static void play(void)
{
	vaddr_t mapped = vaddr(DIRECT_MAP_VADDR + LARGE);
	const char *complaint;
	pfn_t empty;

	CHECK_CALL(make_map());
	CHECK_EQ(page_alloc(&machine.pages, PAGE_TABLE, &empty), OK);
	fake_tlb_on(FAKE_TLB_KEEPS);
	CHECK(!fake_tlb_access(mapped, FAKE_WRITE).fault);
	machine.pv.load_root(empty, machine.pt.levels);
	CHECK(!fake_tlb_stale(mapped, RAM_SIZE));
	CHECK(fake_tlb_access(mapped, FAKE_READ).fault);
	complaint = fake_tlb_off();
	CHECK_STR(complaint == NULL ? "none" : complaint, "none");
}

SELFTEST(globals_go, "a change of root leaves no global translation behind")
{
	if (pv() != &pv_native) {
		SKIP("the model's own load_root proves nothing");
	}
	CHECK_CALL(machine_run(L1, L4, play));
	CHECK_CALL(machine_run(L3, L5, play));
}

SELFTEST_SUITE(load_root, &globals_go);
