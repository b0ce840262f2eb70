/* SPDX-License-Identifier: MIT */
/*
 * Xen PV backend: what boot/ needs.
 */
#ifndef XEN_BACKEND_H
#define XEN_BACKEND_H

#include "arch/x86/pv.h"
#include "xen/abi.h"

extern const struct pv pv_xen;

/*
 * Brings up frame conversion and console, registers every trap and callback,
 * then maps shared_info and unmaps the guard pages. stack_top is where Xen's
 * boot stack ended, which is the last thing that the domain builder put into
 * its map.
 */
void xen_init(const struct start_info *info, vaddr_t stack_top);

/* pv.h: exit. For every kind of domain. */
NORETURN void xen_exit(enum pv_exit how);

/* Is this the first domain? As start_info says. */
bool xen_is_initial_domain(void);

/* The page shared with the hypervisor; mapped once xen_init is through. */
extern struct shared_info *const xen_shared_info;

#endif
