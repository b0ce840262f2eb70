// SPDX-License-Identifier: MIT
// A virtual address taken for a physical one.
#include "arch/x86/pte.h"

static UNUSED pfn_t wrong(vaddr_t address)
{
	return paddr_pfn(address);
}
