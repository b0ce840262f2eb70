/* SPDX-License-Identifier: MIT */
/*
 * User mode under Xen PV.
 *
 * Both as in struct pv.
 */
#ifndef XEN_USER_H
#define XEN_USER_H

#include "arch/x86/user.h"

/* The root must have no writable mapping. It is pinned. A refusal is a panic.
 */
void xen_load_user_root(pfn_t root);

void xen_enter_user(struct user_frame *frame);

#endif
