// SPDX-License-Identifier: MIT
/*
 * The direct map of RAM far away, and the image.
 */
#include "arch/x86/native.h"
#include "lib/selftest.h"
#include "tests/host/direct_map_model.h"
#include "tests/host/direct_map_scene.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/hw_tables.h"
#include "tests/host/machine.h"
#include "tests/host/sparse_memory.h"

static struct memory_map ram;
static struct region_table regions;
static struct model model;
static const char *who;

/* ---- RAM far away -------------------------------------------------------- */

/*
 * What it may cost, in calls of phys_ptr: a leaf or a table, both ends of a
 * run, and each table, as pass 2 looks at its 512 entries by way of those
 * above; and to step over the empty part of the root.
 */
#define CALLS_PER_ENTRY 16
#define CALLS_IN_ORDER	4 /* For a leaf or table of frames in order. */
#define CALLS_PER_RUN	64
#define CALLS_PER_TABLE UINT64_C(2560)
#define CALLS_AT_LEAST	2048

static void run_far(void)
{
	struct model_counts want;
	uint64_t per_entry;
	uint64_t calls;

	machine_start(&ram);
	model_make(&model, &ram, &regions, machine.paging.leaf_max);
	want = model_count(&model, machine.pt.levels);
	calls = sparse_memory_calls();
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), OK);
	per_entry = machine.pv.pfn_to_mfn == pv_native.pfn_to_mfn
			    ? CALLS_IN_ORDER
			    : CALLS_PER_ENTRY;
	CHECK(sparse_memory_calls() - calls <=
	      CALLS_PER_RUN * model.count +
		      per_entry * (want.all_leaves + want.tables));
	/* The tables, and a record for each group of 4096 pages. */
	CHECK(sparse_memory_pages() <=
	      want.tables + 1 + want.tables / 4095 + 1);
	CHECK_CALL(model_check(&model, MODEL_BUILT, who));
	machine_load();
	calls = sparse_memory_calls();
	regions_apply(&machine.pt, &regions);
	CHECK(sparse_memory_calls() - calls <=
	      CALLS_AT_LEAST + CALLS_PER_TABLE * (want.tables + 1) +
		      CALLS_PER_ENTRY * want.all_leaves);
	CHECK_CALL(model_check(&model, MODEL_APPLIED, who));
	CHECK_EQ(machine.audit.debt_count, 0);
}

static void run_far_all(void)
{
	CHECK_CALL(machine_run(L2, L4, run_far));
	CHECK_CALL(machine_run(L3, L4, run_far));
	CHECK_CALL(machine_run(L3, L5, run_far));
}

SELFTEST(far, "RAM from 1 TiB on costs what it costs at 0")
{
	scene_one_region(&regions);
	who = "RAM from 1 TiB on";
	ram.count = 0;
	scene_add_ram(&ram, TIB, 2 * GIB + PAGE_BYTES);
	CHECK_CALL(run_far_all());
}

SELFTEST(scattered, "RAM scattered up to the end of the direct map is mapped")
{
	scene_one_region(&regions);
	who = "scattered RAM";
	ram.count = 0;
	scene_add_ram(&ram, TIB + 12 * KIB, 40 * MIB);
	for (uint64_t i = 2; i < 25; i++) {
		scene_add_ram(&ram, i * TIB + i * GIB - i * PAGE_BYTES,
			      3 * MIB);
	}
	scene_add_ram(&ram, 25 * TIB, GIB);
	scene_add_ram(&ram, DIRECT_MAP_BYTES - PAGE_BYTES, PAGE_BYTES);
	CHECK_CALL(run_far_all());
}

/* ---- The image ----------------------------------------------------------- */

#define IMAGE_PAGES UINT64_C(100)
#define GUARD_PAGE  UINT64_C(40)

static void add_image_region(uint64_t page, uint64_t pages,
			     unsigned int right_bits, bool hole)
{
	regions.regions[regions.count++] = (struct region){
		.start = vaddr(IMAGE_VADDR + page * PAGE_BYTES),
		.bytes = pages * PAGE_BYTES,
		.attrs = attrs(right_bits, MT_WB),
		.hole = hole,
	};
}

static void check_image_page(uint64_t page, uint64_t bits)
{
	vaddr_t va = vaddr(IMAGE_VADDR + page * PAGE_BYTES);
	struct hw_leaf leaf;

	CHECK_EQ(hw_walk(hw_machine_space(), va, &leaf), page != GUARD_PAGE);
	if (page != GUARD_PAGE) {
		CHECK_EQ(leaf.bits, bits | hw_write_back());
		CHECK_EQ(leaf.bytes, PAGE_BYTES);
		CHECK_EQ(leaf.frame.mfn << PAGE_SHIFT,
			 scene_frame_bits(2 * MIB + page * PAGE_BYTES));
	}
}

static void run_image(void)
{
	struct region whole = {
		.start = vaddr(IMAGE_VADDR),
		.bytes = IMAGE_PAGES * PAGE_BYTES,
		.memory = paddr(2 * MIB),
		.attrs = attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB),
	};

	machine_start(&ram);
	CHECK_EQ(map_range(&machine.pt, &whole, L1, NULL), OK);
	fake_tlb_on(FAKE_TLB_KEEPS);
	machine_load();
	regions_apply(&machine.pt, &regions);
	for (uint64_t page = 0; page < IMAGE_PAGES; page++) {
		uint64_t bits = page < 10   ? 0
				: page < 30 ? HW_NOEXEC
					    : HW_NOEXEC | HW_WRITE;

		CHECK_CALL(check_image_page(page, bits));
	}
	CHECK(fake_tlb_access(vaddr(IMAGE_VADDR), FAKE_WRITE).fault);
	CHECK(!fake_tlb_access(vaddr(IMAGE_VADDR), FAKE_EXECUTE).fault);
	CHECK(fake_tlb_access(vaddr(IMAGE_VADDR + GUARD_PAGE * PAGE_BYTES),
			      FAKE_READ)
		      .fault);
	CHECK(fake_tlb_off() == NULL);
	CHECK_EQ(machine.audit.debt_count, 0);
}

SELFTEST(image, "the image is mapped page by page, and its guards are holes")
{
	ram.count = 0;
	scene_add_ram(&ram, 16 * MIB, MIB);
	regions.count = 0;
	add_image_region(0, 10, RIGHT_EXECUTE, false);
	add_image_region(10, 20, 0, false);
	add_image_region(30, 10, RIGHT_WRITE, false);
	add_image_region(GUARD_PAGE, 1, 0, true);
	add_image_region(GUARD_PAGE + 1, IMAGE_PAGES - GUARD_PAGE - 1,
			 RIGHT_WRITE, false);
	CHECK_CALL(machine_run(L3, L4, run_image));
	CHECK_CALL(machine_run(L3, L5, run_image));
}

/* ---- Memory that lies askew ---------------------------------------------- */

/* Another page of each table. */
#define STRIDE (2 * MIB + 4 * KIB)

static uint64_t askew;
static uint64_t leaf_bytes;

static void run_askew(void)
{
	struct region range = {
		.start = vaddr(DIRECT_MAP_VADDR),
		.bytes = GIB + 2 * MIB,
		.memory = paddr(8 * GIB + askew),
		.attrs = attrs(RIGHT_WRITE, MT_WB),
	};
	struct hw_leaf leaf;

	machine_start(&ram);
	CHECK_EQ(map_range(&machine.pt, &range, L5, NULL), OK);
	for (uint64_t at = 0; at < range.bytes; at += STRIDE) {
		vaddr_t va = vaddr_add(range.start, at);

		CHECK(hw_walk(hw_machine_space(), va, &leaf));
		CHECK_EQ(leaf.bytes, leaf_bytes);
		CHECK_EQ(hw_frame_at(&leaf, va).mfn << PAGE_SHIFT,
			 scene_frame_bits(range.memory.pa + at));
	}
}

SELFTEST(shifted, "leaves are no larger than both addresses are aligned")
{
	ram.count = 0;
	scene_add_ram(&ram, 16 * MIB, 16 * MIB);
	askew = 2 * MIB;
	leaf_bytes = 2 * MIB;
	CHECK_CALL(machine_run(L3, L4, run_askew));
	askew = 510 * MIB + PAGE_BYTES;
	leaf_bytes = PAGE_BYTES;
	CHECK_CALL(machine_run(L3, L4, run_askew));
}

SELFTEST_SUITE(direct_map_far, &far, &scattered, &image, &shifted);
