/* SPDX-License-Identifier: MIT */
/*
 * A model of a CPU and of a PC's ports.
 */
#ifndef TESTS_HOST_FAKE_CPU_H
#define TESTS_HOST_FAKE_CPU_H

#include "arch/x86/cpu.h"

/*
 * Brings the registers into the state that the entry code leaves, and sends
 * the process's faults to trap_handle, in the frame of the trap stubs. The
 * addresses, vectors and error codes are the real CPU's; the host runs at
 * ring 3, so the user bit of error codes is taken away.
 */
void fake_cpu_init(void);

/* What CPUID answers for two leaves more, until all is as ever. */
void fake_cpu_answer(uint32_t leaf, struct cpuid id);
void fake_cpu_answer_as_ever(void);

#endif
