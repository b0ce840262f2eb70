// SPDX-License-Identifier: MIT
// A frame where a number is due.
#include "arch/x86/pte.h"

static UNUSED uint64_t wrong(pfn_t frame)
{
	return frame;
}
