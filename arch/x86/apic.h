/* SPDX-License-Identifier: MIT */
/*
 * The local APIC, as something that interrupts us.
 *
 * Intel SDM vol. 3, chapter 11. In x2APIC mode (11.12) its registers are MSRs;
 * in xAPIC mode they are a page of machine memory that the caller maps,
 * uncached. It is left as it was found once nobody wants to be interrupted, but
 * for its timer, which is masked, and for the mode: from x2APIC mode the way
 * back would reset all of it.
 */
#ifndef ARCH_X86_APIC_H
#define ARCH_X86_APIC_H

#include "arch/x86/addr.h"
#include "lib/compiler.h"

/* Before anything else: x2APIC mode is chosen if the CPU has it. */
void apic_init(bool x2apic);

/*
 * Enters x2APIC mode or xAPIC mode, for all uses from now on; nobody may be
 * using it. False if that cannot be had. Nothing is changed then if the CPU
 * lacks x2APIC mode, or if a loader left it on, because the CPU may be locked
 * to it (SDM vol. 4, IA32_XAPIC_DISABLE_STATUS). But from x2APIC mode the way
 * leads through the disabled state, which not every APIC can leave (SDM vol. 3,
 * 11.4.3; Bochs): then nothing comes any more.
 */
bool apic_choose(bool x2apic) MUST_CHECK;

/* Where the registers are; MFN_NONE if x2APIC mode is chosen. Firmware may have
 * moved them (SDM vol. 3, 11.4.4). */
mfn_t apic_frame(void);

/* Nothing comes from the PC's old interrupt controllers any more, which would
 * raise the CPU's own vectors: they start at 8 as firmware leaves them. */
void pic_mask(void);

/* Enables the APIC, in the mode that was chosen. registers are what apic_frame
 * names, mapped, or any address if it names nothing. NULL: as it was.
 * Interrupts must be off. */
void apic_use(volatile void *registers);

/* Interrupts this CPU. */
void apic_self(void);

/* Interrupts this CPU once its TSC is at the deadline or past it. */
void apic_timer(uint64_t deadline);

/* Is the vector an interrupt of the APIC's? Then it is taken, and told
 * (irq.h). */
bool apic_interrupt(unsigned int vector);

#endif
