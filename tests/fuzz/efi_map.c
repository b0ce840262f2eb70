// SPDX-License-Identifier: MIT
/*
 * Fuzzing UEFI's memory map.
 *
 * The input is the size of a descriptor, in two bytes, and descriptors.
 */
#include "arch/x86/efi_map.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/map_check.h"

#include <string.h>

#define LIMIT BIT(PADDR_BITS)

static struct memory_map map;
static struct memory_map expected;

/* Of every descriptor what it says, in numbers that do not wrap. */
static void expect(const uint8_t *descriptors, size_t bytes, size_t size)
{
	expected.count = 0;
	for (size_t at = 0; at < bytes && expected.count < MEMORY_MAP_MAX;
	     at += size) {
		struct efi_descriptor one;
		unsigned __int128 end;

		memcpy(&one, descriptors + at, sizeof(one));
		end = one.start + (unsigned __int128)one.pages * PAGE_BYTES;
		if (one.pages == 0 || one.start >= LIMIT) {
			continue;
		}
		expected.ranges[expected.count++] = (struct memory_range){
			.start = paddr(one.start),
			.end = paddr(end < LIMIT ? (uint64_t)end : LIMIT),
			.kind = memory_kind_of_efi(one.type, one.attributes),
		};
	}
}

void fuzz_one(const uint8_t *bytes, size_t count)
{
	uint16_t size;
	enum err err;

	if (count < sizeof(size)) {
		return;
	}
	memcpy(&size, bytes, sizeof(size));
	bytes += sizeof(size);
	count -= sizeof(size);
	map.count = 0;
	err = efi_map_add(&map, bytes, count, size);
	FUZZ_CHECK((err == ERR_RANGE) ==
		   (size < sizeof(struct efi_descriptor) || count == 0 ||
		    count % size != 0));
	if (err != OK) {
		FUZZ_CHECK(err == ERR_RANGE || count / size > MEMORY_MAP_MAX);
		return;
	}
	expect(bytes, count, size);
	fuzz_check_map(&map, &expected);
}
