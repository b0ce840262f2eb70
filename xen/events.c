// SPDX-License-Identifier: MIT
/*
 * Event channels, as something that interrupts us.
 */
#include "xen/events.h"

#include "arch/x86/cpu.h"
#include "arch/x86/traps.h"
#include "lib/assert.h"
#include "xen/backend.h"
#include "xen/hypercall.h"

/* The timer is looked at again after so long, until the TSC has come so far. */
#define TIMER_STEP_NS 50000

static bool in_use;
static evtchn_port_t self_port;
static evtchn_port_t timer_port;
static uint64_t timer_deadline;

static struct vcpu_info *vcpu(void)
{
	return &xen_shared_info->vcpu_info[0];
}

/* ---- The mask ------------------------------------------------------------ */

irqstate_t xen_irq_save(void)
{
	uint8_t mask = READ_ONCE(vcpu()->evtchn_upcall_mask);

	WRITE_ONCE(vcpu()->evtchn_upcall_mask, 1);
	barrier();
	return (irqstate_t){ (mask == 0 ? IRQSTATE_ON : 0) | irq_poison };
}

void xen_irq_disable(void)
{
	WRITE_ONCE(vcpu()->evtchn_upcall_mask, 1);
	barrier();
}

/* What comes between the two lines is delivered by Xen; what came before them
 * is not, until we go there for something. */
void xen_irq_enable(void)
{
	barrier();
	WRITE_ONCE(vcpu()->evtchn_upcall_mask, 0);
	barrier();
	if (READ_ONCE(vcpu()->evtchn_upcall_pending) != 0) {
		(void)xen_version();
	}
}

void xen_irq_restore(irqstate_t state)
{
	if (irq_was_on(state)) {
		xen_irq_enable();
	} else {
		xen_irq_disable();
	}
}

/* Clears the mask and blocks, in one (sched.h). */
void xen_irq_wait(void)
{
	(void)xen_sched_block();
	xen_irq_disable();
}

/* ---- Sources ------------------------------------------------------------- */

static evtchn_port_t must_bind(long error, evtchn_port_t port)
{
	if (error != 0) {
		PANIC("Xen gives no event channel: error %ld", error);
	}
	return port;
}

static evtchn_port_t bind_self(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };
	long error = xen_event_op(EVTCHNOP_bind_ipi, &bind);

	return must_bind(error, bind.port);
}

static evtchn_port_t bind_timer(void)
{
	struct evtchn_bind_virq bind = { .virq = VIRQ_TIMER, .vcpu = 0 };
	long error = xen_event_op(EVTCHNOP_bind_virq, &bind);

	return must_bind(error, bind.port);
}

static void close_port(evtchn_port_t port)
{
	struct evtchn_close close = { .port = port };

	(void)xen_event_op(EVTCHNOP_close, &close);
}

void xen_irq_use(volatile void *on)
{
	if (on != NULL) {
		self_port = bind_self();
		timer_port = bind_timer();
		/* Xen starts every guest with one that ticks, and tells of both
		 * by the same event. */
		(void)xen_stop_periodic_timer();
	} else {
		(void)xen_stop_timer();
		close_port(timer_port);
		close_port(self_port);
	}
	in_use = on != NULL;
}

void xen_irq_self(void)
{
	(void)xen_event_send(self_port);
}

/* Xen's time (xen.h, struct vcpu_time_info): that of its last note, and what
 * the TSC has gone on since. */
static uint64_t now_ns(void)
{
	const struct vcpu_time_info *time = &vcpu()->time;
	uint32_t version;
	uint64_t ns;

	do {
		uint64_t delta;

		version = READ_ONCE(time->version);
		barrier();
		delta = cpu_rdtsc() - time->tsc_timestamp;
		delta = time->tsc_shift < 0 ? delta >> -time->tsc_shift
					    : delta << time->tsc_shift;
		ns = time->system_time + (uint64_t)(((unsigned __int128)delta *
						     time->tsc_to_system_mul) >>
						    32);
		barrier();
	} while ((version & 1) != 0 || version != READ_ONCE(time->version));
	return ns;
}

static void arm(void)
{
	struct vcpu_set_singleshot_timer timer = {
		.timeout_abs_ns = now_ns() + TIMER_STEP_NS
	};
	long error = xen_set_timer(&timer);

	if (error != 0) {
		PANIC("Xen sets no timer: error %ld", error);
	}
}

void xen_irq_timer(uint64_t deadline)
{
	timer_deadline = deadline;
	arm();
}

/* ---- Taking -------------------------------------------------------------- */

static void take_port(evtchn_port_t port)
{
	if (!in_use) {
		return;
	}
	if (port == self_port) {
		irq_arrived(IRQ_SELF);
	} else if (port == timer_port && cpu_rdtsc() < timer_deadline) {
		arm();
	} else if (port == timer_port) {
		irq_arrived(IRQ_TIMER);
	}
}

static void take_word(unsigned int word)
{
	xen_ulong_t *pending = &xen_shared_info->evtchn_pending[word];
	xen_ulong_t bits = __atomic_exchange_n(pending, 0, __ATOMIC_ACQ_REL);

	while (bits != 0) {
		unsigned int bit = (unsigned int)__builtin_ctzl(bits);

		bits &= bits - 1;
		take_port((evtchn_port_t)(word * 64 + bit));
	}
}

/* The first level says which words of the second to look at; the flag is
 * cleared before it is read, so that what comes meanwhile sets it again. */
bool xen_events_take(unsigned int vector)
{
	xen_ulong_t words;

	if (vector != TRAP_XEN_EVENT) {
		return false;
	}
	WRITE_ONCE(vcpu()->evtchn_upcall_pending, 0);
	words = __atomic_exchange_n(&vcpu()->evtchn_pending_sel, 0,
				    __ATOMIC_ACQ_REL);
	while (words != 0) {
		take_word((unsigned int)__builtin_ctzl(words));
		words &= words - 1;
	}
	return true;
}
