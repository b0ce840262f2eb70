/* SPDX-License-Identifier: MIT */
/*
 * What Xen must refuse: below the rows.
 */
#ifndef XEN_REFUSAL_FIXTURE_H
#define XEN_REFUSAL_FIXTURE_H

#include "arch/x86/pte.h"

/* An entry, and where it is. */
struct refusal_slot {
	vaddr_t va;	       /* The address that was looked for. */
	uint64_t machine;      /* Of the entry. */
	const uint64_t *entry; /* NULL: the page has no such address. */
	uint64_t before;       /* What it held at the start of the test, */
	uint64_t ready;	       /* and of the attempt. */
};

/* ---- Walking ------------------------------------------------------------- */

/* What the entry leads to; NULL if the frame is not ours. */
const uint64_t *refusal_table(uint64_t entry);

static inline bool refusal_is_present(uint64_t entry)
{
	return (entry & BIT(0)) != 0;
}

/* Without accessed and dirty, which are the CPU's. */
static inline uint64_t refusal_settled(uint64_t entry)
{
	return entry & ~(BIT(5) | BIT(6));
}

/* The entry of the level for the address in the live tables; false if a higher
 * one is not present. */
bool refusal_find(vaddr_t va, level_t level, struct refusal_slot *slot);

/* The next entry of the same table that is not used; there is one. */
struct refusal_slot refusal_find_free(struct refusal_slot slot, level_t level);

/* A number for all entries of the live tables, but for accessed and dirty. */
uint64_t refusal_digest(void);

/* From now on a frame counts as another one: their machine addresses, or 0. */
void refusal_digest_as(uint64_t now, uint64_t before);

/* ---- The state ----------------------------------------------------------- */

/* Finds everything; false if that fails. */
bool refusal_take(void);

/* No entry has changed since refusal_ready. */
bool refusal_unchanged(void);

#endif
