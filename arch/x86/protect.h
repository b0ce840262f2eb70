/* SPDX-License-Identifier: MIT */
/*
 * Protections of the CPU.
 *
 * What CR0 and CR4 add to the page tables (Intel SDM vol. 3, 2.5 and 4.6): WP,
 * SMEP, SMAP, UMIP, PKE, and PGE. They are taken from CPUID and set outright:
 * a bit that the CPU does not have is never tried, because writing it faults,
 * and on QEMU hangs the processor.
 *
 * PROTECT-1 All that the CPU offers is on, what it does not offer is off, and
 *	     both have been read back.
 * PROTECT-2 A kernel that does not run at ring 0 sets none of them: they are
 *	     the hypervisor's, and mean other pages than ours.
 * PROTECT-3 SMAP comes on with user memory closed, which RFLAGS itself says and
 *	     nothing that was kept of it.
 */
#ifndef ARCH_X86_PROTECT_H
#define ARCH_X86_PROTECT_H

#include "arch/x86/features.h"

/* Those of the FEATURE_ bits that are protections. */
#define PROTECTIONS                                               \
	(FEATURE_NX | FEATURE_PGE | FEATURE_SMEP | FEATURE_SMAP | \
	 FEATURE_UMIP | FEATURE_PKU)

/* What is to be done, of what was found. */
struct protect_plan {
	uint64_t cr0;
	uint64_t cr4;
	bool clear_ac; /* Before CR4 is written. */
};

/* Pure. cr4 tells the number of levels, all else of it is dropped. */
struct protect_plan protect_plan(uint32_t features, uint64_t cr4,
				 uint64_t rflags);

/*
 * Turns them on, once, when the kernel is on its own tables, or says why not. A
 * panic if a register does not keep what it was given.
 */
void protect_init(void);

/* Are these protections in force, by protect_init? */
bool protect_has(uint32_t features);

#endif
