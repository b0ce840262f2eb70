// SPDX-License-Identifier: MIT
// An entry and its level in the wrong order.
#include "arch/x86/pte.h"

static UNUSED mfn_t wrong(pte_t entry)
{
	return pte_mfn(entry, L1);
}
