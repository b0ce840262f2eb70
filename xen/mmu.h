/* SPDX-License-Identifier: MIT */
/*
 * Page tables under Xen PV.
 */
#ifndef XEN_MMU_H
#define XEN_MMU_H

#include "arch/x86/batch.h"
#include "lib/err.h"

/* The facts of struct pv; valid after xen_mmu_init. */
extern struct paging xen_paging;

void xen_mmu_init(uint32_t features);

/*
 * As in struct pv. Stores, and the flushes behind them, are one hypercall, up
 * to the next store or as many as fit; if one of these stores is refused, the
 * flushes have been done nonetheless.
 */
enum err xen_commit(const struct batch_op *ops, size_t count, size_t *done);

/*
 * As in struct pv. The root must be a tree that Xen accepts: every table in it
 * mapped read-only wherever it is mapped, once the window (boot_map.h) is
 * closed. It is pinned, in the hypercall that loads it. A refusal is a panic.
 */
void xen_load_root(pfn_t root, level_t levels);

/* As boot_release in struct pv: unpins the root that the domain was started on,
 * and with its last reference go those to all of its tables. A refusal is a
 * panic. */
void xen_release_boot_root(void);

/* The machine address of the entry of that level for the address, in the
 * tables in use; which must have the tables above it. */
uint64_t xen_mmu_entry_address(vaddr_t address, level_t level);

/* Does that entry hold nothing? */
bool xen_mmu_is_free(vaddr_t address, level_t level);

#endif
