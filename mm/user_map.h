/* SPDX-License-Identifier: MIT */
/*
 * User pages.
 *
 * They lie between USER_VADDR and USER_VADDR_END, in leaves of one page. All
 * upper entries there let user mode through (map_range), so the leaves alone
 * decide. The kernel reaches them by user_access.h only, or by their memory's
 * address in the direct map.
 *
 * UMAP-1 No user page is writable and executable.
 * UMAP-2 What is unmapped leaves nothing behind: no entry, no table, no debt.
 */
#ifndef MM_USER_MAP_H
#define MM_USER_MAP_H

#include "mm/pgtable.h"

/*
 * Maps memory of the kernel's at bytes from start, with RIGHT_USER and those of
 * WRITE and EXECUTE that are asked for, write-back. Nothing may be mapped
 * there. ERR_RANGE if it is not all user addresses, or not whole pages;
 * ERR_DENIED for both rights; ERR_NOMEM, ERR_REFUSED as map_range: then nothing
 * is mapped.
 */
enum err user_map(struct pgtable *pt, vaddr_t start, uint64_t bytes,
		  paddr_t memory, rights_t rights) MUST_CHECK;

/* Unmaps what is mapped there, flushes it, and frees the tables that hold
 * nothing any more. */
void user_unmap(struct pgtable *pt, vaddr_t start, uint64_t bytes);

#endif
