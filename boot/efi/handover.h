/* SPDX-License-Identifier: MIT */
/*
 * What the UEFI application hands to the kernel.
 *
 * build/bimetal.efi carries the kernel, as the ELF file that it is on every
 * other way of booting. It puts the file's segments into memory below 4 GiB,
 * leaves the firmware's boot services, and enters the kernel where a note of
 * the file says: owner EFI_NOTE_OWNER, type EFI_NOTE_ENTRY, the physical
 * address of efi_entry if the image is where it was linked to, 4 bytes.
 *
 * At the entry the CPU is as the firmware had it (UEFI 2.10, 2.3.4): 64-bit
 * mode on the firmware's page tables, which map memory at its own address; rdi
 * holds the address of this structure. All that it points to lies below 4 GiB,
 * in memory of the type EfiLoaderData, which is free once it has been read.
 */
#ifndef BOOT_EFI_HANDOVER_H
#define BOOT_EFI_HANDOVER_H

#include "lib/types.h"

/* QEMU looks for its own note, of type 18, by the type alone. */
#define EFI_NOTE_OWNER "Bimetal"
#define EFI_NOTE_ENTRY 1

#define EFI_HANDOVER_MAGIC 0x4946456c6174656d

struct efi_handover {
	uint64_t magic;
	/* The firmware's memory map as it was at the end (UEFI 2.10, 7.2.3):
	 * descriptors of so many bytes each, all of them so many. */
	uint64_t map;
	uint64_t map_bytes;
	uint64_t descriptor_bytes;
	/* ASCII, without a NUL. */
	uint64_t cmdline;
	uint64_t cmdline_bytes;
	/* ACPI's root pointer, or 0. */
	uint64_t rsdp;
	/* A linear framebuffer with pixels of 32 bits, if it has any bytes;
	 * it may lie anywhere. The pitch is in bytes. */
	uint64_t screen;
	uint64_t screen_bytes;
	uint32_t screen_width;
	uint32_t screen_height;
	uint32_t screen_pitch;
	uint32_t descriptor_version;
};

#endif
