// SPDX-License-Identifier: MIT
/*
 * Bare-metal backend.
 */
#include "arch/x86/native.h"

#include "arch/x86/boot_tables.h"
#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/gdt.h"
#include "arch/x86/stacks.h"
#include "arch/x86/uart.h"

/* What QEMU's isa-debug-exit gets; its status is this, doubled, plus one. */
enum debug_exit {
	DEBUG_EXIT_PASS = 0x10,
	DEBUG_EXIT_FAIL = 0x11,
	DEBUG_EXIT_BROKEN = 0x12
};

static mfn_t native_pfn_to_mfn(pfn_t frame)
{
	return frame.pfn >> (PADDR_BITS - PAGE_SHIFT) == 0 ? mfn(frame.pfn)
							   : MFN_NONE;
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

	cpu_out8(PORT_DEBUG_EXIT, codes[how]);
	/* The machine has no such device. */
	cpu_stop();
}

const struct pv pv_native = {
	.name = "native",
	.ring = 0,
	.features = FEATURES_ALL,
	.pfn_to_mfn = native_pfn_to_mfn,
	.mfn_to_pfn = native_mfn_to_pfn,
	.boot_ptr = boot_tables_ptr,
	.console_write = uart_write,
	.exit = native_exit,
};

void native_init(void)
{
	descriptors_init();
	/* Outright, whatever the loader had: a machine check without MCE
	 * would shut the machine down without a word. */
	cpu_write_cr4(CR4_PAE |
		      ((features_detect() & FEATURE_MCE) != 0 ? CR4_MCE : 0));
	stack_hide_guards(boot_tables_hide);
}
