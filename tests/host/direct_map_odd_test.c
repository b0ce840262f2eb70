// SPDX-License-Identifier: MIT
/*
 * The direct map where something is in its way.
 *
 * Entries that are there before, and memory that runs out.
 */

#include "lib/selftest.h"
#include "tests/host/direct_map_model.h"
#include "tests/host/direct_map_scene.h"
#include "tests/host/e820_maps.h"
#include "tests/host/hw_tables.h"
#include "tests/host/machine.h"

static struct memory_map ram;
static struct region_table regions;
static struct model model;
static const char *who;

/* ---- Present entries ----------------------------------------------------- */

#define RAM_START (16 * MIB + 20 * KIB)
#define RAM_BYTES (64 * MIB)

/* A page where pages are due, one of 2 MiB where one of 2 MiB is due, one of
 * 2 MiB in the middle of which RAM begins, and a table with some pages where
 * one of 2 MiB is due. */
#define SEED_PAGE  (80 * MIB + 8 * KIB)
#define SEED_LARGE (24 * MIB)
#define SEED_START (16 * MIB)
#define SEED_TABLE (32 * MIB)
#define SEED_STEP  3

#define TABLE_BITS (HW_PRESENT | HW_WRITE | BIT(5))
#define TWO_MIB	   BIT(7)
/* Read-only, uncached, not executable, never used. */
#define ODD_BITS (HW_PRESENT | HW_PWT | HW_PCD | HW_NOEXEC)

struct seed {
	uint64_t address;
	uint64_t bytes;
	uint64_t entry;
	uint64_t *place;
};

static struct seed seeds[4];

/* The entry of the level for an address of memory, with tables above. */
static uint64_t *make_entry(uint64_t address, level_t level)
{
	vaddr_t va = vaddr(DIRECT_MAP_VADDR + address);
	uint64_t *table = machine_table(hw_machine_space().root);
	level_t at = machine.pt.levels;

	for (; at > level; at = (level_t)(at - 1)) {
		uint64_t *entry =
			&table[va.va >> level_shift(at) & (ENTRY_COUNT - 1)];
		pfn_t frame;

		if (*entry == 0) {
			if (page_alloc(&machine.pages, PAGE_TABLE, &frame) !=
			    OK) {
				return NULL;
			}
			page_set_kind(&machine.pages, frame, PAGE_TABLE_LIVE);
			*entry = scene_frame_bits(pfn_paddr(frame).pa) |
				 TABLE_BITS;
		}
		table = machine_table(
			mfn((*entry & (BIT(PADDR_BITS) - 1)) >> PAGE_SHIFT));
	}
	return &table[va.va >> level_shift(at) & (ENTRY_COUNT - 1)];
}

static void plant(size_t i, uint64_t address, level_t level, uint64_t bits)
{
	uint64_t *place = make_entry(address, level);
	uint64_t entry = scene_frame_bits(address) | bits;

	CHECK(place != NULL);
	*place = entry;
	seeds[i] = (struct seed){ address, level_bytes(level), entry, place };
}

static void plant_all(void)
{
	CHECK_CALL(plant(0, SEED_PAGE, L1, ODD_BITS));
	CHECK_CALL(plant(1, SEED_LARGE, L2, ODD_BITS | TWO_MIB));
	CHECK_CALL(plant(2, SEED_START, L2, ODD_BITS | TWO_MIB));
	for (uint64_t i = 0; i < ENTRY_COUNT; i += SEED_STEP) {
		CHECK_CALL(plant(3, SEED_TABLE + i * PAGE_BYTES, L1, ODD_BITS));
	}
	/* From now on its table. */
	seeds[3].bytes = 0;
	seeds[3].place = make_entry(SEED_TABLE, L2);
	seeds[3].entry = *seeds[3].place;
}

static void check_page(uint64_t address)
{
	vaddr_t va = vaddr(DIRECT_MAP_VADDR + address);
	struct hw_leaf leaf;
	bool seeded = address - SEED_TABLE < 2 * MIB &&
		      (address - SEED_TABLE) / PAGE_BYTES % SEED_STEP == 0;

	for (size_t i = 0; i < ARRAY_COUNT(seeds); i++) {
		seeded |= address - seeds[i].address < seeds[i].bytes;
	}
	CHECK(hw_walk(hw_machine_space(), va, &leaf));
	CHECK_EQ(hw_frame_at(&leaf, va).mfn << PAGE_SHIFT,
		 scene_frame_bits(address));
	CHECK_EQ(leaf.bits,
		 seeded ? ODD_BITS & ~HW_PRESENT : HW_WRITE | hw_write_back());
}

static void run_seeds(void)
{
	machine_start(&ram);
	CHECK_CALL(plant_all());
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), OK);
	for (size_t i = 0; i < ARRAY_COUNT(seeds); i++) {
		CHECK_EQ(*seeds[i].place, seeds[i].entry);
	}
	for (uint64_t at = 0; at < RAM_BYTES; at += PAGE_BYTES) {
		CHECK_CALL(check_page(RAM_START + at));
	}
	CHECK(machine.audit.kept >= ARRAY_COUNT(seeds));
}

SELFTEST(seeds_stay,
	 "DM-1: entries that are present survive, all else is mapped")
{
	ram.count = 0;
	scene_add_ram(&ram, RAM_START, RAM_BYTES);
	regions.count = 0;
	CHECK_CALL(machine_run(L2, L4, run_seeds));
	CHECK_CALL(machine_run(L2, L5, run_seeds));
	CHECK_CALL(machine_run(L3, L4, run_seeds));
}

/* ---- Memory that runs out ------------------------------------------------ */

static uint64_t fail_at;
static bool failed;

static void run_failure(void)
{
	struct model_counts want;

	machine_start(&ram);
	model_make(&model, &ram, &regions, machine.paging.leaf_max);
	want = model_count(&model, machine.pt.levels);
	page_alloc_fail_at(&machine.pages, fail_at);
	failed = direct_map_build(&machine.pt, &ram, &regions) == ERR_NOMEM;
	CHECK_EQ(failed, fail_at <= want.tables);
	CHECK_CALL(model_check(&model, failed ? MODEL_PART : MODEL_BUILT, who));
	page_alloc_fail_at(&machine.pages, 0);
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), OK);
	CHECK_CALL(model_check(&model, MODEL_BUILT, who));
	CHECK_EQ(machine.audit.stores, want.all_leaves + want.tables);
}

static void fail_everywhere(level_t leaf_max, level_t levels)
{
	fail_at = 0;
	do {
		fail_at++;
		CHECK_CALL(machine_run(leaf_max, levels, run_failure));
	} while (failed);
}

static void read_machine(const char *name)
{
	who = name;
	CHECK_CALL(e820_read(name));
	ram.count = 0;
	for (size_t i = 0; i < e820_entry_count; i++) {
		CHECK_EQ(memory_map_add(&ram, paddr(e820_entries[i].start),
					e820_entries[i].bytes,
					e820_entries[i].kind),
			 OK);
	}
	CHECK_EQ(memory_map_normalise(&ram), OK);
}

SELFTEST(no_memory, "an allocation that fails anywhere leaves what can go on")
{
	static const char *const names[] = { "bios-2001-192m-unsorted",
					     "macbookpro13-1",
					     "supermicro-epyc-extended" };

	scene_one_region(&regions);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		for (level_t leaf_max = L1; leaf_max <= L3;
		     leaf_max = (level_t)(leaf_max + 1)) {
			CHECK_CALL(read_machine(names[i]));
			model_shorten(&ram, &regions, leaf_max);
			CHECK_CALL(fail_everywhere(leaf_max, L4));
		}
		CHECK_CALL(read_machine(names[i]));
		CHECK_CALL(fail_everywhere(L3, L5));
	}
}

static void run_dry(void)
{
	machine_start(&ram);
	model_make(&model, &ram, &regions, machine.paging.leaf_max);
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), ERR_NOMEM);
	CHECK_CALL(model_check(&model, MODEL_PART, who));
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), ERR_NOMEM);
	CHECK_CALL(model_check(&model, MODEL_PART, who));
}

SELFTEST(dry, "a machine with less memory than its tables need says so")
{
	ram.count = 0;
	scene_add_ram(&ram, MIB, 16 * KIB);
	scene_add_ram(&ram, 5 * TIB, PAGE_BYTES);
	scene_add_ram(&ram, 6 * TIB, PAGE_BYTES);
	regions.count = 0;
	who = "a tiny machine";
	CHECK_CALL(machine_run(L3, L4, run_dry));
	CHECK_CALL(machine_run(L1, L5, run_dry));
}

SELFTEST_SUITE(direct_map_odd, &seeds_stay, &no_memory, &dry);
