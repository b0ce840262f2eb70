// SPDX-License-Identifier: MIT
/*
 * UEFI's memory map.
 */
#include "arch/x86/efi_map.h"

#include "lib/string.h"

#define PADDR_LIMIT BIT(PADDR_BITS)

/* What is being put together of neighbours. */
struct run {
	uint64_t start;
	uint64_t end;
	enum memory_kind kind;
};

_Static_assert(sizeof(struct efi_descriptor) == 40, "UEFI 2.10, 7.2.3");

/* The kernel maps RAM write-back. Linux and Xen ask for the attribute too
 * (Linux, arch/x86/platform/efi/efi.c; Xen, arch/x86/efi/efi-boot.h). */
static bool is_usable(uint64_t attributes)
{
	return (attributes & (EFI_WRITE_BACK | EFI_RUNTIME)) == EFI_WRITE_BACK;
}

enum memory_kind memory_kind_of_efi(uint32_t type, uint64_t attributes)
{
	switch (type) {
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_CODE:
	case EFI_BOOT_DATA:
	case EFI_CONVENTIONAL:
		return is_usable(attributes) ? MEMORY_RAM : MEMORY_RESERVED;
	case EFI_UNUSABLE:
		return MEMORY_UNUSABLE;
	case EFI_ACPI_RECLAIM:
		return MEMORY_ACPI_DATA;
	case EFI_ACPI_NVS:
		return MEMORY_ACPI_NVS;
	case EFI_PERSISTENT:
		return MEMORY_PERSISTENT;
	default:
		return MEMORY_RESERVED;
	}
}

static struct run run_of(const struct efi_descriptor *descriptor)
{
	uint64_t start = min_u64(descriptor->start, PADDR_LIMIT);
	uint64_t pages = (PADDR_LIMIT - start) >> PAGE_SHIFT;
	struct run run = { .start = start, .end = PADDR_LIMIT };

	run.kind = memory_kind_of_efi(descriptor->type, descriptor->attributes);
	if (descriptor->pages <= pages) {
		run.end = start + (descriptor->pages << PAGE_SHIFT);
	}
	return run;
}

static enum err run_close(struct memory_map *memory, const struct run *run)
{
	return memory_map_add(memory, paddr(run->start), run->end - run->start,
			      run->kind);
}

enum err efi_map_add(struct memory_map *memory, const void *map, uint64_t bytes,
		     uint64_t descriptor_bytes)
{
	struct efi_descriptor descriptor;
	struct run open = { .kind = MEMORY_RAM };

	if (descriptor_bytes < sizeof(descriptor) || bytes == 0 ||
	    bytes % descriptor_bytes != 0) {
		return ERR_RANGE;
	}
	for (uint64_t at = 0; at < bytes; at += descriptor_bytes) {
		struct run next;
		enum err err;

		memcpy(&descriptor, (const uint8_t *)map + at,
		       sizeof(descriptor));
		next = run_of(&descriptor);
		if (next.start == open.end && next.kind == open.kind) {
			open.end = next.end;
			continue;
		}
		err = run_close(memory, &open);
		if (err != OK) {
			return err;
		}
		open = next;
	}
	return run_close(memory, &open);
}
