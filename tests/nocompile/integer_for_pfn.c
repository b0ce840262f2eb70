// SPDX-License-Identifier: MIT
// A number where a frame is due: a number has no unit.
#include "arch/x86/pte.h"

static UNUSED paddr_t wrong(uint64_t number)
{
	return pfn_paddr(number);
}
