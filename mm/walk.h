/* SPDX-License-Identifier: MIT */
/*
 * Walking page tables.
 *
 *	root (L5 or L4)      L3             L2             L1
 *	+-----+             +-----+        +-----+        +-----+
 *	|     |             |     |        |     |        | leaf| 4 KiB
 *	|table|------------>|table|------->|table|------->|     |
 *	|     |             | leaf| 1 GiB  | leaf| 2 MiB  |     |
 *	+-----+             +-----+        +-----+        +-----+
 *
 * One walk, with the level as a parameter, and one visitor. What an address
 * may be used for is decided by all entries on the way, so what is found comes
 * with the effective rights beside the entry's own.
 */
#ifndef MM_WALK_H
#define MM_WALK_H

#include "mm/pgtable.h"

struct found {
	struct place place;
	pte_t entry;
	enum pte_kind kind;
	/* WRITE, EXECUTE and USER as the CPU grants them: of this entry and
	 * all above it. GLOBAL as in the entry, if it is a leaf. */
	rights_t rights;
	rights_t above; /* Of the entries above alone. */
};

/* Does the address belong to a hypervisor? Then what leads there is not ours to
 * follow. */
static inline bool walk_is_foreign(const struct pgtable *pt, vaddr_t address)
{
	return pt_paging(pt)->hypervisor &&
	       address.va - HYPERVISOR_VADDR < HYPERVISOR_BYTES;
}

/*
 * Follows the tables towards the entry of the level that covers the address,
 * and ends there or at the first entry on the way that is no table. The address
 * must not be foreign.
 */
struct found walk_to(const struct pgtable *pt, vaddr_t address, level_t level);

/* Returns how many leaves it is done with, from the found one on, in one table
 * and in the range of the walk; 0 ends the walk. */
typedef unsigned int (*walk_visit)(const struct found *found, void *context);

/*
 * Calls visit for every leaf that covers any of the bytes from start, in
 * ascending order, less those that it was done with before. bytes must not be
 * 0; the range may reach to the highest address. Work is proportional to the
 * entries there are, not to bytes. What is foreign is passed over; start must
 * not be.
 */
void walk_leaves(const struct pgtable *pt, vaddr_t start, uint64_t bytes,
		 walk_visit visit, void *context);

/* All there are. */
void walk_all_leaves(const struct pgtable *pt, walk_visit visit, void *context);

#endif
