// SPDX-License-Identifier: MIT
// A frame of the kernel compared with a machine frame.
#include "arch/x86/pte.h"

static UNUSED bool wrong(pfn_t a, mfn_t b)
{
	return pfn_eq(a, b);
}
