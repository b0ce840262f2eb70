/* SPDX-License-Identifier: MIT */
/*
 * Accesses that may fault.
 *
 * Each really performs its access, at the kernel's privilege, and tells what
 * became of it: true if it went through; false if it faulted, with the fault
 * in *fault. Nothing is printed either way.
 */
#ifndef ARCH_X86_PROBE_H
#define ARCH_X86_PROBE_H

#include "arch/x86/traps.h"

/* Reads the eight bytes at the address into *value. */
bool probe_read(vaddr_t address, uint64_t *value,
		struct fault *fault) MUST_CHECK;

/* The same by way of the stack segment, which every address relative to rbp is
 * (Intel SDM vol. 1, 3.4.2.1): what is not canonical is another fault there. */
bool probe_read_stack(vaddr_t address, uint64_t *value,
		      struct fault *fault) MUST_CHECK;

/* Writes the byte. To leave memory as it is, write what was read. */
bool probe_write(vaddr_t address, uint8_t value,
		 struct fault *fault) MUST_CHECK;

/* Calls the address. What is there must return at once, with the stack and
 * the registers that a call preserves as they were: a RET will do. */
bool probe_execute(vaddr_t address, struct fault *fault) MUST_CHECK;

/*
 * What a fetch that faults has in its error code: PF_FETCH, or 0 where the CPU
 * does not tell fetches from reads. It does if NX or SMEP is in use (Intel SDM
 * vol. 3, 4.7); a hypervisor uses SMEP for itself and does not say so.
 */
uint64_t probe_fetch_bit(void);

#endif
