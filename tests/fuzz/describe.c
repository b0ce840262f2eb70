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

static void check_framebuffer(const struct boot_framebuffer *buffer,
			      const struct memory_map *given)
{
	static struct memory_map map;
	uint64_t end = buffer->start.pa + buffer->bytes;

	if (buffer->bytes == 0) {
		return;
	}
	FUZZ_CHECK(end > buffer->start.pa && end <= BIT(PADDR_BITS));
	FUZZ_CHECK((uint64_t)buffer->width * 4 <= buffer->pitch);
	FUZZ_CHECK((uint64_t)buffer->pitch * buffer->height <= buffer->bytes);
	map = *given;
	if (memory_map_normalise(&map) != OK) {
		return;
	}
	for (size_t i = 0; i < map.count; i++) {
		FUZZ_CHECK(map.ranges[i].kind != MEMORY_RAM ||
			   map.ranges[i].end.pa <= buffer->start.pa ||
			   map.ranges[i].start.pa >= end);
	}
}

void fuzz_check_bootinfo(const struct bootinfo *info)
{
	FUZZ_CHECK(info->map.count <= MEMORY_MAP_MAX);
	FUZZ_CHECK(memchr(info->cmdline, '\0', sizeof(info->cmdline)) != NULL);
	FUZZ_CHECK(!info->cmdline_cut ||
		   strlen(info->cmdline) == sizeof(info->cmdline) - 1);
	fuzz_check_map(&info->map, &info->map);
	check_framebuffer(&info->framebuffer, &info->map);
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
