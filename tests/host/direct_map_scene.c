// SPDX-License-Identifier: MIT
/*
 * What tests of the direct map begin with.
 */
#include "tests/host/direct_map_scene.h"

#include "tests/host/machine.h"

void scene_add_ram(struct memory_map *ram, uint64_t start, uint64_t bytes)
{
	ram->ranges[ram->count++] =
		(struct memory_range){ paddr(start), paddr(start + bytes),
				       MEMORY_RAM };
}

void scene_one_region(struct region_table *regions)
{
	regions->count = 1;
	regions->regions[0] = (struct region){
		.start = vaddr(DIRECT_MAP_VADDR),
		.bytes = DIRECT_MAP_BYTES,
		.attrs = attrs(RIGHT_WRITE | RIGHT_GLOBAL, MT_WB),
	};
}

uint64_t scene_frame_bits(uint64_t address)
{
	return machine.pv.pfn_to_mfn(paddr_pfn(paddr(address))).mfn
	       << PAGE_SHIFT;
}
