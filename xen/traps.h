/* SPDX-License-Identifier: MIT */
/*
 * Trap vectors and callbacks under Xen PV.
 */
#ifndef XEN_TRAPS_H
#define XEN_TRAPS_H

/*
 * Registers a handler for every vector and every callback. A domain that
 * takes a trap without a handler is destroyed, so this comes before anything
 * that may fault. Events stay masked while a handler runs. A refusal is a
 * panic.
 */
void xen_traps_init(void);

#endif
