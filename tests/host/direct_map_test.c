// SPDX-License-Identifier: MIT
/*
 * The direct map against an independent model.
 *
 * On maps of real machines and on random ones, with every largest leaf and
 * both numbers of levels.
 */
#include "lib/selftest.h"
#include "tests/host/direct_map_model.h"
#include "tests/host/e820_maps.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/machine.h"

/* More stale translations would take the fake TLB too long. */
#define LEAVES_FOR_TLB 1200

static struct memory_map whole; /* Of the machine at hand, */
static struct memory_map ram;	/* and what is left to the test. */
static struct region_table regions;
static struct model model;
static const char *who;

/* ---- One map ------------------------------------------------------------- */

/* Pass 1, and once more. */
static void build(struct model_counts want)
{
	const struct audit *audit = &machine.audit;

	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), OK);
	CHECK_CALL(model_check(&model, MODEL_BUILT, who));	/* DM-2 */
	CHECK_EQ(audit->stores, want.all_leaves + want.tables); /* DM-4 */
	CHECK_EQ(audit->kept, 0);
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), OK);
	CHECK_EQ(audit->stores, want.all_leaves + want.tables);
	CHECK_EQ(audit->kept, want.all_leaves); /* DM-1 */
	CHECK_EQ(audit->flushes_all + audit->flushes_range, 0);
	CHECK_CALL(model_check(&model, MODEL_BUILT, who));
}

/* Pass 2, and once more. */
static void apply(void)
{
	const struct audit *audit = &machine.audit;
	uint64_t changes = model_changes(&model);
	uint64_t stores = audit->stores + changes;
	uint64_t flushes = audit->flushes_all + (changes != 0 ? 1 : 0);

	for (int i = 0; i < 2; i++) {
		regions_apply(&machine.pt, &regions);
		CHECK_EQ(audit->stores, stores);
		CHECK_EQ(audit->flushes_all, flushes);
		CHECK_EQ(audit->flushes_range, 0);
		CHECK_EQ(audit->debt_count, 0);
		CHECK_CALL(model_check(&model, MODEL_APPLIED, who)); /* DM-3 */
	}
}

static void both_passes(void)
{
	struct model_counts want = model_count(&model, machine.pt.levels);
	const char *complaint;

	CHECK_EQ(want.leaves[0] + want.leaves[1] + want.leaves[2],
		 want.all_leaves);
	CHECK_CALL(build(want));
	if (want.all_leaves <= LEAVES_FOR_TLB) {
		fake_tlb_on(FAKE_TLB_KEEPS);
	}
	machine_load();
	CHECK_CALL(apply());
	complaint = fake_tlb_off();
	if (complaint != NULL) {
		FAIL("%s: %s", who, complaint);
	}
}

static paddr_t image;

static void run_map(void)
{
	page_alloc_reserve(&machine.pages, image, MIB, PAGE_IMAGE);
	machine_start(&ram);
	model_make(&model, &ram, &regions, machine.paging.leaf_max);
	CHECK_CALL(both_passes());
}

/* What is in whole and regions, with every largest leaf and both numbers of
 * levels. */
static void run_all(void)
{
	for (level_t leaf_max = L1; leaf_max <= L3;
	     leaf_max = (level_t)(leaf_max + 1)) {
		ram = whole;
		model_shorten(&ram, &regions, leaf_max);
		CHECK_CALL(machine_run(leaf_max, L4, run_map));
		CHECK_CALL(machine_run(leaf_max, L5, run_map));
	}
}

/* ---- Real machines ------------------------------------------------------- */

static void add_region(uint64_t start, uint64_t end, unsigned int right_bits)
{
	if (start < end) {
		regions.regions[regions.count++] = (struct region){
			.start = vaddr(DIRECT_MAP_VADDR + start),
			.bytes = end - start,
			.memory = paddr(start),
			.attrs = attrs(right_bits | RIGHT_GLOBAL, MT_WB),
		};
	}
}

/* As kernel_space.c has them: the image, which is somewhere in RAM, has parts
 * that are not writable. */
static void make_regions(struct random *random)
{
	uint64_t text = image.pa + random_below(random, 64) * PAGE_BYTES;
	uint64_t rodata = text + random_below(random, 64) * PAGE_BYTES;
	uint64_t data = rodata + random_below(random, 64) * PAGE_BYTES;

	regions.count = 0;
	add_region(0, text, RIGHT_WRITE);
	add_region(text, rodata, 0);
	add_region(rodata, data, 0);
	add_region(data, DIRECT_MAP_BYTES, RIGHT_WRITE);
}

/* A place for a mebibyte in RAM above the first. */
static void place_image(struct random *random)
{
	const struct memory_range *range;
	uint64_t low;
	uint64_t high;

	do {
		range = &whole.ranges[random_below(random, whole.count)];
		low = max_u64(range->start.pa, 2 * MIB);
		high = range->end.pa;
	} while (range->kind != MEMORY_RAM || high < low + 2 * MIB);
	image = paddr(low + random_below(random, (high - low) / MIB - 1) * MIB);
	if (random_below(random, 2) == 0) {
		image.pa = align_down(image.pa + MIB - 1, MIB);
	}
}

static void read_machine(const struct e820_machine *machine_map)
{
	CHECK_CALL(e820_read(machine_map->name));
	whole.count = 0;
	for (size_t i = 0; i < e820_entry_count; i++) {
		CHECK_EQ(memory_map_add(&whole, paddr(e820_entries[i].start),
					e820_entries[i].bytes,
					e820_entries[i].kind),
			 OK);
	}
	CHECK_EQ(memory_map_normalise(&whole), OK);
	CHECK_EQ(memory_map_ram_bytes(&whole),
		 machine_map->ram_pages * PAGE_BYTES);
	who = machine_map->name;
}

SELFTEST(real_maps,
	 "DM-1 to DM-4: on every real machine's map, as the model has it")
{
	struct random random = selftest_random();

	for (size_t i = 0; i < e820_machine_count; i++) {
		CHECK_CALL(read_machine(&e820_machines[i]));
		place_image(&random);
		make_regions(&random);
		CHECK_CALL(run_all());
	}
}

/* ---- Random machines ----------------------------------------------------- */

/* Up to the limit, with as many zeros at the end as may be. */
static uint64_t random_address(struct random *random, uint64_t limit)
{
	static const uint64_t units[] = { PAGE_BYTES, PAGE_BYTES, 2 * MIB, GIB,
					  512 * GIB };
	uint64_t scale = max_u64(limit >> random_below(random, 24), PAGE_BYTES);
	uint64_t at = random_below(random, scale);
	uint64_t unit = units[random_below(random, ARRAY_COUNT(units))];

	return align_down(at, unit < scale ? unit : PAGE_BYTES);
}

static enum err add_random_range(struct random *random)
{
	uint64_t start = random_address(random, DIRECT_MAP_BYTES);
	uint64_t bytes = PAGE_BYTES + random_address(random, 2 * TIB);
	bool reserved = random_below(random, 4) == 0;

	return memory_map_add(&whole, paddr(start),
			      min_u64(bytes, DIRECT_MAP_BYTES - start),
			      reserved ? MEMORY_RESERVED : MEMORY_RAM);
}

static void random_map(struct random *random)
{
	paddr_t tables;

	/* Whatever else there is, memory for tables. */
	do {
		uint64_t ranges = 1 + random_below(random, 12);

		tables = paddr(2 * MIB + random_address(random, 32 * TIB));
		whole.count = 0;
		CHECK_EQ(memory_map_add(&whole, tables, 64 * MIB, MEMORY_RAM),
			 OK);
		for (uint64_t i = 0; i < ranges; i++) {
			CHECK_EQ(add_random_range(random), OK);
		}
		CHECK_EQ(memory_map_normalise(&whole), OK);
	} while (!memory_map_is_ram(&whole, tables, 64 * MIB));
}

static attrs_t random_attrs(struct random *random)
{
	unsigned int all = RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_GLOBAL;
	const enum memtype *types = pv()->paging->pat.types;

	return attrs((unsigned int)random_u64(random) & all,
		     types[random_below(random, PAT_COUNT)]);
}

/* Near the ends of RAM, near the edge of a large page, or anywhere. */
static uint64_t random_border(struct random *random)
{
	const struct memory_range *range =
		&whole.ranges[random_below(random, whole.count)];
	uint64_t off = random_address(random, range->end.pa - range->start.pa);

	switch (random_below(random, 5)) {
	case 0:
		return align_down(range->start.pa, PAGE_BYTES) + off;
	case 1:
		return align_down(range->end.pa - off, PAGE_BYTES);
	case 2:
		return align_down(range->end.pa, PAGE_BYTES);
	case 3:
		return align_down(range->start.pa + off, 2 * MIB) + PAGE_BYTES;
	default:
		return random_address(random, DIRECT_MAP_BYTES);
	}
}

static void random_regions(struct random *random)
{
	uint64_t borders[REGIONS_MAX];
	uint64_t count = random_below(random, REGIONS_MAX + 1);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t border = random_border(random);
		uint64_t j = i;

		for (; j > 0 && borders[j - 1] > border; j--) {
			borders[j] = borders[j - 1];
		}
		borders[j] = border;
	}
	regions.count = 0;
	for (uint64_t i = 0; i + 1 < count; i++) {
		size_t last = regions.count;

		if (random_below(random, 5) != 0) {
			add_region(borders[i], borders[i + 1], 0);
		}
		if (regions.count != last) {
			regions.regions[last].attrs = random_attrs(random);
			regions.regions[last].hole =
				random_below(random, 6) == 0;
		}
	}
}

SELFTEST(random_maps, "DM-1 to DM-4: on random maps, as the model has it")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(15);

	who = "a random map";
	for (uint64_t i = 0; i < rounds; i++) {
		CHECK_CALL(random_map(&random));
		place_image(&random);
		random_regions(&random);
		CHECK_CALL(run_all());
	}
}

SELFTEST_SUITE(direct_map_model, &real_maps, &random_maps);
