// SPDX-License-Identifier: MIT
// A frame of the kernel in an entry, which wants a machine frame.
#include "arch/x86/pte.h"

static UNUSED pte_t wrong(const struct paging *paging, pfn_t frame, attrs_t a)
{
	return pte_leaf(paging, L1, frame, a);
}
