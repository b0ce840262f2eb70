// SPDX-License-Identifier: MIT
/*
 * Booted by Xen as a PV domain.
 *
 * Turns what Xen's domain builder made, and start_info (xen/xen.h), into
 * bootinfo.
 */
#include "boot/describe_xen.h"
#include "boot/loader.h"
#include "kernel/main.h"
#include "lib/assert.h"
#include "xen/backend.h"
#include "xen/boot_map.h"
#include "xen/p2m.h"

void start_xen(const struct start_info *info, uint64_t stack_top);

/* A domain's memory is the frames from 0 on, less those that have no machine
 * frame. */
static void describe_memory(void)
{
	if (xen_p2m_describe(&loader_bootinfo.map) != OK) {
		PANIC("the memory of the domain has too many holes");
	}
}

/* The builder's map, and what it placed there. */
static void describe_loader(const struct start_info *info)
{
	loader_bootinfo.loader =
		(struct frame_range){ pfn(0),
				      xen_boot_map_bytes() >> PAGE_SHIFT };
	loader_bootinfo.loader_spare = xen_boot_spare(info->nr_pages);
	loader_bootinfo.loader_tables = (struct frame_range){
		paddr_pfn(xen_boot_paddr(vaddr(info->pt_base))),
		info->nr_pt_frames
	};
	loader_bootinfo.page = (struct boot_page){
		.page = vaddr_of(xen_shared_info),
		.frame = mfn(info->shared_info >> PAGE_SHIFT),
		.name = "shared_info",
	};
}

void start_xen(const struct start_info *info, uint64_t stack_top)
{
	bool privileged = (info->flags & SIF_INITDOMAIN) != 0;

	kernel_begin(&pv_xen, privileged ? "xen-dom0" : "xen-domu");
	xen_init(info, vaddr(stack_top));

	loader_bootinfo.image = paddr(IMAGE_PADDR);
	describe_memory();
	describe_loader(info);
	describe_xen(&loader_bootinfo, info);
	kernel_main(&loader_bootinfo);
}
