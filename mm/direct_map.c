// SPDX-License-Identifier: MIT
/*
 * The direct map: pass 1.
 */
#include "mm/direct_map.h"

#include "lib/assert.h"
#include "mm/table.h"
#include "mm/walk.h"

/* Do regions that must not be executable cover all that the entry does? */
static bool is_never_executed(const struct region_table *table,
			      struct place place)
{
	uint64_t left = level_bytes(place.level);
	uint64_t last = place.va.va + left - 1;

	for (size_t i = 0; table != NULL && i < table->count; i++) {
		const struct region *region = &table->regions[i];
		uint64_t start = max_u64(region->start.va, place.va.va);
		uint64_t end =
			min_u64(region->start.va + region->bytes - 1, last);

		if (start <= end && !attrs_has(region->attrs, RIGHT_EXECUTE)) {
			left -= end - start + 1;
		}
	}
	return left == 0;
}

/*
 * What upper entries may forbid is left to the leaves. But where all leaves are
 * of one page, that nothing is executable is said once for as many of them as
 * can be: one store in the place of each page's. And in the upper half they let
 * nobody but the kernel through.
 */
static rights_t table_rights(const struct pgtable *pt, struct place place,
			     const struct region_table *regions)
{
	bool once = place.level == L4 && pt_paging(pt)->leaf_max == L1 &&
		    pt_paging(pt)->nx && is_never_executed(regions, place);

	return rights(RIGHT_WRITE | (once ? 0 : RIGHT_EXECUTE) |
		      ((place.va.va & BIT(63)) == 0 ? RIGHT_USER : 0));
}

/* Puts an empty table into the entry, which is empty. */
static enum err add_table(struct pgtable *pt, struct place place,
			  const struct region_table *regions)
{
	pfn_t table;
	enum err error = table_alloc(pt, &table);

	if (error != OK) {
		return error;
	}
	error = pt_fill(pt, place, 1,
			pte_table(pt_paging(pt), place.level,
				  pt->pv->pfn_to_mfn(table),
				  table_rights(pt, place, regions)),
			0);
	if (error != OK) {
		table_free(pt, table);
	}
	return error;
}

enum err map_make_way(struct pgtable *pt, vaddr_t address, level_t level,
		      const struct region_table *regions, struct found *found)
{
	for (;;) {
		enum err error;

		*found = walk_to(pt, address, L1);
		if (found->place.level <= level || found->kind == PTE_LEAF) {
			return OK;
		}
		error = add_table(pt, found->place, regions);
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

level_t map_largest_leaf(uint64_t va, uint64_t pa, uint64_t bytes,
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
	uint64_t pages;

	max = pt_count_none(place, max);
	if (!mfn_eq(source->device, MFN_NONE)) {
		return max;
	}
	pages = pt->pv->count_in_order(pfn(source->ram.pfn + page),
				       max * pages_each);
	return (unsigned int)max_u64(pages / pages_each, 1);
}

struct job {
	struct pgtable *pt;
	vaddr_t start;
	struct source source;
	attrs_t attrs;
};

static mfn_t job_frame(const struct job *job, struct place place)
{
	uint64_t page = (place.va.va - job->start.va) >> PAGE_SHIFT;

	return frame_at(job->pt, &job->source, page);
}

/* How many entries from the place on may have the same attributes; *attrs are
 * those. */
static unsigned int count_allowed(const struct job *job, struct place place,
				  unsigned int max, attrs_t *attrs)
{
	const struct pgtable *pt = job->pt;
	pfn_t frame = pt->pv->mfn_to_pfn(job_frame(job, place));

	*attrs = job->attrs;
	if (!pt_paging(pt)->tables_readonly || pfn_eq(frame, PFN_NONE)) {
		return max;
	}
	*attrs = pt_allowed(pt, job_frame(job, place), job->attrs);
	return (unsigned int)page_run_of_tables(pt->pages, frame, max);
}

/* Fills a run of entries, or passes over leaves that are present. *n tells how
 * many are done with: none if the entry leads to a table. */
static enum err fill_run(const struct job *job, struct place place,
			 unsigned int max, unsigned int *n)
{
	struct pgtable *pt = job->pt;
	uint64_t size = level_bytes(place.level);
	enum pte_kind kind = pte_kind(pt_read(place), place.level);
	attrs_t attrs;

	*n = kind == PTE_LEAF ? pt_count_alike(place, max) : 0;
	if (kind != PTE_NONE) {
		pt->audit->kept += *n; /* DM-1 */
		return OK;
	}
	max = count_allowed(job, place, max, &attrs);
	*n = count_alike(pt, &job->source,
			 (place.va.va - job->start.va) >> PAGE_SHIFT,
			 size >> PAGE_SHIFT, place, max);
	return pt_fill(pt, place, *n,
		       pte_leaf(pt_paging(pt), place.level,
				job_frame(job, place), attrs),
		       size >> PAGE_SHIFT);
}

/*
 * Fills entries of one table, from the place on: those up to the end of the
 * table, of what bytes reach to, or up to one that leads to a table. *done are
 * the bytes that they cover.
 */
static enum err fill_table(const struct job *job, struct place place,
			   uint64_t bytes, uint64_t *done)
{
	uint64_t size = level_bytes(place.level);
	unsigned int left =
		(unsigned int)min_u64(ENTRY_COUNT - place.index, bytes / size);
	unsigned int n = 1;

	*done = 0;
	while (left != 0 && n != 0) {
		enum err error = fill_run(job, place, left, &n);

		if (error != OK) {
			return error;
		}
		left -= n;
		place.index += n;
		place.va.va += n * size;
		*done += n * size;
	}
	return OK;
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
		level_t level = map_largest_leaf(
			va, memory_at(&job->source, va - job->start.va), left,
			leaf_max);
		struct found found;
		uint64_t done;
		enum err error = map_make_way(job->pt, vaddr(va), level,
					      borders, &found);

		if (error == OK && found.place.level <= level) {
			error = fill_table(job, found.place, left, &done);
		} else if (error == OK) {
			done = min_u64(skip_leaf(job->pt, &found, va),
				       end - va);
		}
		if (error != OK) {
			return error;
		}
		va += done;
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
