/* SPDX-License-Identifier: MIT */
/*
 * Tables that hold nothing any more.
 */
#ifndef MM_PRUNE_H
#define MM_PRUNE_H

#include "mm/pgtable.h"

/* Takes out and frees all tables below the root that lead to any of the bytes
 * and hold nothing, from the lowest up. The range must not reach the highest
 * address. A full flush for each level that had any; no other may be owed. */
void prune_tables(struct pgtable *pt, vaddr_t start, uint64_t bytes);

#endif
