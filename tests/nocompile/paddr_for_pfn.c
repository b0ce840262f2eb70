// SPDX-License-Identifier: MIT
// An address where a frame number is due: they differ by 12 bits.
#include "arch/x86/pte.h"

static UNUSED paddr_t wrong(paddr_t address)
{
	return pfn_paddr(address);
}
