/* SPDX-License-Identifier: MIT */
/*
 * The kernel within the application, and in memory.
 */
#ifndef BOOT_EFI_KERNEL_H
#define BOOT_EFI_KERNEL_H

#include "boot/efi/handover.h"

#include <efi.h>

struct kernel {
	EFI_PHYSICAL_ADDRESS start; /* Aligned to IMAGE_ALIGN. */
	UINTN pages;
	EFI_PHYSICAL_ADDRESS entry;
};

/*
 * Puts the kernel's segments into memory that is free, below 4 GiB, and clears
 * what the file has no bytes for. Says what is wrong with the file, or that
 * there is no room; then nothing is left allocated.
 */
EFI_STATUS kernel_load(struct kernel *kernel) MUST_CHECK;

/* Gives the memory back. */
void kernel_unload(const struct kernel *kernel);

/* Goes there. The boot services must have been left. */
NORETURN void kernel_enter(const struct kernel *kernel,
			   struct efi_handover *handover);

#endif
