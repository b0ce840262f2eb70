// SPDX-License-Identifier: MIT
/*
 * Tests of questions to the memory map.
 *
 * How a map comes to its form is in memory_map_test.c. Here is what it answers
 * once it has it, and what the kinds are called and made from.
 */
#include "arch/x86/memory_map.h"

#include "lib/selftest.h"

/* Too large for the kernel's stack. */
static struct memory_map map;

static void add(uint64_t start, uint64_t bytes, enum memory_kind kind)
{
	CHECK_EQ(memory_map_add(&map, paddr(start), bytes, kind), OK);
}

SELFTEST(ram, "a range is RAM if all of its bytes are")
{
	static const struct {
		uint64_t start;
		uint64_t bytes;
		bool is_ram;
	} cases[] = {
		{ 0x1000, 0x3000, true },  { 0x1000, 1, true },
		{ 0x3fff, 1, true },	   { 0x1234, 0x567, true },
		{ 0x1000, 0x3001, false }, { 0xfff, 1, false },
		{ 0xfff, 2, false },	   { 0x4000, 1, false },
		{ 0x3fff, 2, false },	   { 0x1000, 0x5000, false },
		{ 0x5000, 0x1000, true },  { 0x5fff, 1, true },
		{ 0x6000, 1, false },	   { 0x4fff, 2, false },
		{ 0, 0x10000, false },	   { 0x5000, UINT64_MAX, false },
		{ 0x5000, 0, true },	   { 0x4000, 0, true },
		{ UINT64_MAX, 2, false },
	};

	map.count = 0;
	CHECK_CALL(add(0x1000, 0x3000, MEMORY_RAM));
	CHECK_CALL(add(0x4000, 0x1000, MEMORY_ACPI_DATA));
	CHECK_CALL(add(0x5000, 0x1000, MEMORY_RAM));
	CHECK_EQ(memory_map_normalise(&map), OK);
	CHECK_EQ(memory_map_ram_bytes(&map), 0x4000);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		selftest_checked();
		if (memory_map_is_ram(&map, paddr(cases[i].start),
				      cases[i].bytes) != cases[i].is_ram) {
			FAIL("0x%lx bytes from 0x%lx: expected %d",
			     cases[i].bytes, cases[i].start, cases[i].is_ram);
		}
	}
}

SELFTEST(e820_types, "the types of E820 have their kinds, others are reserved")
{
	CHECK_EQ(memory_kind_of_e820(1), MEMORY_RAM);
	CHECK_EQ(memory_kind_of_e820(2), MEMORY_RESERVED);
	CHECK_EQ(memory_kind_of_e820(3), MEMORY_ACPI_DATA);
	CHECK_EQ(memory_kind_of_e820(4), MEMORY_ACPI_NVS);
	CHECK_EQ(memory_kind_of_e820(5), MEMORY_UNUSABLE);
	CHECK_EQ(memory_kind_of_e820(6), MEMORY_RESERVED);
	CHECK_EQ(memory_kind_of_e820(7), MEMORY_PERSISTENT);
	for (uint32_t type = 8; type < 32; type++) {
		CHECK_EQ(memory_kind_of_e820(type), MEMORY_RESERVED);
	}
	CHECK_EQ(memory_kind_of_e820(0), MEMORY_RESERVED);
	CHECK_EQ(memory_kind_of_e820(UINT32_MAX), MEMORY_RESERVED);
}

SELFTEST(kind_names, "every kind has a name of its own")
{
	static const char *const names[] = { "ram",	 "acpi-data",
					     "acpi-nvs", "persistent",
					     "reserved", "unusable" };

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		CHECK_STR(memory_kind_name((enum memory_kind)i), names[i]);
	}
	CHECK_EQ(ARRAY_COUNT(names), MEMORY_UNUSABLE + 1);
}

SELFTEST_SUITE(memory_map_query, &ram, &e820_types, &kind_names);
