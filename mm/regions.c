// SPDX-License-Identifier: MIT
/*
 * Parts of the address space, and the attributes they are to have.
 */
#include "mm/regions.h"

#include "lib/assert.h"

/* ---- Looking up ---------------------------------------------------------- */

const struct region *region_find(const struct region_table *table,
				 vaddr_t address)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct region *region = &table->regions[i];

		if (address.va - region->start.va < region->bytes) {
			return region;
		}
	}
	return NULL;
}

static bool has_memory(const struct region *region)
{
	return !region->hole && !region->device;
}

bool region_next_alias(const struct region_table *table,
		       const struct region *region, vaddr_t address,
		       uint64_t bytes, struct alias *alias)
{
	uint64_t first = region->memory.pa + (address.va - region->start.va);
	uint64_t nearest = bytes;

	for (size_t i = 0; has_memory(region) && i < table->count; i++) {
		const struct region *other = &table->regions[i];
		uint64_t start = max_u64(first, other->memory.pa);
		uint64_t end =
			min_u64(first + bytes, other->memory.pa + other->bytes);

		if (other == region || !has_memory(other) || start >= end ||
		    start - first >= nearest) {
			continue;
		}
		nearest = start - first;
		alias->offset = nearest;
		alias->bytes = end - start;
		alias->start =
			vaddr_add(other->start, start - other->memory.pa);
	}
	return nearest != bytes;
}

mfn_t region_frame(const struct pgtable *pt, const struct region *region,
		   vaddr_t address)
{
	uint64_t offset = address.va - region->start.va;

	ASSERT(!region->hole && offset < region->bytes);
	return region->device ? mfn(region->frames.mfn + (offset >> PAGE_SHIFT))
			      : pt->pv->pfn_to_mfn(paddr_pfn(
					paddr_add(region->memory, offset)));
}

/* ---- Pass 2 -------------------------------------------------------------- */

struct pass2 {
	struct batch batch;
	const struct region *region;
	uint64_t stores;
};

attrs_t leaf_attrs(const struct paging *paging, const struct found *found,
		   attrs_t want)
{
	attrs_t old = pte_attrs(paging, found->place.level, found->entry);
	unsigned int withheld;

	want = attrs_possible(paging, want);
	withheld = RIGHT_EXECUTE & ~(unsigned int)found->above.bits &
		   ~(unsigned int)want.rights.bits;
	want.rights.bits |= (uint8_t)(old.rights.bits & withheld);
	return want;
}

/* How many leaves like this one there are, in its table and in the region. */
static unsigned int count_alike(const struct region *region,
				const struct found *found)
{
	uint64_t size = level_bytes(found->place.level);
	uint64_t offset = found->place.va.va - region->start.va;

	return pt_count_alike(
		found->place,
		(unsigned int)min_u64(ENTRY_COUNT,
				      (region->bytes - offset) / size));
}

static void store(struct pass2 *pass, const struct found *found, pte_t entry)
{
	batch_store(&pass->batch, found->place, entry);
	pass->stores++;
}

static unsigned int apply_to_leaf(const struct found *found, void *context)
{
	struct pass2 *pass = context;
	const struct region *region = pass->region;
	const struct pgtable *pt = pass->batch.pt;
	uint64_t offset = found->place.va.va - region->start.va;
	level_t level = found->place.level;
	attrs_t old = pte_attrs(pt_paging(pt), level, found->entry);
	attrs_t want = leaf_attrs(pt_paging(pt), found, region->attrs);
	mfn_t frame = pte_mfn(level, found->entry);

	ASSERT(offset < region->bytes &&
	       level_bytes(level) <= region->bytes - offset); /* DM-3 */
	if (region->hole) {
		store(pass, found, pte_none());
		return 1;
	}
	if (attrs_eq(want, old)) {
		return count_alike(region, found);
	}
	want = pt_allowed(pt, frame, want);
	if (!attrs_eq(want, old)) {
		store(pass, found, pte_leaf(pt_paging(pt), level, frame, want));
	}
	return 1;
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
