// SPDX-License-Identifier: MIT
// A number added to an address: bytes or pages?
#include "arch/x86/pte.h"

static UNUSED vaddr_t wrong(vaddr_t address)
{
	return address + 1;
}
