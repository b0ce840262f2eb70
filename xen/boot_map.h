/* SPDX-License-Identifier: MIT */
/*
 * The map that the kernel is started on.
 *
 * The domain builder maps pseudo-physical memory from 0 on, linearly, to the
 * first multiple of 4 MiB that leaves half a mebibyte behind the last thing it
 * placed (xen/include/public/xen.h, "Start-of-day memory layout"):
 *
 *	kernel | p2m list | start_info | rings | page tables | stack | spare
 *
 * The spare is too small for the tables of a larger domain. So it only takes
 * what is needed to see more: L1 tables that map the frames behind the map,
 * the window. Page tables are filled through it as ordinary memory, and when
 * it goes nothing has a writable mapping of them.
 */
#ifndef XEN_BOOT_MAP_H
#define XEN_BOOT_MAP_H

#include "arch/x86/addr.h"
#include "lib/err.h"

/* stack_top is the end of the boot stack, the last thing that is placed. */
void xen_boot_map_init(vaddr_t stack_top);

/* How much of memory, from 0, the builder mapped. */
uint64_t xen_boot_map_bytes(void);

/* What of it lies behind the boot stack, as far as the domain has so many
 * frames. */
struct frame_range xen_boot_spare(uint64_t frames);

/* Looks, as long as the builder's tables are in use and with frame conversion
 * up, whether the map ends there; and what was found. */
void xen_boot_map_look(void);
bool xen_boot_map_is_exact(void);

/* As in struct pv. */
void *xen_boot_ptr(paddr_t address);

/* What an address in the map is the address of. */
paddr_t xen_boot_paddr(vaddr_t address);

/* As in struct pv: opens the window, in one hypercall with two requests for
 * each of its tables. Once. */
enum err xen_boot_extend(paddr_t end, struct frame_range *tables);

/* Closes the window, if it is open, in one hypercall with one request for each
 * of its tables; Xen flushes the TLB. */
void xen_boot_shrink(void);

#endif
