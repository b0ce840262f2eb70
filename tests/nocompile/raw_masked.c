// SPDX-License-Identifier: MIT
// An entry masked: which bits count is known to pte.c only.
#include "arch/x86/pte.h"

static UNUSED bool wrong(pte_t entry)
{
	return (entry & ENTRY_P) != 0;
}
