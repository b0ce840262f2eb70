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

/* As in struct pv. Stores go to Xen in as few calls as their order allows. */
enum err xen_commit(const struct batch_op *ops, size_t count, size_t *done);

/* As in struct pv. The root must be a tree that Xen accepts: every table in it
 * mapped read-only wherever it is mapped. A refusal is a panic. */
void xen_load_root(pfn_t root, level_t levels);

#endif
