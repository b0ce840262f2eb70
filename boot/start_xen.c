// SPDX-License-Identifier: MIT
/*
 * Booted by Xen as a PV domain.
 *
 * Turns start_info (xen/xen.h) into bootinfo.
 */
#include "arch/x86/bootinfo.h"
#include "kernel/main.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "xen/backend.h"

void start_xen(const struct start_info *info, uint64_t stack_top);

static struct bootinfo bootinfo;

/* A domain's memory is the frames from 0 on, without a hole. */
static void describe_memory(const struct start_info *info)
{
	if (memory_map_add(&bootinfo.map, paddr(0), info->nr_pages * PAGE_BYTES,
			   MEMORY_RAM) != OK) {
		PANIC("no room for the memory of the domain");
	}
}

static void describe_cmdline(const struct start_info *info)
{
	const char *text = (const char *)info->cmd_line;

	/* The loaders cut a longer line without a word, and then it fills
	 * the field. */
	bootinfo.cmdline_cut =
		strnlen(text, MAX_GUEST_CMDLINE) >= MAX_GUEST_CMDLINE - 1;
	memcpy(bootinfo.cmdline, text, MAX_GUEST_CMDLINE - 1);
}

/* mod_start is an address or, if a flag says so, a frame number. */
static void describe_module(const struct start_info *info)
{
	if ((info->flags & SIF_MULTIBOOT_MOD) != 0) {
		PANIC("the loader hands over a list of modules");
	}
	if (info->mod_len == 0) {
		return;
	}
	bootinfo.module.bytes = info->mod_len;
	bootinfo.module.start =
		(info->flags & SIF_MOD_START_PFN) != 0
			? pfn_paddr(pfn(info->mod_start))
			: paddr(info->mod_start - IMAGE_BASE_VADDR);
}

void start_xen(const struct start_info *info, uint64_t stack_top)
{
	bool privileged = (info->flags & SIF_INITDOMAIN) != 0;

	kernel_begin(&pv_xen, privileged ? "xen-dom0" : "xen-domu");
	xen_init(info, vaddr(stack_top));

	bootinfo.image = paddr(IMAGE_PADDR);
	describe_memory(info);
	describe_cmdline(info);
	describe_module(info);
	kernel_main(&bootinfo);
}
