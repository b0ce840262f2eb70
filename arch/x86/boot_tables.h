/* SPDX-License-Identifier: MIT */
/*
 * The page tables a native boot starts on.
 *
 * They are part of the image's zeroed memory. The 32-bit entry code fills
 * them by these names: the image at IMAGE_VADDR in 4 KiB pages, and the first
 * 4 GiB of physical memory at BOOT_MAP_VADDR in 2 MiB pages. Rights are wide
 * open, as under Xen's own tables.
 */
#ifndef ARCH_X86_BOOT_TABLES_H
#define ARCH_X86_BOOT_TABLES_H

#include "arch/x86/addr.h"
#include "arch/x86/regs.h"

extern uint64_t boot_l5[ENTRY_COUNT]; /* Only on the way to five levels. */
extern uint64_t boot_l4[ENTRY_COUNT];
extern uint64_t boot_l3_low[ENTRY_COUNT];
extern uint64_t boot_l3_image[ENTRY_COUNT];
extern uint64_t boot_l2_low[BOOT_MAP_BYTES / GIB][ENTRY_COUNT];
extern uint64_t boot_l2_image[ENTRY_COUNT];
extern uint64_t boot_l1_image[ENTRY_COUNT];

/* Where these tables map the address, or NULL from 4 GiB on. */
void *boot_tables_ptr(paddr_t address);

/*
 * Turns five-level paging on: the same mappings, below one more level. The CPU
 * must have the feature. CR4.LA57 can only change while paging is off, so this
 * leaves 64-bit mode and comes back.
 */
void boot_tables_enter_five_levels(void);

/* Unmaps a page of the image and flushes its translation. */
void boot_tables_hide(vaddr_t page);

/* The same, but maps the frame in its place. */
void boot_tables_show(vaddr_t page, mfn_t frame);

#endif
