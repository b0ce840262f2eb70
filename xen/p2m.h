/* SPDX-License-Identifier: MIT */
/*
 * Pseudo-physical and machine frames.
 *
 * The domain's memory is the frames 0 to count - 1 as the kernel sees it, and
 * some machine frames in any order as the CPU does. Two tables lead from one
 * to the other: the p2m list that the domain builder made, and the M2P table
 * of the whole host that Xen shows read-only. Only this file reads them.
 */
#ifndef XEN_P2M_H
#define XEN_P2M_H

#include "arch/x86/memory_map.h"

/* Takes the builder's list of count frames, which must stay where it is, and
 * asks Xen for the M2P table. A refusal is a panic. */
void xen_p2m_init(const unsigned long *list, uint64_t count);

uint64_t xen_p2m_count(void);

/* Adds the domain's memory to the map: the frames that have a machine frame.
 * ERR_FULL if they lie in more pieces than there is room for. */
enum err xen_p2m_describe(struct memory_map *map) MUST_CHECK;

/* MFN_NONE for a frame that the domain does not have. */
mfn_t xen_pfn_to_mfn(pfn_t frame);

/* As in struct pv. */
uint64_t xen_count_in_order(pfn_t first, uint64_t max);

/* The domain has another machine frame in the place of that one, or MFN_NONE;
 * Xen's own table says so already. */
void xen_p2m_set(pfn_t frame, mfn_t machine);

/* PFN_NONE for every machine frame that is not the domain's own: of another
 * domain, of Xen, a device's, or none at all. */
pfn_t xen_mfn_to_pfn(mfn_t frame);

#endif
