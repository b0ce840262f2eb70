// SPDX-License-Identifier: MIT
/*
 * Booted by the PVH protocol, bare.
 *
 * Turns hvm_start_info (xen/arch-x86/hvm/start_info.h) into bootinfo. All of
 * it lies in low memory that is free for the taking, so all of it is copied;
 * the module itself stays where it is.
 */
#include "arch/x86/bootinfo.h"
#include "arch/x86/native.h"
#include "boot/loader.h"
#include "kernel/main.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "lib/string.h"

#include <xen/arch-x86/hvm/start_info.h>

void start_pvh(uint64_t info_address, uint64_t image_address);

static struct bootinfo bootinfo;

static void copy_memory_map(const struct hvm_start_info *info)
{
	const struct hvm_memmap_table_entry *entries;

	if (info->version < 1 || info->memmap_entries == 0) {
		PANIC("the loader gives no memory map");
	}
	if (info->memmap_entries > MEMORY_MAP_MAX) {
		PANIC("the memory map has %u entries, at most %u fit",
		      info->memmap_entries, MEMORY_MAP_MAX);
	}
	entries = loader_ptr(info->memmap_paddr,
			     info->memmap_entries * sizeof(*entries),
			     "memory map");
	for (uint32_t i = 0; i < info->memmap_entries; i++) {
		if (memory_map_add(&bootinfo.map, paddr(entries[i].addr),
				   entries[i].size,
				   memory_kind_of_e820(entries[i].type)) !=
		    OK) {
			PANIC("the memory map does not fit");
		}
	}
}

static void copy_cmdline(const struct hvm_start_info *info)
{
	if (info->cmdline_paddr != 0) {
		bootinfo.cmdline_cut = !str_copy(
			bootinfo.cmdline, sizeof(bootinfo.cmdline),
			loader_ptr(info->cmdline_paddr, 1, "command line"));
	}
}

/* The first one; a loader of this kernel has no reason to give more. */
static void copy_module(const struct hvm_start_info *info)
{
	const struct hvm_modlist_entry *module;

	if (info->nr_modules == 0) {
		return;
	}
	if (info->nr_modules > 1) {
		log_warn("of %u modules only the first is used",
			 info->nr_modules);
	}
	module =
		loader_ptr(info->modlist_paddr, sizeof(*module), "module list");
	bootinfo.module.start = paddr(module->paddr);
	bootinfo.module.bytes = module->size;
}

void start_pvh(uint64_t info_address, uint64_t image_address)
{
	const struct hvm_start_info *info;

	kernel_begin(&pv_native, "pvh");
	native_init();

	info = loader_ptr(info_address, sizeof(*info), "start_info");
	if (info->magic != XEN_HVM_START_MAGIC_VALUE) {
		PANIC("start_info has the magic number 0x%x", info->magic);
	}
	bootinfo.image = paddr(image_address);
	copy_memory_map(info);
	copy_cmdline(info);
	copy_module(info);
	bootinfo.rsdp = paddr(info->rsdp_paddr);
	kernel_main(&bootinfo);
}
