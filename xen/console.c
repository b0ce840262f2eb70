// SPDX-License-Identifier: MIT
/*
 * Console under Xen.
 */
#include "xen/console.h"

#include "arch/x86/cpu.h"
#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"

/* Some seconds on any CPU there is. */
#define WAIT_CYCLES (UINT64_C(1) << 34)

/* Not in dom0. */
static bool has_ring;
/* NULL: it is at ring_paddr. */
static struct xencons_interface *ring_mapped;
static paddr_t ring_paddr;
static evtchn_port_t ring_port;
/* The daemon was waited for in vain: not again, until it moves. */
static bool ring_stuck;

void xen_console_init(const struct start_info *info)
{
	if ((info->flags & SIF_INITDOMAIN) != 0) {
		return;
	}
	ring_paddr = pfn_paddr(xen_mfn_to_pfn(mfn(info->console.domU.mfn)));
	has_ring = true;
	ring_port = info->console.domU.evtchn;
}

void xen_console_attach(void *page, evtchn_port_t port)
{
	ring_mapped = page;
	has_ring = true;
	ring_port = port;
}

/* In the builder's map, and after that in the direct map, if it is memory of
 * ours. */
static struct xencons_interface *ring(void)
{
	return ring_mapped != NULL ? ring_mapped : phys_ptr(ring_paddr);
}

static uint32_t ring_used(void)
{
	return ring()->out_prod - READ_ONCE(ring()->out_cons);
}

/* Lets the daemon run until at most used bytes are left. */
static bool ring_wait(uint32_t used)
{
	uint64_t start;

	if (ring_used() <= used) {
		ring_stuck = false;
		return true;
	}
	if (ring_stuck) {
		return false;
	}
	/* Once: the daemon takes but so many notifications in a time. */
	(void)xen_event_send(ring_port);
	start = cpu_rdtsc();
	while (ring_used() > used) {
		ring_stuck = cpu_rdtsc() - start > WAIT_CYCLES;
		if (ring_stuck) {
			return false;
		}
		(void)xen_sched_yield();
	}
	return true;
}

static bool ring_put(char c)
{
	if (!ring_wait(sizeof(ring()->out) - 1)) {
		return false;
	}
	ring()->out[MASK_XENCONS_IDX(ring()->out_prod, ring()->out)] = c;
	/* The daemon may read the byte as soon as it sees the index; x86 does
	 * not reorder stores, so the compiler is all that must be told. */
	barrier();
	WRITE_ONCE(ring()->out_prod, ring()->out_prod + 1);
	return true;
}

static void ring_write(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((text[i] == '\n' && !ring_put('\r')) ||
		    !ring_put(text[i])) {
			return;
		}
	}
	(void)xen_event_send(ring_port);
}

void xen_console_write(const char *text, size_t length)
{
	if (has_ring) {
		ring_write(text, length);
	} else {
		(void)xen_console_io_write(text, length);
	}
}

void xen_console_drain(void)
{
	static bool draining;

	/* If it is the ring that faults, the way out leads here again. */
	if (has_ring && !draining) {
		draining = true;
		(void)ring_wait(0);
	}
}
