/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables of the native backend.
 */
#ifndef ARCH_X86_GDT_H
#define ARCH_X86_GDT_H

#include "arch/x86/addr.h"

#define SELECTOR_CODE	0x08
#define SELECTOR_DATA	0x10
#define SELECTOR_CODE32 0x18 /* To switch paging off for a moment. */
#define SELECTOR_TSS	0x20 /* Two entries. */
/* In the order that SYSRET takes them in (SDM vol. 2, SYSRET). */
#define SELECTOR_USER_DATA 0x33
#define SELECTOR_USER_CODE 0x3b

/* Present, code or data, accessed (the CPU would write the bit otherwise);
 * code is readable, data writable; limit 4 GiB where limits count. */
#define DESCRIPTOR_CODE	  0x00209b0000000000
#define DESCRIPTOR_CODE32 0x00cf9b000000ffff
#define DESCRIPTOR_DATA	  0x00cf93000000ffff
/* The same for ring 3. */
#define DESCRIPTOR_USER_DATA 0x00cff3000000ffff
#define DESCRIPTOR_USER_CODE 0x0020fb0000000000

/*
 * Builds and loads the boot CPU's GDT, TSS and IDT: every vector has a gate to
 * its stub with interrupts off, and #DF, NMI and #MC have stacks of their
 * own. SYSCALL leads to its stub.
 */
void descriptors_init(void);

/* The stack that traps and SYSCALL in user mode begin on, 16-byte aligned. */
void descriptors_set_stack(vaddr_t top);

#endif
