// SPDX-License-Identifier: MIT
/*
 * Stacks and their guard pages.
 */
#include "arch/x86/stacks.h"

ALIGNED(PAGE_BYTES) uint8_t kernel_stack[PAGE_BYTES + STACK_BYTES];

ALIGNED(PAGE_BYTES)
static uint8_t exception_stacks[EXCEPTION_STACK_COUNT]
			       [PAGE_BYTES + EXCEPTION_STACK_BYTES];

static const struct {
	const char *name;
	const uint8_t *guard;
} stacks[] = {
	{ "kernel", kernel_stack },
	{ "#DF", exception_stacks[EXCEPTION_STACK_DF] },
	{ "NMI", exception_stacks[EXCEPTION_STACK_NMI] },
	{ "#MC", exception_stacks[EXCEPTION_STACK_MC] },
};

vaddr_t stack_exception_top(enum exception_stack stack)
{
	return vaddr_add(vaddr_of(exception_stacks[stack]),
			 sizeof(exception_stacks[stack]));
}

void stack_hide_guards(void (*hide)(vaddr_t guard))
{
	for (size_t i = 0; i < ARRAY_COUNT(stacks); i++) {
		hide(vaddr_of(stacks[i].guard));
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
