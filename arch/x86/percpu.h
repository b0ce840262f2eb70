/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU state.
 *
 * One CPU runs so far. Whatever belongs to a CPU and not to the machine hangs
 * off this structure all the same, so that a second one needs no search for
 * it.
 */
#ifndef ARCH_X86_PERCPU_H
#define ARCH_X86_PERCPU_H

#include "arch/x86/user.h"

struct cpu {
	/* The fault that a fixup caught last, until trap_caught takes it. */
	struct fault fault;
	bool fault_caught;
	/* The page fault that was retried last, and how often in a row. */
	uint64_t retried_rip;
	vaddr_t retried_address;
	unsigned int retries;
	bool asking_retry;
	/* Between user_access_begin and user_access_end. */
	bool user_access;
	/* Of user mode while it runs (user.h); NULL while it does not. */
	struct user_frame *user;
	struct user_return user_return;
};

struct cpu *this_cpu(void);

#endif
