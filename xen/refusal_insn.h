/* SPDX-License-Identifier: MIT */
/*
 * Instructions that a PV guest must not execute, or that Xen looks at.
 */
#ifndef XEN_REFUSAL_INSN_H
#define XEN_REFUSAL_INSN_H

#include "arch/x86/traps.h"

#define CR4_PSE	  0x10
#define CR4_SMEP  0x100000
#define CR4_SMAP  0x200000
#define MSR_LSTAR 0xc0000082

/* What calls of rows make of a fault: a number like Xen's errors. */
#define FAULT_UD	(-VECTOR_UD)
#define FAULT_GP	(-VECTOR_GP) /* With error code 0. */
#define FAULT_PF(error) (-64 - (error))
#define FAULT_INT80	(-128) /* Vector 0x80, which is no fault. */

/* After an instruction: 0 if it went through, one of the above, or WRONG if it
 * was another fault. A page fault must be one of the address. */
long refusal_fault(vaddr_t address);

/* A process that plays the kernel has neither ring 0 nor Xen below it. */
bool refusal_is_process(void);

#define SKIP_PROCESS()                                        \
	do {                                                  \
		if (refusal_is_process()) {                   \
			SKIP("a process has no such faults"); \
		}                                             \
	} while (0)

/* refusal_test.asm. */
#define INSN_BYTES 16
extern const uint8_t refusal_insns[];
uint64_t refusal_read_cr0(void);
void refusal_write_cr0(uint64_t value);
void refusal_write_cr3(uint64_t value);
void refusal_write_cr4(uint64_t value);
void refusal_wrmsr(uint64_t number, uint64_t value);
void refusal_store8(uint64_t address, uint64_t value);
void refusal_store16(uint64_t address);

#endif
