// SPDX-License-Identifier: MIT
// The word of an interrupt state is no flags register.
#include "arch/x86/irq.h"
#include "lib/compiler.h"

static UNUSED int wrong(irqstate_t state)
{
	return (state & 0x40000) != 0;
}
