// SPDX-License-Identifier: MIT
/*
 * Xen PV backend.
 */
#include "xen/backend.h"

#include "arch/x86/features.h"
#include "arch/x86/image.h"
#include "arch/x86/regs.h"
#include "arch/x86/stacks.h"
#include "lib/assert.h"
#include "xen/console.h"
#include "xen/hypercall.h"
#include "xen/mmu.h"
#include "xen/p2m.h"
#include "xen/traps.h"

/* The builder maps at least this much behind the last thing it placed, and
 * rounds the whole up (Xen, tools/libs/guest/xg_dom_x86.c and
 * arch/x86/pv/dom0_build.c). */
#define BOOT_MAP_SPARE (512 * KIB)
#define BOOT_MAP_ALIGN (4 * MIB)

/* shared_info is mapped in place of this page, whose own frame is not
 * reachable through the image from then on. */
ALIGNED(PAGE_BYTES) static uint8_t shared_info_page[PAGE_BYTES];
struct shared_info *const xen_shared_info =
	(struct shared_info *)(void *)shared_info_page;

static uint64_t boot_map_bytes;

/* The builder's map is linear, and the image is in it. */
static vaddr_t boot_map(void)
{
	return vaddr(vaddr_of(image_start).va - IMAGE_PADDR);
}

static void *xen_boot_ptr(paddr_t address)
{
	if (address.pa >= boot_map_bytes) {
		return NULL;
	}
	return vaddr_ptr(vaddr_add(boot_map(), address.pa));
}

static NORETURN void xen_exit(enum pv_exit how)
{
	xen_console_drain();
	(void)xen_sched_shutdown(how == PV_EXIT_PASS ? SHUTDOWN_poweroff
						     : SHUTDOWN_crash);
	for (;;) {
		(void)xen_sched_yield();
	}
}

const struct pv pv_xen = {
	.name = "xen",
	.ring = 3,
	/* All others are the hypervisor's; CPUID shows them nonetheless. */
	.features = FEATURE_NX | FEATURE_PAT,
	.paging = &xen_paging,
	.pfn_to_mfn = xen_pfn_to_mfn,
	.mfn_to_pfn = xen_mfn_to_pfn,
	.boot_ptr = xen_boot_ptr,
	.commit = xen_commit,
	.load_root = xen_load_root,
	.console_write = xen_console_write,
	.exit = xen_exit,
};

uint64_t xen_boot_map_bytes(void)
{
	return boot_map_bytes;
}

static void remap(vaddr_t page, uint64_t entry)
{
	long error = xen_update_va_mapping(page, entry, UVMF_INVLPG);

	if (error != 0) {
		PANIC("Xen refuses entry 0x%lx at %016lx: error %ld", entry,
		      page.va, error);
	}
}

static void hide(vaddr_t page)
{
	remap(page, 0);
}

void xen_init(const struct start_info *info, vaddr_t stack_top)
{
	/* The console first, so that a refusal of the rest can be told. Up to
	 * the traps nothing can fault: what is read of the M2P table are the
	 * entries of frames that are ours. */
	boot_map_bytes = align_up(stack_top.va - boot_map().va + BOOT_MAP_SPARE,
				  BOOT_MAP_ALIGN);
	xen_p2m_init((const unsigned long *)info->mfn_list, info->nr_pages);
	xen_console_init(info);
	xen_traps_init();
	xen_mmu_init(features_detect() & pv_xen.features);
	remap(vaddr_of(shared_info_page),
	      info->shared_info | ENTRY_P | ENTRY_RW);
	stack_each_guard(hide);
}
