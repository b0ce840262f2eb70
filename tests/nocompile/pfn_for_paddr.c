// SPDX-License-Identifier: MIT
// A frame number where an address is due: they differ by 12 bits.
#include "arch/x86/pte.h"

static UNUSED paddr_t wrong(pfn_t frame)
{
	return paddr_add(frame, PAGE_BYTES);
}
