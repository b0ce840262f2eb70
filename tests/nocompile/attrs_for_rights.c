// SPDX-License-Identifier: MIT
// Attributes in an entry of a table, which has rights only.
#include "arch/x86/pte.h"

static UNUSED pte_t wrong(const struct paging *paging, mfn_t table, attrs_t a)
{
	return pte_table(paging, L2, table, a);
}
