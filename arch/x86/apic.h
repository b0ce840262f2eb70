/* SPDX-License-Identifier: MIT */
/*
 * The local APIC, as something that interrupts us.
 *
 * Intel SDM vol. 3, chapter 11. Its registers are a page of machine memory
 * that the caller maps, uncached. It is left as it was found once nobody wants
 * to be interrupted.
 */
#ifndef ARCH_X86_APIC_H
#define ARCH_X86_APIC_H

#include "arch/x86/addr.h"

/* Where the registers are, unless firmware has moved them (SDM 11.4.4). */
mfn_t apic_frame(void);

/* Nothing comes from the PC's old interrupt controllers any more, which would
 * raise the CPU's own vectors: they start at 8 as firmware leaves them. */
void pic_mask(void);

/* Enables the APIC. registers NULL: as it was. Interrupts must be off. */
void apic_use(volatile void *registers);

/* Interrupts this CPU. */
void apic_self(void);

/* Interrupts this CPU once its TSC is at the deadline or past it. */
void apic_timer(uint64_t deadline);

/* Is the vector an interrupt of the APIC's? Then it is taken, and told
 * (irq.h). */
bool apic_interrupt(unsigned int vector);

#endif
