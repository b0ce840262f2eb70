// SPDX-License-Identifier: MIT
// A number of bits where rights are due.
#include "arch/x86/pte.h"

static UNUSED rights_t wrong(unsigned int bits)
{
	return bits;
}
