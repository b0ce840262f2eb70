// SPDX-License-Identifier: MIT
/*
 * Address spaces: the list of areas.
 */
#include "mm/aspace.h"

#include "lib/assert.h"
#include "mm/aspace_steps.h"
#include "mm/prune.h"

#define PROTECTION_ALL (ASPACE_READ | ASPACE_WRITE | ASPACE_EXECUTE)

void aspace_init(struct aspace *aspace, struct pgtable *pt,
		 struct cpa_space kernel, struct memtypes *types)
{
	aspace->pt = pt;
	aspace->kernel = kernel;
	aspace->types = types;
	aspace->frames =
		(struct frame_tree){ .pages = pt->pages, .levels = pt->levels };
	aspace->count = 0;
}

/* ---- Looking up ---------------------------------------------------------- */

/* The first area that ends behind the address; their number if there is none.
 */
static size_t first_behind(const struct aspace *aspace, vaddr_t address)
{
	size_t i = 0;

	while (i < aspace->count &&
	       aspace->areas[i].start.va + aspace->areas[i].bytes <=
		       address.va) {
		i++;
	}
	return i;
}

const struct aspace_area *aspace_find(const struct aspace *aspace,
				      vaddr_t address)
{
	size_t i = first_behind(aspace, address);

	return i < aspace->count && aspace->areas[i].start.va <= address.va
		       ? &aspace->areas[i]
		       : NULL;
}

/* ASPACE-1 */
static bool is_range(const struct aspace *aspace, vaddr_t start, uint64_t bytes)
{
	uint64_t end = aspace_bytes(aspace);

	return bytes != 0 && is_aligned(start.va | bytes, PAGE_BYTES) &&
	       start.va < end && bytes <= end - start.va;
}

static bool is_empty(const struct aspace *aspace, vaddr_t start, uint64_t bytes)
{
	size_t i = first_behind(aspace, start);

	return i == aspace->count ||
	       aspace->areas[i].start.va >= start.va + bytes;
}

static bool is_covered(const struct aspace *aspace, vaddr_t start,
		       uint64_t bytes)
{
	uint64_t at = start.va;

	for (size_t i = first_behind(aspace, start);
	     i < aspace->count && aspace->areas[i].start.va <= at; i++) {
		at = aspace->areas[i].start.va + aspace->areas[i].bytes;
		if (at >= start.va + bytes) {
			return true;
		}
	}
	return false;
}

/* ---- Protection ---------------------------------------------------------- */

static unsigned int with_read(unsigned int protection)
{
	ASSERT((protection & ~(unsigned int)PROTECTION_ALL) == 0);
	return protection == 0 ? 0 : protection | ASPACE_READ;
}

rights_t aspace_rights(const struct aspace *aspace, unsigned int protection)
{
	unsigned int bits =
		RIGHT_USER |
		((protection & ASPACE_WRITE) != 0 ? RIGHT_WRITE : 0) |
		((protection & ASPACE_EXECUTE) != 0 ? RIGHT_EXECUTE : 0);

	return attrs_possible(pt_paging(aspace->pt), attrs(bits, MT_WB)).rights;
}

static bool is_denied(const struct aspace *aspace, unsigned int protection)
{
	return pt_paging(aspace->pt)->nx && (protection & ASPACE_WRITE) != 0 &&
	       (protection & ASPACE_EXECUTE) != 0;
}

/* ---- Changing the list --------------------------------------------------- */

static void insert(struct aspace *aspace, const struct aspace_area *area)
{
	size_t i = first_behind(aspace, area->start);

	ASSERT(aspace->count < ASPACE_AREAS_MAX);
	for (size_t to = aspace->count++; to > i; to--) {
		aspace->areas[to] = aspace->areas[to - 1];
	}
	aspace->areas[i] = *area;
}

static void take_out(struct aspace *aspace, size_t i)
{
	aspace->count--;
	for (; i < aspace->count; i++) {
		aspace->areas[i] = aspace->areas[i + 1];
	}
}

struct aspace_area aspace_part(const struct aspace_area *area, uint64_t offset,
			       uint64_t bytes)
{
	struct aspace_area part = *area;

	part.start = vaddr_add(area->start, offset);
	part.bytes = bytes;
	part.ram = pfn(area->ram.pfn + (offset >> PAGE_SHIFT));
	part.device = mfn(area->device.mfn + (offset >> PAGE_SHIFT));
	return part;
}

/* What was cut at a border, so that it can be taken back. */
struct cut {
	vaddr_t border;
	bool leaf;
};

static enum err cut_area(struct aspace *aspace, vaddr_t border)
{
	size_t i = first_behind(aspace, border);
	struct aspace_area *area = &aspace->areas[i];
	struct aspace_area behind;
	uint64_t offset;
	enum err error;

	if (i == aspace->count || area->start.va >= border.va) {
		return OK;
	}
	if (aspace->count == ASPACE_AREAS_MAX) {
		return ERR_FULL;
	}
	offset = border.va - area->start.va;
	error = aspace_cut_backing(aspace, area, offset);
	if (error == OK) {
		behind = aspace_part(area, offset, area->bytes - offset);
		area->bytes = offset;
		insert(aspace, &behind);
	}
	return error;
}

/* Neighbours that could be one area become one. */
static void join_areas(struct aspace *aspace)
{
	size_t i = 1;

	while (i < aspace->count) {
		struct aspace_area *first = &aspace->areas[i - 1];
		const struct aspace_area *second = &aspace->areas[i];

		if (first->start.va + first->bytes == second->start.va &&
		    first->protection == second->protection &&
		    aspace_join_backing(aspace, first, second)) {
			first->bytes += second->bytes;
			take_out(aspace, i);
		} else {
			i++;
		}
	}
}

static void mend(struct aspace *aspace, const struct cut cuts[2])
{
	join_areas(aspace);
	for (unsigned int i = 0; i < 2; i++) {
		if (cuts[i].leaf) {
			aspace_mend_leaf(aspace, cuts[i].border);
		}
	}
}

/* Has no area and no leaf lie across the ends of the range. */
static enum err cut(struct aspace *aspace, vaddr_t start, uint64_t bytes,
		    struct cut cuts[2])
{
	enum err error = OK;

	cuts[0] = (struct cut){ .border = start };
	cuts[1] = (struct cut){ .border = vaddr_add(start, bytes) };
	for (unsigned int i = 0; i < 2 && error == OK; i++) {
		error = aspace_cut_leaf(aspace, cuts[i].border, &cuts[i].leaf);
		if (error == OK) {
			error = cut_area(aspace, cuts[i].border);
		}
	}
	if (error != OK) {
		mend(aspace, cuts);
	}
	return error;
}

/* ---- Mapping ------------------------------------------------------------- */

enum err aspace_map(struct aspace *aspace, const struct aspace_area *area,
		    enum memtype *granted)
{
	struct aspace_area new = *area;
	enum err error;

	new.protection = with_read(area->protection);
	if (!is_range(aspace, area->start, area->bytes) ||
	    !is_empty(aspace, area->start, area->bytes)) {
		return ERR_RANGE;
	}
	if (is_denied(aspace, new.protection)) {
		return ERR_DENIED;
	}
	if (aspace->count == ASPACE_AREAS_MAX) {
		return ERR_FULL;
	}
	error = aspace_take_backing(aspace, &new);
	if (error == OK) {
		insert(aspace, &new);
		*granted = new.type;
	}
	return error;
}

/* Those of the range, which nothing lies across the ends of. */
static enum err remove_areas(struct aspace *aspace, vaddr_t start,
			     uint64_t bytes)
{
	size_t i = first_behind(aspace, start);

	while (i < aspace->count &&
	       aspace->areas[i].start.va < start.va + bytes) {
		enum err error = aspace_give_backing(aspace, &aspace->areas[i]);

		if (error != OK) {
			return error;
		}
		take_out(aspace, i);
	}
	return OK;
}

enum err aspace_unmap(struct aspace *aspace, vaddr_t start, uint64_t bytes)
{
	struct cut cuts[2];
	enum err error;

	if (!is_range(aspace, start, bytes)) {
		return ERR_RANGE;
	}
	error = cut(aspace, start, bytes, cuts);
	if (error != OK) {
		return error;
	}
	/* Whatever is taken away in vain comes back when it is touched. */
	error = aspace_leaves_protect(aspace, start, bytes, 0);
	if (error == OK) {
		error = remove_areas(aspace, start, bytes);
	}
	prune_tables(aspace->pt, start, bytes);
	if (error != OK) {
		mend(aspace, cuts);
	}
	return error;
}

/* ---- Protecting ---------------------------------------------------------- */

typedef void (*area_fn)(struct aspace *aspace, struct aspace_area *area,
			unsigned int protection);

static void each_area(struct aspace *aspace, vaddr_t start, uint64_t bytes,
		      area_fn fn, unsigned int protection)
{
	for (size_t i = first_behind(aspace, start);
	     i < aspace->count && aspace->areas[i].start.va < start.va + bytes;
	     i++) {
		fn(aspace, &aspace->areas[i], protection);
	}
}

static void set_protection(struct aspace *aspace, struct aspace_area *area,
			   unsigned int protection)
{
	(void)aspace;
	area->protection = protection;
}

/* What is there has the rights of the area again. */
static void restore(struct aspace *aspace, struct aspace_area *area,
		    unsigned int protection)
{
	enum err error = aspace_leaves_protect(aspace, area->start, area->bytes,
					       area->protection);

	(void)protection;
	ASSERT(error == OK);
}

static bool has_protection(const struct aspace *aspace, vaddr_t start,
			   uint64_t bytes, unsigned int protection)
{
	for (size_t i = first_behind(aspace, start);
	     i < aspace->count && aspace->areas[i].start.va < start.va + bytes;
	     i++) {
		if (aspace->areas[i].protection != protection) {
			return false;
		}
	}
	return true;
}

enum err aspace_protect(struct aspace *aspace, vaddr_t start, uint64_t bytes,
			unsigned int protection)
{
	struct cut cuts[2];
	enum err error;

	protection = with_read(protection);
	if (!is_range(aspace, start, bytes) ||
	    !is_covered(aspace, start, bytes)) {
		return ERR_RANGE;
	}
	if (is_denied(aspace, protection)) {
		return ERR_DENIED;
	}
	if (has_protection(aspace, start, bytes, protection)) {
		return OK;
	}
	error = cut(aspace, start, bytes, cuts);
	if (error != OK) {
		return error;
	}
	error = aspace_leaves_protect(aspace, start, bytes, protection);
	if (error != OK) {
		each_area(aspace, start, bytes, restore, 0);
		mend(aspace, cuts);
		return error;
	}
	each_area(aspace, start, bytes, set_protection, protection);
	join_areas(aspace);
	return OK;
}
