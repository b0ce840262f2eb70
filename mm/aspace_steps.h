/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: the parts of the work.
 *
 * Between aspace.c, which has the list of areas, and aspace_backing.c,
 * aspace_leaves.c, aspace_size.c, aspace_fault.c.
 */
#ifndef MM_ASPACE_STEPS_H
#define MM_ASPACE_STEPS_H

#include "mm/aspace.h"

/* For more pages a flush of everything is cheaper (cpa.h). */
#define ASPACE_FLUSH_PAGES_MAX CPA_FLUSH_PAGES_MAX

/* Stores of one commit, so that a flush has room behind them. */
#define ASPACE_BATCH_STORES 512

static inline uint64_t aspace_page(vaddr_t address)
{
	return address.va >> PAGE_SHIFT;
}

/* ---- aspace.c ------------------------------------------------------------ */

/* The rights of a protection that is not 0. */
rights_t aspace_rights(const struct aspace *aspace, unsigned int protection);

/* bytes of the area, from so far behind its start. */
struct aspace_area aspace_part(const struct aspace_area *area, uint64_t offset,
			       uint64_t bytes);

/* ---- aspace_backing.c ---------------------------------------------------- */

/* What the area needs beside its addresses: its type, which becomes one that
 * is possible, reserved and in the direct map. Errors as of aspace_map. */
enum err aspace_take_backing(const struct aspace *aspace,
			     struct aspace_area *area) MUST_CHECK;

/* Gives all of that back. Nothing of the area may be mapped, and no flush owed.
 * An error of cpa_change; then all is as before. */
enum err aspace_give_backing(struct aspace *aspace,
			     const struct aspace_area *area) MUST_CHECK;

/* The reservations for both instead of that for the whole. ERR_FULL. */
enum err aspace_cut_backing(const struct aspace *aspace,
			    const struct aspace_area *whole,
			    uint64_t offset) MUST_CHECK;

/* And the other way round, if the second could be the first one's end. */
bool aspace_join_backing(const struct aspace *aspace,
			 const struct aspace_area *first,
			 const struct aspace_area *second) MUST_CHECK;

/* ---- aspace_leaves.c ----------------------------------------------------- */

/* What is present in the range gets the rights, or is taken away. ERR_REFUSED
 * in the middle: some have what they had, some what they should. */
enum err aspace_leaves_protect(struct aspace *aspace, vaddr_t start,
			       uint64_t bytes,
			       unsigned int protection) MUST_CHECK;

/* ---- aspace_size.c ------------------------------------------------------- */

/* Cuts the large leaf across the border, if there is one; *cut tells. */
enum err aspace_cut_leaf(struct aspace *aspace, vaddr_t border,
			 bool *cut) MUST_CHECK;

/* Takes that back. */
void aspace_mend_leaf(struct aspace *aspace, vaddr_t border);

#endif
