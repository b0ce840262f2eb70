// SPDX-License-Identifier: MIT
// A flags register is no interrupt state.
#include "arch/x86/pv.h"

static UNUSED void wrong(uint64_t flags)
{
	pv()->irq_restore(flags);
}
