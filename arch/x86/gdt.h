/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables of the native backend.
 */
#ifndef ARCH_X86_GDT_H
#define ARCH_X86_GDT_H

#include "lib/types.h"

#define SELECTOR_CODE	0x08
#define SELECTOR_DATA	0x10
#define SELECTOR_CODE32 0x18 /* On the way to five-level paging. */
#define SELECTOR_TSS	0x20

/* Present, code or data, accessed (the CPU would write the bit otherwise);
 * code is readable, data writable; limit 4 GiB where limits count. */
#define DESCRIPTOR_CODE	  0x00209b0000000000
#define DESCRIPTOR_CODE32 0x00cf9b000000ffff
#define DESCRIPTOR_DATA	  0x00cf93000000ffff

/*
 * Builds and loads the boot CPU's GDT, TSS and IDT: every vector has a gate to
 * its stub with interrupts off, and #DF, NMI and #MC have stacks of their
 * own.
 */
void descriptors_init(void);

#endif
