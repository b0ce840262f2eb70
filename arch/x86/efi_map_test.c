// SPDX-License-Identifier: MIT
/*
 * Tests of UEFI's memory map.
 */
#include "arch/x86/efi_map.h"

#include "lib/selftest.h"
#include "lib/string.h"

#define LIMIT BIT(PADDR_BITS)
#define WB    EFI_WRITE_BACK

/* Too large for the kernel's stack. */
static struct memory_map memory;

static enum err add(uint32_t type, uint64_t start, uint64_t pages)
{
	struct efi_descriptor descriptor = {
		.type = type, .start = start, .pages = pages, .attributes = WB
	};

	return efi_map_add(&memory, &descriptor, sizeof(descriptor),
			   sizeof(descriptor));
}

static void check_range(size_t i, uint64_t start, uint64_t end,
			enum memory_kind kind)
{
	CHECK_EQ(memory.ranges[i].start.pa, start);
	CHECK_EQ(memory.ranges[i].end.pa, end);
	CHECK_EQ(memory.ranges[i].kind, kind);
}

SELFTEST(types, "RAM is what is free and what served to boot, nothing else")
{
	static const enum memory_kind kinds[] = {
		[EFI_RESERVED] = MEMORY_RESERVED,
		[EFI_LOADER_CODE] = MEMORY_RAM,
		[EFI_LOADER_DATA] = MEMORY_RAM,
		[EFI_BOOT_CODE] = MEMORY_RAM,
		[EFI_BOOT_DATA] = MEMORY_RAM,
		[EFI_RUNTIME_CODE] = MEMORY_RESERVED,
		[EFI_RUNTIME_DATA] = MEMORY_RESERVED,
		[EFI_CONVENTIONAL] = MEMORY_RAM,
		[EFI_UNUSABLE] = MEMORY_UNUSABLE,
		[EFI_ACPI_RECLAIM] = MEMORY_ACPI_DATA,
		[EFI_ACPI_NVS] = MEMORY_ACPI_NVS,
		[EFI_MMIO] = MEMORY_RESERVED,
		[EFI_MMIO_PORTS] = MEMORY_RESERVED,
		[EFI_PAL_CODE] = MEMORY_RESERVED,
		[EFI_PERSISTENT] = MEMORY_PERSISTENT,
		[EFI_UNACCEPTED] = MEMORY_RESERVED,
	};

	for (uint32_t type = 0; type < ARRAY_COUNT(kinds); type++) {
		CHECK_EQ(memory_kind_of_efi(type, WB), kinds[type]);
	}
	CHECK_EQ(memory_kind_of_efi(0x80000000, WB), MEMORY_RESERVED);
	CHECK_EQ(memory_kind_of_efi(UINT32_MAX, WB), MEMORY_RESERVED);
}

SELFTEST(attributes, "RAM is what can be cached, and no runtime service needs")
{
	static const uint64_t others = ~(EFI_WRITE_BACK | EFI_RUNTIME);

	CHECK_EQ(memory_kind_of_efi(EFI_CONVENTIONAL, WB | others), MEMORY_RAM);
	CHECK_EQ(memory_kind_of_efi(EFI_CONVENTIONAL, others), MEMORY_RESERVED);
	CHECK_EQ(memory_kind_of_efi(EFI_BOOT_DATA, 0), MEMORY_RESERVED);
	CHECK_EQ(memory_kind_of_efi(EFI_LOADER_DATA, WB | EFI_RUNTIME),
		 MEMORY_RESERVED);
	CHECK_EQ(memory_kind_of_efi(EFI_ACPI_NVS, EFI_RUNTIME),
		 MEMORY_ACPI_NVS);
	CHECK_EQ(memory_kind_of_efi(EFI_UNUSABLE, 0), MEMORY_UNUSABLE);
}

SELFTEST(neighbours, "neighbours of one kind are one entry, others are not")
{
	/* As from firmware whose descriptors have grown, and not aligned. */
	struct {
		char odd;
		struct __attribute__((packed)) {
			struct efi_descriptor is;
			uint8_t grown[9];
		} map[6];
	} __attribute__((packed)) all = { 0 };
	static const struct efi_descriptor was[] = {
		{ .type = EFI_BOOT_DATA,
		  .start = 0,
		  .pages = 1,
		  .attributes = WB },
		{ .type = EFI_CONVENTIONAL,
		  .start = 0x1000,
		  .pages = 2,
		  .attributes = WB },
		{ .type = EFI_RUNTIME_DATA,
		  .start = 0x3000,
		  .pages = 1,
		  .attributes = WB },
		{ .type = EFI_LOADER_CODE,
		  .start = 0x4000,
		  .pages = 1,
		  .attributes = WB },
		{ .type = EFI_LOADER_DATA,
		  .start = 0x6000,
		  .pages = 1,
		  .attributes = WB },
		{ .type = EFI_BOOT_CODE,
		  .start = 0x5000,
		  .pages = 1,
		  .attributes = WB },
	};

	memory.count = 0;
	memset(&all, 0xff, sizeof(all));
	for (size_t i = 0; i < ARRAY_COUNT(was); i++) {
		memcpy(&all.map[i], &was[i], sizeof(was[i]));
	}
	CHECK_EQ(efi_map_add(&memory, all.map, sizeof(all.map),
			     sizeof(all.map[0])),
		 OK);
	CHECK_EQ(memory.count, 5);
	check_range(0, 0, 0x3000, MEMORY_RAM);
	check_range(1, 0x3000, 0x4000, MEMORY_RESERVED);
	check_range(2, 0x4000, 0x5000, MEMORY_RAM);
	check_range(3, 0x6000, 0x7000, MEMORY_RAM);
	check_range(4, 0x5000, 0x6000, MEMORY_RAM);
}

SELFTEST(beyond, "what reaches beyond all addresses is cut, and never wraps")
{
	static const struct efi_descriptor was[] = {
		{ .type = EFI_CONVENTIONAL,
		  .start = 0x5000,
		  .pages = UINT64_MAX },
		{ .type = EFI_CONVENTIONAL,
		  .start = 0x5000,
		  .pages = BIT(52) - 5 },
		{ .type = EFI_MMIO, .start = LIMIT - PAGE_BYTES, .pages = 2 },
		{ .type = EFI_CONVENTIONAL, .start = LIMIT, .pages = 1 },
		{ .type = EFI_CONVENTIONAL,
		  .start = -(uint64_t)PAGE_BYTES,
		  .pages = 6 },
		{ .type = EFI_CONVENTIONAL, .start = 0x7000, .pages = 0 },
	};

	memory.count = 0;
	for (size_t i = 0; i < ARRAY_COUNT(was); i++) {
		CHECK_EQ(add(was[i].type, was[i].start, was[i].pages), OK);
	}
	CHECK_EQ(memory.count, 3);
	check_range(0, 0x5000, LIMIT, MEMORY_RAM);
	check_range(1, 0x5000, LIMIT, MEMORY_RAM);
	check_range(2, LIMIT - PAGE_BYTES, LIMIT, MEMORY_RESERVED);
}

SELFTEST(sizes, "a map whose sizes make no sense is refused")
{
	static const struct efi_descriptor map[2] = {
		{ .type = EFI_CONVENTIONAL, .pages = 1, .attributes = WB },
		{ .type = EFI_CONVENTIONAL,
		  .start = 0x2000,
		  .pages = 1,
		  .attributes = WB },
	};
	/* Of the map, and of a descriptor. */
	static const uint64_t bad[][2] = {
		{ 80, 0 },  { 78, 39 }, { 0, 40 },	    { 39, 40 },
		{ 41, 40 }, { 40, 80 }, { 40, UINT64_MAX },
	};

	memory.count = 0;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		CHECK_EQ(efi_map_add(&memory, map, bad[i][0], bad[i][1]),
			 ERR_RANGE);
	}
	CHECK_EQ(memory.count, 0);
	CHECK_EQ(efi_map_add(&memory, map, 80, 80), OK);
	CHECK_EQ(memory.count, 1);
}

SELFTEST(full, "a map that does not fit is refused")
{
	memory.count = 0;
	for (uint64_t i = 0; i < MEMORY_MAP_MAX; i++) {
		CHECK_EQ(add(EFI_CONVENTIONAL, i * PAGE_BYTES, 1), OK);
	}
	CHECK_EQ(add(EFI_MMIO, 0, 1), ERR_FULL);
}

SELFTEST_SUITE(efi_map, &types, &attributes, &neighbours, &beyond, &sizes,
	       &full);
