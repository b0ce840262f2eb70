// SPDX-License-Identifier: MIT
/*
 * Bare-metal backend.
 */
#include "arch/x86/native.h"

#include "arch/x86/acpi_power.h"
#include "arch/x86/apic.h"
#include "arch/x86/boot_tables.h"
#include "arch/x86/console.h"
#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/gdt.h"
#include "arch/x86/phys.h"
#include "arch/x86/stacks.h"
#include "arch/x86/traps.h"
#include "arch/x86/user.h"
#include "lib/assert.h"

static mfn_t native_pfn_to_mfn(pfn_t frame)
{
	return frame.pfn >> (PADDR_BITS - PAGE_SHIFT) == 0 ? mfn(frame.pfn)
							   : MFN_NONE;
}

static uint64_t native_count_in_order(pfn_t first, uint64_t max)
{
	return min_u64(max, BIT(PADDR_BITS - PAGE_SHIFT) - first.pfn);
}

static pfn_t native_mfn_to_pfn(mfn_t frame)
{
	return frame.mfn >> (PADDR_BITS - PAGE_SHIFT) == 0 ? pfn(frame.mfn)
							   : PFN_NONE;
}

static NORETURN void native_exit(enum pv_exit how)
{
	static const uint8_t codes[] = {
		[PV_EXIT_PASS] = DEBUG_EXIT_PASS,
		[PV_EXIT_FAIL] = DEBUG_EXIT_FAIL,
		[PV_EXIT_BROKEN] = DEBUG_EXIT_BROKEN,
	};

	console_end();
	cpu_out8(PORT_DEBUG_EXIT, codes[how]);
	/* The machine has no such device. Only a good run leaves by itself:
	 * what a bad one has on its screen stays there to be read. */
	if (how == PV_EXIT_PASS) {
		acpi_power_off();
	}
	cpu_stop();
}

/* ---- Page tables --------------------------------------------------------- */

static struct paging paging;
/* There is no hypervisor to ask. */
static const struct pv_cost cost;

/* SDM vol. 3, 12.12.4: nothing is mapped through an index that changes its
 * meaning yet, so the caches and the TLB hold nothing of the old one. */
static void program_pat(uint32_t features)
{
	if ((features & FEATURE_PAT) != 0) {
		cpu_write_msr(MSR_PAT, PAT_MSR_NATIVE);
		paging.pat = pat_from_msr(cpu_read_msr(MSR_PAT)); /* PAT-1 */
		/* Tables are read through index 0. */
		ASSERT(paging.pat.types[0] == MT_WB);
	} else {
		paging.pat = pat_from_msr(PAT_MSR_RESET);
	}
}

static void establish_paging(uint32_t features)
{
	program_pat(features);
	paging.leaf_max = (features & FEATURE_GB) != 0 ? L3 : L2;
	paging.nx = (features & FEATURE_NX) != 0;
	paging.global = (features & FEATURE_PGE) != 0;
	paging.memtypes = true;
}

/* Clearing PGE drops the global translations as well (SDM vol. 3, 4.10.4.1);
 * without the feature there are none. */
static void flush_all(void)
{
	uint64_t cr4 = cpu_read_cr4();

	if (paging.global) {
		cpu_write_cr4(cr4 & ~(uint64_t)CR4_PGE);
		cpu_write_cr4(cr4);
	} else {
		cpu_write_cr3(cpu_read_cr3());
	}
}

static void do_step(const struct batch_op *op)
{
	uint64_t *table;

	switch (op->kind) {
	case BATCH_STORE:
		table = phys_ptr(pfn_paddr(op->table));
		pte_write(&table[op->index], op->entry);
		break;
	case BATCH_FLUSH_RANGE:
		for (uint64_t at = 0; at < op->bytes; at += PAGE_BYTES) {
			cpu_invlpg(vaddr_add(op->va, at));
		}
		break;
	case BATCH_FLUSH_LOCAL:
		cpu_write_cr3(cpu_read_cr3());
		break;
	case BATCH_FLUSH_ALL:
		flush_all();
		break;
	}
}

static enum err native_commit(const struct batch_op *ops, size_t count,
			      size_t *done)
{
	for (*done = 0; *done < count; (*done)++) {
		do_step(&ops[*done]);
	}
	return OK;
}

/* They reach as far as they ever will, and are part of the image. */
static enum err native_boot_extend(paddr_t end, struct frame_range *tables)
{
	*tables = (struct frame_range){ 0 };
	return end.pa <= BOOT_MAP_BYTES ? OK : ERR_FULL;
}

static void native_boot_release(void)
{
}

static void native_load_root(pfn_t root, level_t levels)
{
	bool five = (cpu_read_cr4() & CR4_LA57) != 0;

	ASSERT(levels == L5 || !five);
	if (levels == L5 && !five) {
		boot_tables_enter_five_levels();
	}
	cpu_write_cr3(pfn_paddr(root).pa);
	flush_all();
}

/* ---- User mode ----------------------------------------------------------- */

/* User pages are told from others by their user bit. */
static void native_load_user_root(pfn_t root)
{
	(void)root;
	PANIC("user mode runs on the kernel's root here");
}

extern const uint8_t native_trap_return[];
extern const uint8_t native_user_sysret[];

/* SYSRET takes rip and flags from rcx and r11. It must not be given an address
 * that is not canonical: some CPUs fault on it at ring 0 (SDM vol. 2, SYSRET).
 */
static bool can_sysret(const struct trap_frame *regs)
{
	return regs->rcx == regs->rip && regs->r11 == regs->rflags &&
	       regs->rip < USER_VADDR_END;
}

static void native_enter_user(struct user_frame *frame)
{
	uint64_t flags = cpu_read_rflags();
	struct user_return back = { .cs = SELECTOR_CODE,
				    .ss = SELECTOR_DATA,
				    .rflags = flags };

	user_prepare(frame, flags & RFLAGS_IF);
	frame->regs.cs = SELECTOR_USER_CODE;
	frame->regs.ss = SELECTOR_USER_DATA;
	user_run(frame, &back, descriptors_set_stack,
		 can_sysret(&frame->regs) ? native_user_sysret
					  : native_trap_return);
}

const struct pv pv_native = {
	.name = "native",
	.ring = 0,
	.features = FEATURES_ALL,
	.paging = &paging,
	.cost = &cost,
	.pfn_to_mfn = native_pfn_to_mfn,
	.count_in_order = native_count_in_order,
	.mfn_to_pfn = native_mfn_to_pfn,
	.boot_ptr = boot_tables_ptr,
	.boot_extend = native_boot_extend,
	.commit = native_commit,
	.load_root = native_load_root,
	.boot_release = native_boot_release,
	.irq_save = cpu_irq_save,
	.irq_restore = cpu_irq_restore,
	.irq_disable = cpu_irq_disable,
	.irq_enable = cpu_irq_enable,
	.irq_wait = cpu_irq_wait,
	.irq_frame = apic_frame,
	.irq_use = apic_use,
	.irq_self = apic_self,
	.irq_timer = apic_timer,
	.load_user_root = native_load_user_root,
	.enter_user = native_enter_user,
	.console_write = console_write,
	.exit = native_exit,
};

void native_init(void)
{
	uint32_t features = features_detect();

	descriptors_init();
	pic_mask();
	apic_init((features & FEATURE_X2APIC) != 0);
	trap_set_interrupt(apic_interrupt);
	establish_paging(features);
	/* Outright, whatever the loader had: a machine check without MCE
	 * would shut the machine down without a word. */
	cpu_write_cr4(CR4_PAE | ((features & FEATURE_MCE) != 0 ? CR4_MCE : 0) |
		      ((features & FEATURE_PGE) != 0 ? CR4_PGE : 0));
	stack_each_guard(boot_tables_hide);
}
