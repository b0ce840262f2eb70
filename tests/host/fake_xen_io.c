// SPDX-License-Identifier: MIT
/*
 * A model of Xen: consoles, events and the end.
 */
#include "tests/host/fake_xen_calls.h"

#include <string.h>
#include <unistd.h>
#include <xen/physdev.h>

/* ---- Consoles ------------------------------------------------------------ */

/* Of the kernel's own domain, whichever is in use. */
static struct xencons_interface *ring;

void fx_console_attach(const struct start_info *info)
{
	uint64_t mfn = info == NULL ? 0 : info->console.domU.mfn;

	ring = info == NULL ? NULL : arena_ptr(pfn_paddr(pfn(fx_m2p()[mfn])));
}

static void put(char c)
{
	if (c != '\r' && write(STDOUT_FILENO, &c, 1) != 1) {
		_exit(3);
	}
}

static void daemon_reads(void)
{
	while (ring != NULL && ring->out_cons != ring->out_prod) {
		put(ring->out[MASK_XENCONS_IDX(ring->out_cons, ring->out)]);
		ring->out_cons++;
	}
}

/* Xen's own console is for dom0. */
long fx_console_io(uint64_t command, uint64_t length, uint64_t text)
{
	if (!fx_is_dom0()) {
		return -XEN_EPERM;
	}
	if (command != CONSOLEIO_write) {
		return -XEN_ENOSYS;
	}
	for (uint64_t i = 0; i < length; i++) {
		char c;

		if (!fx_read(&c, text + i, 1)) {
			return -XEN_EFAULT;
		}
		put(c);
	}
	return 0;
}

/* ---- Events -------------------------------------------------------------- */

static long send(uint64_t arg)
{
	struct evtchn_send send;

	if (!fx_read(&send, arg, sizeof(send))) {
		return -XEN_EFAULT;
	}
	/* A daemon reads when it gets to run. */
	return send.port < FX_PORT_COUNT && fx.ports[send.port] ? 0
								: -XEN_EINVAL;
}

static evtchn_port_t new_port(void)
{
	evtchn_port_t port = 1;

	while (port < FX_PORT_COUNT && fx.ports[port]) {
		port++;
	}
	return port;
}

/* For another domain to bind. Until then, what is sent to it is lost. */
static long alloc_unbound(uint64_t arg)
{
	struct evtchn_alloc_unbound open;

	if (!fx_read(&open, arg, sizeof(open))) {
		return -XEN_EFAULT;
	}
	if (open.dom != DOMID_SELF) {
		return -XEN_EPERM;
	}
	open.port = new_port();
	if (open.port == FX_PORT_COUNT) {
		return -XEN_ENOSPC;
	}
	fx.ports[open.port] = true;
	return fx_write(arg, &open, sizeof(open)) ? 0 : -XEN_EFAULT;
}

static long bind_virq(uint64_t arg)
{
	struct evtchn_bind_virq bind;

	if (!fx_read(&bind, arg, sizeof(bind))) {
		return -XEN_EFAULT;
	}
	if (bind.virq >= FX_VIRQ_COUNT) {
		return -XEN_EINVAL;
	}
	if (bind.vcpu != 0) {
		return -XEN_ENOENT;
	}
	if (fx.virqs[bind.virq]) {
		return -XEN_EEXIST;
	}
	bind.port = new_port();
	if (bind.port == FX_PORT_COUNT) {
		return -XEN_ENOSPC;
	}
	if (!fx_write(arg, &bind, sizeof(bind))) {
		return -XEN_EFAULT;
	}
	fx.ports[bind.port] = true;
	fx.virqs[bind.virq] = true;
	fx.virq_of_port[bind.port] = bind.virq + 1;
	return 0;
}

static long close_port(uint64_t arg)
{
	struct evtchn_close what;

	if (!fx_read(&what, arg, sizeof(what))) {
		return -XEN_EFAULT;
	}
	if (what.port >= FX_PORT_COUNT || !fx.ports[what.port]) {
		return -XEN_EINVAL;
	}
	fx.ports[what.port] = false;
	if (fx.virq_of_port[what.port] != 0) {
		fx.virqs[fx.virq_of_port[what.port] - 1] = false;
		fx.virq_of_port[what.port] = 0;
	}
	return 0;
}

long fx_event_channel_op(uint64_t command, uint64_t arg)
{
	switch (command) {
	case EVTCHNOP_send:
		return send(arg);
	case EVTCHNOP_alloc_unbound:
		return alloc_unbound(arg);
	case EVTCHNOP_bind_virq:
		return bind_virq(arg);
	case EVTCHNOP_close:
		return close_port(arg);
	default:
		return -XEN_ENOSYS;
	}
}

/* ---- Others -------------------------------------------------------------- */

long fx_physdev_op(uint64_t command, uint64_t arg)
{
	struct physdev_set_iopl iopl;

	if (command != PHYSDEVOP_set_iopl) {
		return -XEN_ENOSYS;
	}
	if (!fx_read(&iopl, arg, sizeof(iopl))) {
		return -XEN_EFAULT;
	}
	return iopl.iopl <= 3 ? 0 : -XEN_EINVAL;
}

/* The process ends as the runner would judge the domain. What the guest has
 * not waited for is lost, as it is on the real thing. */
static long shut_down(uint64_t arg)
{
	struct sched_shutdown shutdown;

	if (!fx_read(&shutdown, arg, sizeof(shutdown))) {
		return -XEN_EFAULT;
	}
	_exit(shutdown.reason == SHUTDOWN_poweroff ? 0 : 1);
}

long fx_sched_op(uint64_t command, uint64_t arg)
{
	switch (command) {
	case SCHEDOP_yield:
		daemon_reads();
		return 0;
	case SCHEDOP_shutdown:
		return shut_down(arg);
	default:
		return -XEN_ENOSYS;
	}
}
