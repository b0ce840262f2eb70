/* SPDX-License-Identifier: MIT */
/*
 * Pages for page tables.
 *
 * Where tables are read-only (arch/x86/pte.h) a page changes its mapping in the
 * direct map when it becomes a table that may be used, and again when it is
 * given back. Xen's rule is one of types: a frame that is mapped writable
 * anywhere cannot become a table, and one that is a table cannot be mapped
 * writable (Xen, xen/arch/x86/mm.c, get_page_type).
 *
 * TABLE-1 A table that is added to live tables has no writable mapping.
 * TABLE-2 A table that is given back can be written to, and no translation
 *	   that says otherwise is left.
 */
#ifndef MM_TABLE_H
#define MM_TABLE_H

#include "mm/pgtable.h"

/*
 * Takes pages in advance, for table_alloc to hand out: for who must know of
 * every frame whether it will be a table before the first leaf is written.
 * ERR_NOMEM if there are not so many; those there are stay in the pool.
 */
enum err table_pool_fill(struct pgtable *pt, uint64_t count) MUST_CHECK;

/* A zeroed page that is a table from now on, though nothing leads to it yet:
 * one of the pool, or one of the allocator's. Flushes its mapping if that
 * changes. ERR_NOMEM if there is none. */
enum err table_alloc(struct pgtable *pt, pfn_t *frame) MUST_CHECK;

/* Gives back a table that no entry leads to; no flush may be owed. Flushes its
 * mapping if that changes. */
void table_free(struct pgtable *pt, pfn_t frame);

/*
 * Gives page tables of the loader to the allocator, cleared: frames that were
 * reserved for it (page_alloc.h) as live tables, and are not in use any more.
 * Flushes their mappings if these change.
 */
void table_recycle(struct pgtable *pt, struct frame_range tables);

#endif
