// SPDX-License-Identifier: MIT
// A machine frame where one of the kernel is due.
#include "arch/x86/pte.h"

static UNUSED paddr_t wrong(mfn_t frame)
{
	return pfn_paddr(frame);
}
