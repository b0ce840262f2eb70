/* SPDX-License-Identifier: MIT */
/*
 * What hvm_start_info says.
 */
#ifndef BOOT_DESCRIBE_PVH_H
#define BOOT_DESCRIBE_PVH_H

#include "arch/x86/bootinfo.h"

/*
 * Turns the structure at that physical address (xen/arch-x86/hvm/start_info.h)
 * into *info, which is empty: memory map, command line, module and ACPI's root.
 * A panic, in words, if it is not what the protocol says, or cannot be read.
 */
void describe_pvh(struct bootinfo *info, uint64_t address);

#endif
