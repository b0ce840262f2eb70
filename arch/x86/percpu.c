// SPDX-License-Identifier: MIT
/*
 * Per-CPU state.
 */
#include "arch/x86/percpu.h"

struct cpu *this_cpu(void)
{
	static struct cpu boot_cpu;

	return &boot_cpu;
}
