/* SPDX-License-Identifier: MIT */
/*
 * The regions of the kernel's own address space.
 */
#ifndef MM_KERNEL_REGIONS_H
#define MM_KERNEL_REGIONS_H

#include "arch/x86/bootinfo.h"
#include "mm/regions.h"

/* The direct map, with the alias of the image in it, and the image, which is at
 * that place in memory, with its guard pages, and with the boot page if it has
 * a name. The table must be empty. */
void kernel_regions_make(struct region_table *regions, paddr_t at,
			 const struct boot_page *other);

#endif
