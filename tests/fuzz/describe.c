// SPDX-License-Identifier: MIT
/*
 * Fuzzing what turns a loader's structure into boot information.
 */
#include "tests/fuzz/describe.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/map_check.h"

#include <string.h>

static struct bootinfo made;
static void (*maker)(struct bootinfo *info, uint64_t address);

static void make(void)
{
	maker(&made, FUZZ_BASE);
}

void fuzz_check_bootinfo(const struct bootinfo *info)
{
	FUZZ_CHECK(info->map.count <= MEMORY_MAP_MAX);
	FUZZ_CHECK(memchr(info->cmdline, '\0', sizeof(info->cmdline)) != NULL);
	FUZZ_CHECK(!info->cmdline_cut ||
		   strlen(info->cmdline) == sizeof(info->cmdline) - 1);
	fuzz_check_map(&info->map, &info->map);
}

void fuzz_describe(const uint8_t *bytes, size_t count,
		   void (*describe)(struct bootinfo *info, uint64_t address))
{
	memset(&made, 0, sizeof(made));
	maker = describe;
	fuzz_set_memory(bytes, count);
	if (fuzz_survives(make)) {
		fuzz_check_bootinfo(&made);
	}
}
