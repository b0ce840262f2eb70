// SPDX-License-Identifier: MIT
/*
 * The same things, done rightly.
 *
 * Were this rejected too, the others would prove nothing.
 */
#include "arch/x86/pte.h"

static UNUSED bool entries(const struct paging *paging, pte_t a, pte_t b)
{
	return pte_kind(a, L1) == PTE_LEAF && pte_kind(b, L1) == PTE_LEAF &&
	       attrs_eq(pte_attrs(paging, L1, a), pte_attrs(paging, L1, b)) &&
	       mfn_eq(pte_mfn(L1, a), pte_mfn(L1, b));
}

static UNUSED pte_t leaf(const struct paging *paging, mfn_t frame, attrs_t a)
{
	struct attrs_change change = { .set = rights(RIGHT_WRITE),
				       .type = MT_KEEP };

	return pte_leaf(paging, L1, frame, attrs_apply(a, change));
}

static UNUSED pte_t table(const struct paging *paging, mfn_t frame, attrs_t a)
{
	return attrs_has(a, RIGHT_WRITE)
		       ? pte_table(paging, L2, frame, a.rights)
		       : pte_none();
}

static UNUSED bool frames(paddr_t address, uint64_t number)
{
	pfn_t frame = paddr_pfn(paddr_add(address, PAGE_BYTES));

	return pfn_eq(frame, pfn(number)) && pfn_paddr(frame).pa != 0;
}

static UNUSED void *addresses(const void *ptr)
{
	vaddr_t address = vaddr_add(vaddr_of(ptr), 1);

	return level_index(L1, address) != 0 ? vaddr_ptr(address) : NULL;
}
