/* SPDX-License-Identifier: MIT */
/*
 * UEFI's memory map.
 *
 * UEFI describes memory by what it was allocated for: usually some hundred
 * entries, most of them of use to the firmware alone. For a kernel that has
 * left the boot services they come down to a handful of ranges.
 */
#ifndef ARCH_X86_EFI_MAP_H
#define ARCH_X86_EFI_MAP_H

#include "arch/x86/memory_map.h"

/* EFI_MEMORY_TYPE (UEFI 2.10, 7.2.1). Firmware makes up others. */
enum efi_type {
	EFI_RESERVED,
	EFI_LOADER_CODE,
	EFI_LOADER_DATA,
	EFI_BOOT_CODE,
	EFI_BOOT_DATA,
	EFI_RUNTIME_CODE,
	EFI_RUNTIME_DATA,
	EFI_CONVENTIONAL,
	EFI_UNUSABLE,
	EFI_ACPI_RECLAIM,
	EFI_ACPI_NVS,
	EFI_MMIO,
	EFI_MMIO_PORTS,
	EFI_PAL_CODE,
	EFI_PERSISTENT,
	EFI_UNACCEPTED
};

/* Of the attributes (UEFI 2.10, 7.2.3). */
#define EFI_WRITE_BACK BIT(3)
#define EFI_RUNTIME    BIT(63)

/* EFI_MEMORY_DESCRIPTOR (UEFI 2.10, 7.2.3). */
struct efi_descriptor {
	uint32_t type; /* enum efi_type */
	uint32_t unused;
	uint64_t start;
	uint64_t virtual_start;
	uint64_t pages; /* Of 4 KiB. */
	uint64_t attributes;
};

/* The kind for a type of UEFI's, once its boot services are gone (UEFI 2.10,
 * table 7.10; ACPI 6.5, table 15.6). What the runtime services use stays
 * theirs, by type or by attribute. RAM is what can be cached write-back. */
enum memory_kind memory_kind_of_efi(uint32_t type, uint64_t attributes);

/*
 * Adds a map as the firmware gave it: bytes of descriptors at map, which need
 * not be aligned, with descriptor_bytes from one to the next, as these may
 * grow. Neighbours of one kind become one entry. A descriptor that reaches
 * beyond 2^52 is cut there. ERR_RANGE if descriptors of that size are none, or
 * bytes is no number of them or 0; ERR_FULL if there is no room, as with
 * memory_map_add. After an error the memory map must not be used.
 */
enum err efi_map_add(struct memory_map *memory, const void *map, uint64_t bytes,
		     uint64_t descriptor_bytes) MUST_CHECK;

#endif
