// SPDX-License-Identifier: MIT
/*
 * Fuzzing the memory map.
 *
 * The input is a map as firmware hands it over by the E820 interface (ACPI 6.5,
 * 15.1): entries of 20 bytes with start, length and type.
 */
#include "arch/x86/memory_map.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/map_check.h"

#include <string.h>

struct entry {
	uint64_t start;
	uint64_t bytes;
	uint32_t type;
} __attribute__((packed));

_Static_assert(sizeof(struct entry) == 20, "as firmware has it");

#define LIMIT BIT(PADDR_BITS)

static struct memory_map map;
static struct memory_map expected;

/* What memory_map_add promises to make of it, in numbers that do not wrap. */
static void expect(const struct entry *entry)
{
	unsigned __int128 end = (unsigned __int128)entry->start + entry->bytes;

	if (entry->bytes == 0 || entry->start >= LIMIT) {
		return;
	}
	expected.ranges[expected.count++] = (struct memory_range){
		.start = paddr(entry->start),
		.end = paddr(end < LIMIT ? (uint64_t)end : LIMIT),
		.kind = memory_kind_of_e820(entry->type),
	};
}

void fuzz_one(const uint8_t *bytes, size_t count)
{
	map.count = 0;
	expected.count = 0;
	for (; count >= sizeof(struct entry); count -= sizeof(struct entry)) {
		struct entry entry;

		memcpy(&entry, bytes, sizeof(entry));
		bytes += sizeof(entry);
		if (expected.count == FUZZ_MAP_MODEL_MAX) {
			break;
		}
		expect(&entry);
		FUZZ_CHECK(memory_map_add(&map, paddr(entry.start), entry.bytes,
					  memory_kind_of_e820(entry.type)) ==
			   OK);
	}
	FUZZ_CHECK(map.count == expected.count);
	for (size_t i = 0; i < map.count; i++) {
		FUZZ_CHECK(map.ranges[i].start.pa ==
			   expected.ranges[i].start.pa);
		FUZZ_CHECK(map.ranges[i].end.pa == expected.ranges[i].end.pa);
		FUZZ_CHECK(map.ranges[i].kind == expected.ranges[i].kind);
	}
	FUZZ_CHECK(fuzz_check_map(&map, &expected));
}
