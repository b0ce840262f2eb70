// SPDX-License-Identifier: MIT
/*
 * The direct map, in two passes.
 */
#include "mm/direct_map.h"

#include "lib/assert.h"
#include "mm/walk.h"

/* ---- Pass 1 -------------------------------------------------------------- */

/* All that upper entries may forbid is left to the leaves. */
static rights_t table_rights(void)
{
	return rights(RIGHT_WRITE | RIGHT_EXECUTE);
}

/* Puts an empty table into the entry, which is empty. */
static enum err add_table(struct pgtable *pt, struct place place)
{
	pfn_t table;
	enum err error = page_alloc(pt->pages, PAGE_TABLE, &table);

	if (error == OK) {
		pt_fill(pt, place, 1,
			pte_table(pt_paging(pt), place.level,
				  pt->pv->pfn_to_mfn(table), table_rights()),
			0);
	}
	return error;
}

/* The entry of the level for the address, with the tables above it; or a leaf
 * above it, if there is one; or what a table that is there already has below
 * it. */
static enum err make_way(struct pgtable *pt, vaddr_t address, level_t level,
			 struct found *found)
{
	for (;;) {
		enum err error;

		*found = walk_to(pt, address, L1);
		if (found->place.level <= level || found->kind == PTE_LEAF) {
			return OK;
		}
		error = add_table(pt, found->place);
		if (error != OK) {
			return error;
		}
	}
}

/* The first border above the address, or the end of the range if there is none
 * below it. The end may be that of the address space, which is 0: so distances
 * are compared. */
static uint64_t next_border(const struct region_table *table, uint64_t address,
			    uint64_t end)
{
	for (size_t i = 0; table != NULL && i < table->count; i++) {
		uint64_t start = table->regions[i].start.va;
		uint64_t behind = start + table->regions[i].bytes;

		ASSERT(is_aligned(start | behind, PAGE_BYTES));
		if (start > address && start - address < end - address) {
			end = start;
		}
		if (behind > address && behind - address < end - address) {
			end = behind;
		}
	}
	return end;
}

static level_t largest_leaf(uint64_t va, uint64_t pa, uint64_t bytes,
			    level_t leaf_max)
{
	level_t level = leaf_max;

	while (level > L1 && (!is_aligned(va | pa, level_bytes(level)) ||
			      bytes < level_bytes(level))) {
		level = (level_t)(level - 1);
	}
	return level;
}

/* What is to be mapped: frames of ours, or machine frames of a device. */
struct source {
	pfn_t ram;
	mfn_t device; /* MFN_NONE: it is RAM. */
};

static mfn_t frame_at(const struct pgtable *pt, const struct source *source,
		      uint64_t page)
{
	if (!mfn_eq(source->device, MFN_NONE)) {
		return mfn(source->device.mfn + page);
	}
	return pt->pv->pfn_to_mfn(pfn(source->ram.pfn + page));
}

/* How many entries from the place on are empty and get machine frames in order,
 * of so many pages each. Where frames are scattered, no leaf is larger than a
 * page. */
static unsigned int count_alike(const struct pgtable *pt,
				const struct source *source, uint64_t page,
				uint64_t pages_each, struct place place,
				unsigned int max)
{
	uint64_t first = frame_at(pt, source, page).mfn;
	unsigned int n = 0;

	while (n < max && pte_kind(pt_read(place), place.level) == PTE_NONE &&
	       frame_at(pt, source, page + n * pages_each).mfn ==
		       first + n * pages_each) {
		n++;
		place.index++;
	}
	return n;
}

struct job {
	struct pgtable *pt;
	vaddr_t start;
	struct source source;
	attrs_t attrs;
};

/*
 * Fills entries of one table, from the first: those up to the end of the
 * table, of what bytes reach to, or up to a present entry. Returns the bytes
 * that are done.
 */
static uint64_t fill_table(const struct job *job, const struct found *first,
			   uint64_t bytes)
{
	struct pgtable *pt = job->pt;
	level_t level = first->place.level;
	uint64_t size = level_bytes(level);
	uint64_t page = (first->place.va.va - job->start.va) >> PAGE_SHIFT;
	unsigned int max = (unsigned int)min_u64(
		ENTRY_COUNT - first->place.index, bytes / size);
	unsigned int n = count_alike(pt, &job->source, page, size >> PAGE_SHIFT,
				     first->place, max);

	if (n == 0) {
		/* DM-1 */
		pt->audit->kept++;
		return size;
	}
	pt_fill(pt, first->place, n,
		pte_leaf(pt_paging(pt), level, frame_at(pt, &job->source, page),
			 job->attrs),
		size >> PAGE_SHIFT);
	return n * size;
}

/* A leaf above the level that was looked for covers more than one entry. */
static uint64_t skip_leaf(struct pgtable *pt, const struct found *found,
			  uint64_t va)
{
	pt->audit->kept++;
	return found->place.va.va + level_bytes(found->place.level) - va;
}

/* The address that decides on the size of a leaf beside the virtual one. */
static uint64_t memory_at(const struct source *source, uint64_t offset)
{
	uint64_t frame = mfn_eq(source->device, MFN_NONE) ? source->ram.pfn
							  : source->device.mfn;

	return (frame << PAGE_SHIFT) + offset;
}

static enum err run_job(const struct job *job, uint64_t bytes, level_t leaf_max,
			const struct region_table *borders)
{
	uint64_t end = job->start.va + bytes;
	uint64_t va = job->start.va;

	ASSERT(is_aligned(va | bytes, PAGE_BYTES));
	while (va != end) {
		uint64_t left = next_border(borders, va, end) - va;
		level_t level = largest_leaf(
			va, memory_at(&job->source, va - job->start.va), left,
			leaf_max);
		struct found found;
		enum err error = make_way(job->pt, vaddr(va), level, &found);

		if (error != OK) {
			return error;
		}
		va += found.place.level <= level
			      ? fill_table(job, &found, left)
			      : min_u64(skip_leaf(job->pt, &found, va),
					end - va);
	}
	return OK;
}

enum err map_range(struct pgtable *pt, const struct region *range,
		   level_t leaf_max, const struct region_table *borders)
{
	level_t limit = pt_paging(pt)->leaf_max;
	struct job job = {
		.pt = pt,
		.start = range->start,
		.source = { paddr_pfn(range->memory), MFN_NONE },
		.attrs = attrs_possible(pt_paging(pt), range->attrs),
	};

	return run_job(&job, range->bytes, leaf_max < limit ? leaf_max : limit,
		       borders);
}

enum err map_device(struct pgtable *pt, vaddr_t start, uint64_t bytes,
		    mfn_t frame, attrs_t attrs)
{
	struct job job = {
		.pt = pt,
		.start = start,
		.source = { PFN_NONE, frame },
		.attrs = attrs,
	};

	return run_job(&job, bytes, L1, NULL);
}

enum err direct_map_build(struct pgtable *pt, const struct memory_map *map,
			  const struct region_table *borders)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct memory_range *ram = &map->ranges[i];
		struct region range = {
			.start = direct_map_vaddr(ram->start),
			.bytes = ram->end.pa - ram->start.pa,
			.memory = ram->start,
			.attrs = attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB),
		};
		enum err error;

		if (ram->kind != MEMORY_RAM) {
			continue;
		}
		error = map_range(pt, &range, L5, borders);
		if (error != OK) {
			return error;
		}
	}
	return OK;
}

/* ---- Pass 2 -------------------------------------------------------------- */

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

static bool apply_to_leaf(const struct found *found, void *context)
{
	struct pass2 *pass = context;
	const struct region *region = pass->region;
	const struct paging *paging = pt_paging(pass->batch.pt);
	uint64_t offset = found->place.va.va - region->start.va;
	level_t level = found->place.level;

	ASSERT(offset < region->bytes &&
	       level_bytes(level) <= region->bytes - offset); /* DM-3 */
	store_if_other(
		pass, found,
		region->hole
			? pte_none()
			: pte_leaf(paging, level, pte_mfn(level, found->entry),
				   attrs_possible(paging, region->attrs)));
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
