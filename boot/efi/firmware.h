/* SPDX-License-Identifier: MIT */
/*
 * What the firmware is asked.
 */
#ifndef BOOT_EFI_FIRMWARE_H
#define BOOT_EFI_FIRMWARE_H

#include "boot/efi/handover.h"

#include <efi.h>

/* Tells on the firmware's console what went wrong, and returns status. */
EFI_STATUS refuse(EFI_STATUS status, const CHAR16 *what);

/* So many pages below 4 GiB, of LoaderData or LoaderCode. */
EFI_STATUS allocate_low(EFI_MEMORY_TYPE type, UINTN pages,
			EFI_PHYSICAL_ADDRESS *start) MUST_CHECK;

/* ACPI's root pointer, the newest form there is, or 0. */
uint64_t find_rsdp(void);

/* Fills in the screen, if there is one whose memory can be written to. */
void find_screen(struct efi_handover *handover);

#endif
