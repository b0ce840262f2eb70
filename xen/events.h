/* SPDX-License-Identifier: MIT */
/*
 * Event channels, as something that interrupts us.
 *
 * What interrupts are on bare metal are events here (event_channel.h). Whether
 * they are taken is a byte that we share with Xen, and not EFLAGS.IF, which is
 * always on for a PV guest. Xen looks at the byte when it returns to us, so
 * who clears it looks for what has come meanwhile.
 */
#ifndef XEN_EVENTS_H
#define XEN_EVENTS_H

#include "arch/x86/irq.h"

/* As in struct pv. */
irqstate_t xen_irq_save(void);
void xen_irq_restore(irqstate_t state);
void xen_irq_disable(void);
void xen_irq_enable(void);
void xen_irq_wait(void);
void xen_irq_use(volatile void *on);
void xen_irq_self(void);
void xen_irq_timer(uint64_t deadline);

/* Is it the event callback? Then all events that are pending are taken. */
bool xen_events_take(unsigned int vector);

#endif
