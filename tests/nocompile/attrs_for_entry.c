// SPDX-License-Identifier: MIT
// Attributes where an entry is due.
#include "arch/x86/pte.h"

static UNUSED enum pte_kind wrong(attrs_t a)
{
	return pte_kind(a, L1);
}
