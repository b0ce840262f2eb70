/* SPDX-License-Identifier: MIT */
/*
 * Interrupts: whether they are taken, and by whom.
 *
 * The state is a type of its own. What a platform returns for it means one
 * thing only, whether interrupts were on; every other bit of the word in it is
 * unspecified, and in the tests really is anything (irq_poison). Who wants to
 * know something else about the CPU looks at the CPU: Linux once took EFLAGS.AC
 * from such a word, which under Xen held whatever a register did.
 *
 * IRQ-1 Of a state, nothing but "were interrupts on" is looked at.
 * IRQ-2 What is raised while interrupts are off is taken once, when they come
 *	 on again, within a bounded time.
 * IRQ-3 Nothing is lost between the look for work and the wait for it.
 */
#ifndef ARCH_X86_IRQ_H
#define ARCH_X86_IRQ_H

#include "lib/types.h"

/* Made by irq_save, and for nobody but irq_restore and irq_was_on. */
typedef struct {
	uint64_t word;
} irqstate_t;

/* The bit of the word that is specified; as in EFLAGS (SDM vol. 1, 3.4.3). */
#define IRQSTATE_ON UINT64_C(0x200)

static inline bool irq_was_on(irqstate_t state)
{
	return (state.word & IRQSTATE_ON) != 0;
}

/* Goes into all words of states, but for their one bit; 0, or a pattern that
 * shows who looks at more. */
extern uint64_t irq_poison;

/* What can interrupt us. */
enum irq_source { IRQ_TIMER, IRQ_SELF, IRQ_SOURCES };

typedef void (*irq_handler_t)(enum irq_source source);

/* Who is told, with interrupts off; NULL for nobody. Returns who was before. */
irq_handler_t irq_set_handler(irq_handler_t next);

/* For backends: an interrupt has come. */
void irq_arrived(enum irq_source source);

#endif
