/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own address space.
 *
 *	direct map	all of RAM, at DIRECT_MAP_VADDR
 *	device frames	what mm/iomap.h maps, at IOMAP_VADDR
 *	image		code, constants, data, at IMAGE_VADDR
 *
 * Nothing of the tables that the kernel was started on is left, and nothing is
 * mapped in the lower half.
 */
#ifndef MM_KERNEL_SPACE_H
#define MM_KERNEL_SPACE_H

#include "arch/x86/bootinfo.h"
#include "mm/direct_map.h"
#include "mm/memtype.h"

/*
 * Builds the tables, with that many levels, and leaves the boot tables for
 * them: pass 1, a full flush, pass 2, a full flush. Then the loader's tables
 * are ordinary memory. What the direct map has no room for is left out with a
 * warning. A panic if there is no memory for the tables.
 */
void kernel_space_init(const struct bootinfo *info, level_t levels);

/* Has it been built? Without it the boot tables are in use. */
bool kernel_space_ready(void);

struct pgtable *kernel_pgtable(void);

/* What pass 2 gave to which part. */
const struct region_table *kernel_regions(void);

/* The RAM that is mapped: that of bootinfo, less what was left out. */
const struct memory_map *kernel_ram(void);

/* The page of the image's addresses with another frame behind it; its name is
 * NULL if there is none. */
const struct boot_page *kernel_boot_page(void);

/* Who uses which memory type, of all frames there are. */
struct memtypes *kernel_memtypes(void);

/* What was done up to the end of each phase: for the tests of the cost. */
struct kernel_space_cost_phase {
	struct audit audit;
	struct pv_cost pv;
};

struct kernel_space_cost {
	struct kernel_space_cost_phase before;
	struct kernel_space_cost_phase after_build;
	struct kernel_space_cost_phase after_load;
	struct kernel_space_cost_phase after_protect;
	struct kernel_space_cost_phase after_release;
};

const struct kernel_space_cost *kernel_space_cost(void);

#endif
