// SPDX-License-Identifier: MIT
// Rights without a memory type where attributes are due.
#include "arch/x86/pte.h"

static UNUSED bool wrong(attrs_t a)
{
	return attrs_eq(a, a.rights);
}
