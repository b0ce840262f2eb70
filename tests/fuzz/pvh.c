// SPDX-License-Identifier: MIT
/*
 * Fuzzing hvm_start_info.
 *
 * The input is memory from FUZZ_BASE on, with the structure at its start.
 */
#include "boot/describe_pvh.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/map_check.h"

#include <string.h>

static struct bootinfo info;

static void parse(void)
{
	describe_pvh(&info, FUZZ_BASE);
}

void fuzz_one(const uint8_t *bytes, size_t count)
{
	memset(&info, 0, sizeof(info));
	fuzz_set_memory(bytes, count);
	if (!fuzz_survives(parse)) {
		return;
	}
	FUZZ_CHECK(info.map.count <= MEMORY_MAP_MAX);
	FUZZ_CHECK(memchr(info.cmdline, '\0', sizeof(info.cmdline)) != NULL);
	FUZZ_CHECK(!info.cmdline_cut ||
		   strlen(info.cmdline) == sizeof(info.cmdline) - 1);
	fuzz_check_map(&info.map, &info.map);
}
