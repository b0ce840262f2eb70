// SPDX-License-Identifier: MIT
/*
 * A kernel without an address space of its own.
 *
 * Takes the place of kernel_space.c when the host program is linked: a process
 * has neither the direct map's addresses nor an image of ours. Memory stays
 * what boot_ptr reaches, as before kernel_space_init, and nothing is ready.
 */
#include "mm/kernel_space.h"

static struct pgtable pgtable;
static struct region_table regions;
static struct memory_map ram;
static struct kernel_space_cost cost;

void kernel_space_init(const struct bootinfo *info, level_t levels)
{
	(void)info;
	(void)levels;
}

bool kernel_space_ready(void)
{
	return false;
}

struct pgtable *kernel_pgtable(void)
{
	return &pgtable;
}

const struct region_table *kernel_regions(void)
{
	return &regions;
}

const struct memory_map *kernel_ram(void)
{
	return &ram;
}

const struct boot_page *kernel_boot_page(void)
{
	static const struct boot_page none;

	return &none;
}

struct memtypes *kernel_memtypes(void)
{
	static struct memtypes memtypes;

	return &memtypes;
}

const struct kernel_space_cost *kernel_space_cost(void)
{
	return &cost;
}
