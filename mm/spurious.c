// SPDX-License-Identifier: MIT
/*
 * Spurious faults.
 */
#include "mm/spurious.h"

#include "mm/walk.h"

static unsigned int rights_needed(uint64_t error)
{
	return ((error & PF_WRITE) != 0 ? RIGHT_WRITE : 0) |
	       ((error & PF_FETCH) != 0 ? RIGHT_EXECUTE : 0);
}

bool fault_is_spurious(const struct pgtable *pt, const struct fault *fault)
{
	unsigned int needed = rights_needed(fault->error);
	struct found found;

	/* SPURIOUS-1 */
	if ((fault->error & PF_PRESENT) == 0 ||
	    (fault->error & ~(uint64_t)(PF_PRESENT | PF_WRITE | PF_FETCH)) !=
		    0 ||
	    walk_is_foreign(pt, fault->address)) {
		return false;
	}
	found = walk_to(pt, fault->address, L1);
	return found.kind == PTE_LEAF &&
	       (found.rights.bits & RIGHT_USER) == 0 &&
	       (found.rights.bits & needed) == needed;
}
