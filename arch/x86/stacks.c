// SPDX-License-Identifier: MIT
/*
 * Stacks and their guard pages.
 */
#include "arch/x86/stacks.h"

struct kernel_stacks kernel_stacks;

static const struct {
	const char *name;
	const uint8_t *guard;
} stacks[] = {
	{ "kernel", kernel_stacks.kernel },
	{ "#DF", kernel_stacks.exceptions[EXCEPTION_STACK_DF] },
	{ "NMI", kernel_stacks.exceptions[EXCEPTION_STACK_NMI] },
	{ "#MC", kernel_stacks.exceptions[EXCEPTION_STACK_MC] },
};

vaddr_t stack_exception_top(enum exception_stack stack)
{
	return vaddr_of(&kernel_stacks.exceptions[stack + 1]);
}

void stack_each_guard(void (*visit)(vaddr_t guard))
{
	for (size_t i = 0; i < ARRAY_COUNT(stacks); i++) {
		visit(vaddr_of(stacks[i].guard));
	}
}

const char *stack_of_guard(vaddr_t address)
{
	for (size_t i = 0; i < ARRAY_COUNT(stacks); i++) {
		if (address.va - vaddr_of(stacks[i].guard).va < PAGE_BYTES) {
			return stacks[i].name;
		}
	}
	return NULL;
}
