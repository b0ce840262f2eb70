// SPDX-License-Identifier: MIT
/*
 * Xen PV backend.
 */
#include "xen/backend.h"

#include "arch/x86/features.h"
#include "arch/x86/regs.h"
#include "arch/x86/stacks.h"
#include "arch/x86/traps.h"
#include "lib/assert.h"
#include "xen/boot_map.h"
#include "xen/console.h"
#include "xen/events.h"
#include "xen/hypercall.h"
#include "xen/mmu.h"
#include "xen/p2m.h"
#include "xen/traps.h"
#include "xen/user.h"

/* shared_info is mapped in place of this page, whose own frame is not
 * reachable through the image from then on. */
ALIGNED(PAGE_BYTES) static uint8_t shared_info_page[PAGE_BYTES];
struct shared_info *const xen_shared_info =
	(struct shared_info *)(void *)shared_info_page;

struct pv_cost xen_cost;
static bool initial_domain;

NORETURN void xen_exit(enum pv_exit how)
{
	xen_console_drain();
	(void)xen_sched_shutdown(how == PV_EXIT_PASS ? SHUTDOWN_poweroff
						     : SHUTDOWN_crash);
	for (;;) {
		(void)xen_sched_yield();
	}
}

/* Events need no registers. */
static mfn_t no_frame(void)
{
	return MFN_NONE;
}

const struct pv pv_xen = {
	.name = "xen",
	.ring = 3,
	/* All others are the hypervisor's; CPUID shows them nonetheless. */
	.features = FEATURE_NX | FEATURE_PAT,
	.paging = &xen_paging,
	.pfn_to_mfn = xen_pfn_to_mfn,
	.count_in_order = xen_count_in_order,
	.mfn_to_pfn = xen_mfn_to_pfn,
	.cost = &xen_cost,
	.boot_ptr = xen_boot_ptr,
	.boot_extend = xen_boot_extend,
	.commit = xen_commit,
	.load_root = xen_load_root,
	.boot_release = xen_release_boot_root,
	.irq_save = xen_irq_save,
	.irq_restore = xen_irq_restore,
	.irq_disable = xen_irq_disable,
	.irq_enable = xen_irq_enable,
	.irq_wait = xen_irq_wait,
	.irq_frame = no_frame,
	.irq_use = xen_irq_use,
	.irq_self = xen_irq_self,
	.irq_timer = xen_irq_timer,
	.load_user_root = xen_load_user_root,
	.enter_user = xen_enter_user,
	.console_write = xen_console_write,
	.exit = xen_exit,
};

bool xen_is_initial_domain(void)
{
	return initial_domain;
}

static void remap(vaddr_t page, uint64_t entry)
{
	long error = xen_update_va_mapping(page, entry, UVMF_INVLPG);

	if (error != 0) {
		PANIC("Xen refuses entry 0x%lx at %016lx: error %ld", entry,
		      page.va, error);
	}
}

/* A domain without any right to hardware may not: so it is tried, on a page
 * that is about to be replaced. */
static bool may_use_memtypes(vaddr_t page)
{
	pfn_t frame = paddr_pfn(xen_boot_paddr(page));
	uint64_t entry = xen_pfn_to_mfn(frame).mfn << PAGE_SHIFT | ENTRY_P |
			 ENTRY_RW | ENTRY_PCD;

	return xen_update_va_mapping(page, entry, UVMF_INVLPG) == 0;
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
	xen_boot_map_init(stack_top);
	initial_domain = (info->flags & SIF_INITDOMAIN) != 0;
	xen_p2m_init((const unsigned long *)info->mfn_list, info->nr_pages);
	xen_console_init(info);
	xen_traps_init();
	trap_set_interrupt(xen_events_take);
	xen_mmu_init(features_detect() & pv_xen.features);
	xen_paging.memtypes = may_use_memtypes(vaddr_of(shared_info_page));
	remap(vaddr_of(shared_info_page),
	      info->shared_info | ENTRY_P | ENTRY_RW);
	stack_each_guard(hide);
	xen_boot_map_look();
}
