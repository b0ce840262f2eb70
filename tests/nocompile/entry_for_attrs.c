// SPDX-License-Identifier: MIT
// An entry where attributes are due.
#include "arch/x86/pte.h"

static UNUSED pte_t wrong(const struct paging *paging, mfn_t frame, pte_t entry)
{
	return pte_leaf(paging, L1, frame, entry);
}
