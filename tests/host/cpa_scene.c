// SPDX-License-Identifier: MIT
/*
 * What tests of changes of page attributes begin with.
 */
#include "tests/host/cpa_scene.h"

#include "lib/selftest.h"
#include "mm/cpa_bench.h"
#include "tests/host/direct_map_scene.h"
#include "tests/host/machine.h"

#define LOW	     (2 * MIB)
#define LOW_BYTES    (62 * MIB)
#define POOL	     (4 * GIB)
#define SHARED	     (32 * MIB)
#define SHARED_BYTES ((uint64_t)PAGE_BYTES * MODEL_IMAGE_PAGES)

static struct memory_map ram;
static struct region_table regions;

static void add_region(vaddr_t start, uint64_t bytes, uint64_t memory,
		       unsigned int never)
{
	regions.regions[regions.count++] = (struct region){
		.start = start,
		.bytes = bytes,
		.memory = paddr(memory),
		.attrs = attrs(RIGHT_WRITE | RIGHT_GLOBAL, MT_WB),
		.never = rights(never),
	};
}

static void add_direct_map(uint64_t start, uint64_t end)
{
	add_region(direct_map_vaddr(paddr(start)), end - start, start,
		   RIGHT_USER | RIGHT_EXECUTE);
}

static void make_regions(void)
{
	regions.count = 0;
	add_direct_map(0, SHARED);
	add_direct_map(SHARED, SHARED + SHARED_BYTES);
	add_direct_map(SHARED + SHARED_BYTES, DIRECT_MAP_BYTES);
	add_region(vaddr(IMAGE_VADDR), SHARED_BYTES, SHARED, RIGHT_USER);
}

/* As pass 1 does it. */
static void map_image(void)
{
	struct region image = regions.regions[regions.count - 1];

	image.attrs = attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB);
	CHECK_EQ(map_range(&machine.pt, &image, L1, NULL), OK);
}

void cpa_scene_begin(void)
{
	struct cpa_space space = { &machine.pt, &regions, &ram };
	bool giant = machine.paging.leaf_max == L3;
	struct bench_place place = { .pool = paddr_pfn(paddr(POOL)),
				     .blocks = MODEL_BLOCKS,
				     .image = vaddr(IMAGE_VADDR),
				     .all = giant };

	ram.count = 0;
	scene_add_ram(&ram, LOW, LOW_BYTES);
	scene_add_ram(&ram, POOL, giant ? 2 * GIB : 8 * MIB);
	make_regions();
	machine_start(&ram);
	CHECK_CALL(map_image());
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), OK);
	machine_load();
	regions_apply(&machine.pt, &regions);
	bench_begin(space, &place);
	bench_watch_tree();
}

void cpa_scene_end(void)
{
	bench_end();
	/* What comes next is another machine. */
	bench.open = false;
}
