// SPDX-License-Identifier: MIT
// An entry as a condition: whether it is present, pte_kind says.
#include "arch/x86/pte.h"

static UNUSED int wrong(pte_t entry)
{
	return entry ? 1 : 0;
}
