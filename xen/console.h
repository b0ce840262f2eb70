/* SPDX-License-Identifier: MIT */
/*
 * Console under Xen.
 *
 * dom0 writes to the hypervisor's console, a domU to the ring that it shares
 * with the console daemon.
 */
#ifndef XEN_CONSOLE_H
#define XEN_CONSOLE_H

#include "xen/abi.h"

/* Chooses the way that start_info names; conversions must work (p2m.h). Until
 * then a domU writes to the hypervisor's console too, where it is mostly
 * refused. */
void xen_console_init(const struct start_info *info);

/* The same for a domain without start_info: the ring is mapped there, for good.
 */
void xen_console_attach(void *page, evtchn_port_t port);

/*
 * In a domU a newline goes out as CR LF; in dom0 the hypervisor sees to that.
 * Waits while the ring is full, for some seconds, and after that not again
 * until something has been read: a daemon that never reads costs text and not
 * the run.
 */
void xen_console_write(const char *text, size_t length);

/* Waits, within bounds, until the daemon has read everything: what is in the
 * ring when the domain ends is lost. */
void xen_console_drain(void);

#endif
