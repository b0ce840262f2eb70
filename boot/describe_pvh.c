// SPDX-License-Identifier: MIT
/*
 * What hvm_start_info says.
 *
 * All of it lies in low memory that is free for the taking, so all of it is
 * copied; the module itself stays where it is.
 */
#include "boot/describe_pvh.h"

#include "boot/loader.h"
#include "lib/assert.h"
#include "lib/log.h"

#include <xen/arch-x86/hvm/start_info.h>

static void copy_memory_map(struct bootinfo *info,
			    const struct hvm_start_info *start)
{
	struct hvm_memmap_table_entry entry;

	if (start->version < 1 || start->memmap_entries == 0) {
		PANIC("the loader gives no memory map");
	}
	if (start->memmap_entries > MEMORY_MAP_MAX) {
		PANIC("the memory map has %u entries, at most %u fit",
		      start->memmap_entries, MEMORY_MAP_MAX);
	}
	for (uint32_t i = 0; i < start->memmap_entries; i++) {
		loader_copy(&entry, sizeof(entry),
			    start->memmap_paddr + i * sizeof(entry),
			    "memory map");
		if (memory_map_add(&info->map, paddr(entry.addr), entry.size,
				   memory_kind_of_e820(entry.type)) != OK) {
			PANIC("the memory map does not fit");
		}
	}
}

static void copy_cmdline(struct bootinfo *info,
			 const struct hvm_start_info *start)
{
	if (start->cmdline_paddr != 0) {
		info->cmdline_cut =
			!loader_text(info->cmdline, sizeof(info->cmdline),
				     start->cmdline_paddr, "command line");
	}
}

/* The first one; a loader of this kernel has no reason to give more. */
static void copy_module(struct bootinfo *info,
			const struct hvm_start_info *start)
{
	struct hvm_modlist_entry module;

	if (start->nr_modules == 0) {
		return;
	}
	if (start->nr_modules > 1) {
		log_warn("of %u modules only the first is used",
			 start->nr_modules);
	}
	loader_copy(&module, sizeof(module), start->modlist_paddr,
		    "module list");
	info->module.start = paddr(module.paddr);
	info->module.bytes = module.size;
}

void describe_pvh(struct bootinfo *info, uint64_t address)
{
	struct hvm_start_info start;

	loader_copy(&start, sizeof(start), address, "start_info");
	if (start.magic != XEN_HVM_START_MAGIC_VALUE) {
		PANIC("start_info has the magic number 0x%x", start.magic);
	}
	copy_memory_map(info, &start);
	copy_cmdline(info, &start);
	copy_module(info, &start);
	info->rsdp = paddr(start.rsdp_paddr);
}
