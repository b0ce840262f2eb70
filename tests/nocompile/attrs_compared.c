// SPDX-License-Identifier: MIT
// Attributes compared by an operator: attrs_eq does that.
#include "arch/x86/pte.h"

static UNUSED bool wrong(attrs_t a, attrs_t b)
{
	return a == b;
}
