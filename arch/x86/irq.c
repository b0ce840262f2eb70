// SPDX-License-Identifier: MIT
/*
 * Interrupts: whether they are taken, and by whom.
 */
#include "arch/x86/irq.h"

uint64_t irq_poison;

static irq_handler_t handler;

irq_handler_t irq_set_handler(irq_handler_t next)
{
	irq_handler_t before = handler;

	handler = next;
	return before;
}

void irq_arrived(enum irq_source source)
{
	if (handler != NULL) {
		handler(source);
	}
}
