// SPDX-License-Identifier: MIT
// A physical address made a pointer.
#include "arch/x86/pte.h"

static UNUSED void *wrong(paddr_t address)
{
	return vaddr_ptr(address);
}
