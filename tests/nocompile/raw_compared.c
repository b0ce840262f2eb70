// SPDX-License-Identifier: MIT
// Entries compared: platforms change bits in them by themselves.
#include "arch/x86/pte.h"

static UNUSED bool wrong(pte_t a, pte_t b)
{
	return a == b;
}
