/* SPDX-License-Identifier: MIT */
/*
 * What the UEFI application hands over.
 */
#ifndef BOOT_DESCRIBE_EFI_H
#define BOOT_DESCRIBE_EFI_H

#include "arch/x86/bootinfo.h"

/*
 * Turns the structure at that physical address (boot/efi/handover.h) into
 * *info, which is empty: memory map, command line, framebuffer and ACPI's root.
 * A panic, in words, if it is not what the header says, or cannot be read.
 */
void describe_efi(struct bootinfo *info, uint64_t address);

#endif
