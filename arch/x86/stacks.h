/* SPDX-License-Identifier: MIT */
/*
 * Stacks and their guard pages.
 *
 * Every stack lies above one page that is not mapped, so that running over
 * its end faults instead of overwriting something. The first page of each
 * array is the guard.
 */
#ifndef ARCH_X86_STACKS_H
#define ARCH_X86_STACKS_H

#include "arch/x86/addr.h"

/* The stacks natively used for the exceptions that must not depend on the
 * one that was in use: the interrupt stack table of the TSS. */
enum exception_stack {
	EXCEPTION_STACK_DF,
	EXCEPTION_STACK_NMI,
	EXCEPTION_STACK_MC,
	EXCEPTION_STACK_COUNT
};

/* The kernel's stack comes first, for the entry code. */
struct kernel_stacks {
	uint8_t kernel[PAGE_BYTES + STACK_BYTES];
	uint8_t exceptions[EXCEPTION_STACK_COUNT]
			  [PAGE_BYTES + EXCEPTION_STACK_BYTES];
} ALIGNED(PAGE_BYTES);

extern struct kernel_stacks kernel_stacks;

/* One past the highest byte. */
vaddr_t stack_exception_top(enum exception_stack stack);

/* Calls visit with the guard page of every stack, in ascending order. */
void stack_each_guard(void (*visit)(vaddr_t guard));

/* The name of the stack whose guard page holds the address, or NULL. */
const char *stack_of_guard(vaddr_t address);

#endif
