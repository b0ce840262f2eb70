// SPDX-License-Identifier: MIT
/*
 * Parts of the address space, and the attributes they are to have.
 */
#include "mm/regions.h"

#include "lib/assert.h"
#include "mm/walk.h"

struct pass2 {
	struct batch batch;
	const struct region *region;
	uint64_t stores;
};

static void store_if_other(struct pass2 *pass, const struct found *found,
			   pte_t want)
{
	const struct paging *paging = pt_paging(pass->batch.pt);
	level_t level = found->place.level;

	if (pte_kind(want, level) == PTE_LEAF &&
	    attrs_eq(pte_attrs(paging, level, want),
		     pte_attrs(paging, level, found->entry))) {
		return;
	}
	batch_store(&pass->batch, found->place, want);
	pass->stores++;
}

/* What the leaf is to hold. A right that an entry above withholds from all is
 * left as it is. */
static attrs_t wanted(const struct pgtable *pt, const struct region *region,
		      const struct found *found)
{
	level_t level = found->place.level;
	attrs_t want = attrs_possible(pt_paging(pt), region->attrs);
	unsigned int withheld = RIGHT_EXECUTE &
				~(unsigned int)found->above.bits &
				~(unsigned int)want.rights.bits;
	attrs_t old = pte_attrs(pt_paging(pt), level, found->entry);

	want.rights.bits |= (uint8_t)(old.rights.bits & withheld);
	return pt_allowed(pt, pte_mfn(level, found->entry), want);
}

static bool apply_to_leaf(const struct found *found, void *context)
{
	struct pass2 *pass = context;
	const struct region *region = pass->region;
	const struct pgtable *pt = pass->batch.pt;
	uint64_t offset = found->place.va.va - region->start.va;
	level_t level = found->place.level;

	ASSERT(offset < region->bytes &&
	       level_bytes(level) <= region->bytes - offset); /* DM-3 */
	store_if_other(pass, found,
		       region->hole ? pte_none()
				    : pte_leaf(pt_paging(pt), level,
					       pte_mfn(level, found->entry),
					       wanted(pt, region, found)));
	return true;
}

void regions_apply(struct pgtable *pt, const struct region_table *table)
{
	/* Too large for the stack. */
	static struct pass2 pass;

	batch_begin(&pass.batch, pt, AUDIT_CHANGE);
	pass.stores = 0;
	for (size_t i = 0; i < table->count; i++) {
		pass.region = &table->regions[i];
		walk_leaves(pt, pass.region->start, pass.region->bytes,
			    apply_to_leaf, &pass);
	}
	if (pass.stores != 0) {
		batch_flush_all(&pass.batch);
	}
	batch_finish(&pass.batch);
}
