// SPDX-License-Identifier: MIT
// The frame in an entry taken for one of the kernel.
#include "arch/x86/pte.h"

static UNUSED pfn_t wrong(pte_t entry)
{
	return pte_mfn(L1, entry);
}
