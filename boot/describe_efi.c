// SPDX-License-Identifier: MIT
/*
 * What the UEFI application hands over.
 *
 * It all lies in memory of the application's, which is free for the taking, so
 * all of it is copied.
 */
#include "boot/describe_efi.h"

#include "arch/x86/efi_map.h"
#include "boot/efi/handover.h"
#include "boot/framebuffer.h"
#include "boot/loader.h"
#include "lib/assert.h"
#include "lib/string.h"

static void copy_memory_map(struct bootinfo *info,
			    const struct efi_handover *handover)
{
	const void *map =
		loader_ptr(handover->map, handover->map_bytes, "memory map");
	enum err err = efi_map_add(&info->map, map, handover->map_bytes,
				   handover->descriptor_bytes);

	if (err == ERR_RANGE) {
		PANIC("the memory map has %lu bytes in entries of %lu",
		      handover->map_bytes, handover->descriptor_bytes);
	}
	if (err != OK) {
		PANIC("the memory map does not fit");
	}
}

static void copy_cmdline(struct bootinfo *info,
			 const struct efi_handover *handover)
{
	uint64_t bytes = min_u64(handover->cmdline_bytes, CMDLINE_MAX - 1);

	if (handover->cmdline_bytes != 0) {
		info->cmdline_cut = bytes < handover->cmdline_bytes;
		loader_copy(info->cmdline, bytes, handover->cmdline,
			    "command line");
		/* What is behind it would be dropped without a word. */
		if (strnlen(info->cmdline, bytes) != bytes) {
			PANIC("the command line has a NUL in it");
		}
	}
}

static void copy_framebuffer(struct bootinfo *info,
			     const struct efi_handover *handover)
{
	struct boot_framebuffer found = {
		.start = paddr(handover->screen),
		.bytes = handover->screen_bytes,
		.width = handover->screen_width,
		.height = handover->screen_height,
		.pitch = handover->screen_pitch,
	};
	enum err err = framebuffer_take(info, &found);

	if (err == ERR_RANGE) {
		PANIC("the framebuffer at 0x%lx has %lu bytes for %ux%u pixels",
		      handover->screen, handover->screen_bytes,
		      handover->screen_width, handover->screen_height);
	}
	if (err != OK) {
		PANIC("the memory map does not fit");
	}
}

void describe_efi(struct bootinfo *info, uint64_t address)
{
	struct efi_handover handover;

	loader_copy(&handover, sizeof(handover), address, "handover");
	if (handover.magic != EFI_HANDOVER_MAGIC) {
		PANIC("the handover has the magic number 0x%lx",
		      handover.magic);
	}
	copy_memory_map(info, &handover);
	copy_cmdline(info, &handover);
	copy_framebuffer(info, &handover);
	info->rsdp = paddr(handover.rsdp);
}
