/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables of the native backend.
 */
#ifndef ARCH_X86_GDT_H
#define ARCH_X86_GDT_H

#include "lib/types.h"

#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_TSS  0x18

/*
 * Builds and loads this CPU's GDT, TSS and IDT: every vector has a gate to
 * its stub with interrupts off, and #DF, NMI and #MC have stacks of their
 * own.
 */
void descriptors_init(void);

#endif
