// SPDX-License-Identifier: MIT
// Rights masked: attrs_has does that.
#include "arch/x86/pte.h"

static UNUSED bool wrong(rights_t r)
{
	return (r & RIGHT_WRITE) != 0;
}
