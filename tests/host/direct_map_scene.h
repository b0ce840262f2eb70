/* SPDX-License-Identifier: MIT */
/*
 * What tests of the direct map begin with.
 */
#ifndef TESTS_HOST_DIRECT_MAP_SCENE_H
#define TESTS_HOST_DIRECT_MAP_SCENE_H

#include "mm/direct_map.h"

/* RAM behind what the map has. */
void scene_add_ram(struct memory_map *ram, uint64_t start, uint64_t bytes);

/* One region for all of the direct map: writable, global. */
void scene_one_region(struct region_table *regions);

/* The frame of a physical address on the machine (machine.h), where entries
 * have it. */
uint64_t scene_frame_bits(uint64_t address);

#endif
