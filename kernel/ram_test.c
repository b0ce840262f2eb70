// SPDX-License-Identifier: MIT
/*
 * Tests of what memory the kernel took from the boot path.
 *
 * The census (mm/invariants_test.c) believes kernel_ram; this is why it may.
 */
#include "kernel/main.h"
#include "lib/selftest.h"
#include "mm/own_tables.h"

/* DM-2 */
SELFTEST(taken, "the RAM that is used is that of the memory map, and no other")
{
	const struct memory_map *map = &kernel_bootinfo()->map;
	const struct memory_map *ram = kernel_ram();
	size_t n = 0;

	SKIP_WITHOUT_TABLES();
	for (size_t i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];
		uint64_t end = min_u64(range->end.pa, DIRECT_MAP_BYTES);

		if (range->kind != MEMORY_RAM || range->start.pa >= end) {
			continue;
		}
		CHECK(n < ram->count);
		CHECK_EQ(ram->ranges[n].start.pa, range->start.pa);
		CHECK_EQ(ram->ranges[n].end.pa, end);
		CHECK_EQ(ram->ranges[n].kind, MEMORY_RAM);
		n++;
	}
	CHECK_EQ(ram->count, n);
}

SELFTEST_SUITE(ram, &taken);
