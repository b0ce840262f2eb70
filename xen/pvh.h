/* SPDX-License-Identifier: MIT */
/*
 * What a PVH domain has of Xen.
 *
 * Its CPU and its page tables are its own, so its platform is bare metal's
 * (arch/x86/native.h), but for two operations: no serial port and no exit
 * device are there. xen_console_write (console.h) and xen_exit (backend.h) do
 * it for every kind of domain.
 */
#ifndef XEN_PVH_H
#define XEN_PVH_H

#include "arch/x86/bootinfo.h"

/*
 * Is this a PVH domain? Then hypercalls work from now on, and so does the
 * console, whose ring, a frame of Xen's, is mapped in place of a page of the
 * image. *ring says which, for whoever makes other tables. If Xen tells of no
 * ring, there is none, and the console is the hypervisor's own. Called once, on
 * the boot tables, before the backend is up.
 */
bool xen_pvh_begin(struct boot_page *ring);

#endif
