// SPDX-License-Identifier: MIT
// A pointer where an address is due: vaddr_of says so.
#include "arch/x86/pte.h"

static UNUSED unsigned int wrong(const void *ptr)
{
	return level_index(L1, ptr);
}
