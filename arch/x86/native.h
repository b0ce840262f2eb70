/* SPDX-License-Identifier: MIT */
/*
 * Bare-metal backend.
 */
#ifndef ARCH_X86_NATIVE_H
#define ARCH_X86_NATIVE_H

#include "arch/x86/pv.h"

extern const struct pv pv_native;

/*
 * Brings up the descriptor tables with all trap vectors, CR4 and the guard
 * pages. The CPU must be in 64-bit mode on the boot tables (boot_tables.h),
 * interrupts off.
 */
void native_init(void);

#endif
