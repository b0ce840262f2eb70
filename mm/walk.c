// SPDX-License-Identifier: MIT
/*
 * Walking page tables.
 */
#include "mm/walk.h"

#include "lib/assert.h"

static struct place place_in(pfn_t table, level_t level, vaddr_t address)
{
	return (struct place){
		.table = table,
		.level = level,
		.index = level_index(level, address),
		.va = vaddr(align_down(address.va, level_bytes(level))),
	};
}

static rights_t rights_of(const struct paging *paging, level_t level,
			  pte_t entry)
{
	switch (pte_kind(entry, level)) {
	case PTE_LEAF:
		return pte_attrs(paging, level, entry).rights;
	case PTE_TABLE:
		return pte_rights(paging, entry);
	case PTE_NONE:
		break;
	}
	return rights(0);
}

static struct found look(const struct pgtable *pt, pfn_t table, level_t level,
			 vaddr_t address, rights_t above)
{
	struct found found = { .place = place_in(table, level, address),
			       .above = above };

	found.entry = pt_read(found.place);
	found.kind = pte_kind(found.entry, level);
	/* Only a leaf is global, and no entry above says anything of it. */
	found.rights =
		rights(rights_of(pt_paging(pt), level, found.entry).bits &
		       (above.bits | RIGHT_GLOBAL));
	return found;
}

struct found walk_to(const struct pgtable *pt, vaddr_t address, level_t level)
{
	struct found found =
		look(pt, pt->root, pt->levels, address, rights(RIGHTS_ALL));

	ASSERT(!walk_is_foreign(pt, address));
	while (found.kind == PTE_TABLE && found.place.level > level) {
		mfn_t table = pte_mfn(found.place.level, found.entry);

		found = look(pt, pt->pv->mfn_to_pfn(table),
			     (level_t)(found.place.level - 1), address,
			     found.rights);
	}
	return found;
}

/* The first address behind the entry that is canonical; 0 behind the last. */
static vaddr_t behind(const struct pgtable *pt, const struct found *found)
{
	unsigned int top = level_shift(pt->levels) + 8;
	uint64_t next = found->place.va.va + level_bytes(found->place.level);

	/* The upper half begins where bit top and all above it are set. */
	if (next == BIT(top)) {
		next = ~(BIT(top) - 1);
	}
	return walk_is_foreign(pt, vaddr(next))
		       ? vaddr(HYPERVISOR_VADDR + HYPERVISOR_BYTES)
		       : vaddr(next);
}

/* What lies at the address, which is the one behind found: mostly the next
 * entry of the same table, which saves the way from the root. */
static struct found go_on(const struct pgtable *pt, const struct found *found,
			  vaddr_t address)
{
	if (found->place.index + 1 < ENTRY_COUNT) {
		struct found next =
			look(pt, found->place.table, found->place.level,
			     address, found->above);

		if (next.kind != PTE_TABLE) {
			return next;
		}
	}
	return walk_to(pt, address, L1);
}

/* Steps to a later entry of the same table. */
static void pass_over(struct found *found, unsigned int entries)
{
	found->place.index += entries;
	found->place.va.va += entries * level_bytes(found->place.level);
	ASSERT(found->place.index < ENTRY_COUNT);
}

void walk_leaves(const struct pgtable *pt, vaddr_t start, uint64_t bytes,
		 walk_visit visit, void *context)
{
	uint64_t last = start.va + bytes - 1;
	struct found found;
	vaddr_t at = start;

	ASSERT(bytes != 0 && last >= start.va && !walk_is_foreign(pt, start));
	found = walk_to(pt, at, L1);
	for (;;) {
		if (found.kind == PTE_LEAF) {
			unsigned int done = visit(&found, context);

			if (done == 0) {
				return;
			}
			pass_over(&found, done - 1);
		}
		at = behind(pt, &found);
		if (at.va == 0 || at.va > last) {
			return;
		}
		found = go_on(pt, &found, at);
	}
}

void walk_all_leaves(const struct pgtable *pt, walk_visit visit, void *context)
{
	/* All addresses but the very last one, whose leaf is met anyway. */
	walk_leaves(pt, vaddr(0), UINT64_MAX, visit, context);
}
