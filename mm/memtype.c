// SPDX-License-Identifier: MIT
/*
 * Who uses which memory type.
 */
#include "mm/memtype.h"

#include "lib/assert.h"

#define FRAMES_MAX BIT(PADDR_BITS - PAGE_SHIFT)

/* ---- Types --------------------------------------------------------------- */

static unsigned int strictness(enum memtype type)
{
	static const uint8_t ranks[MT_COUNT] = {
		[MT_WB] = 0, [MT_WT] = 1,	[MT_WP] = 1,
		[MT_WC] = 1, [MT_UC_MINUS] = 2, [MT_UC] = 3,
	};

	ASSERT(type < MT_COUNT);
	return ranks[type];
}

bool memtype_is_stricter(enum memtype type, enum memtype than)
{
	return strictness(type) > strictness(than);
}

/* The types stand in the order of their ranks. */
enum memtype memtype_possible(const struct pat *pat, enum memtype want)
{
	enum memtype type = want;

	ASSERT(pat_index(pat, MT_UC) >= 0 && want < MT_COUNT);
	while (pat_index(pat, type) < 0 ||
	       (type != want && !memtype_is_stricter(type, want))) {
		type++;
	}
	return type;
}

/* ---- Frames -------------------------------------------------------------- */

static bool are_frames(uint64_t first, uint64_t pages)
{
	return pages != 0 && pages <= FRAMES_MAX && first <= FRAMES_MAX - pages;
}

/* The frame of RAM that has the number, or PFN_NONE. */
static pfn_t ram_at(const struct memtypes *types, mfn_t frame)
{
	pfn_t own = types->pv->mfn_to_pfn(frame);

	return !pfn_eq(own, PFN_NONE) &&
			       memory_map_is_ram(types->ram, pfn_paddr(own),
						 PAGE_BYTES)
		       ? own
		       : PFN_NONE;
}

/* Frames that are next to each other need not be so in our own numbers. */
static bool are_device(const struct memtypes *types, mfn_t first,
		       uint64_t pages)
{
	if (pages > MEMTYPE_PAGES_MAX || !are_frames(first.mfn, pages)) {
		return false;
	}
	for (uint64_t i = 0; i < pages; i++) {
		if (!pfn_eq(ram_at(types, mfn(first.mfn + i)), PFN_NONE)) {
			return false;
		}
	}
	return true;
}

/* Handed out, and no tables. */
static bool are_pages(const struct memtypes *types, pfn_t first, uint64_t pages)
{
	if (!are_frames(first.pfn, pages) ||
	    !memory_map_is_ram(types->ram, pfn_paddr(first),
			       pages << PAGE_SHIFT)) {
		return false;
	}
	for (uint64_t i = 0; i < pages; i++) {
		if (page_kind_of(types->pages, pfn(first.pfn + i)) !=
		    PAGE_TEST) {
			return false;
		}
	}
	return true;
}

/* The first type other than write-back among the pages, or that. */
static enum memtype first_type(const struct memtypes *types, pfn_t first,
			       uint64_t pages)
{
	enum memtype type = MT_WB;

	for (uint64_t i = 0; i < pages && type == MT_WB; i++) {
		type = page_memtype(types->pages, pfn(first.pfn + i));
	}
	return type;
}

/* ---- Devices ------------------------------------------------------------- */

/* The first reservation of any of the frames whose type is not that one. */
static const struct interval *find_other(const struct memtypes *types,
					 mfn_t first, uint64_t pages, int type)
{
	return interval_find(&types->devices, first.mfn, first.mfn + pages,
			     type);
}

/* MEMTYPE-1: the type for the frames, or ERR_CONFLICT with that of the first
 * reservation in the way. */
static enum err choose(const struct memtypes *types, mfn_t first,
		       uint64_t pages, enum memtype *type, enum memtype_how how)
{
	const struct interval *other =
		find_other(types, first, pages, (int)*type);
	enum memtype theirs;

	if (other == NULL) {
		return OK;
	}
	theirs = (enum memtype)other->value;
	if (how == MEMTYPE_SHARE && memtype_is_stricter(theirs, *type) &&
	    find_other(types, first, pages, other->value) == NULL) {
		*type = theirs;
		return OK;
	}
	*type = theirs;
	return ERR_CONFLICT;
}

enum err memtype_reserve(struct memtypes *types, mfn_t first, uint64_t pages,
			 enum memtype want, enum memtype_how how,
			 enum memtype *granted)
{
	enum memtype type = memtype_possible(&types->pv->paging->pat, want);
	enum err error;

	if (!are_device(types, first, pages)) {
		return ERR_RANGE;
	}
	error = choose(types, first, pages, &type, how);
	if (error == OK) {
		error = interval_insert(&types->devices, first.mfn,
					first.mfn + pages, (int)type);
	}
	if (error != ERR_FULL) {
		*granted = type;
	}
	return error;
}

enum err memtype_free(struct memtypes *types, mfn_t first, uint64_t pages,
		      enum memtype type)
{
	return are_frames(first.mfn, pages) &&
			       interval_remove(&types->devices, first.mfn,
					       first.mfn + pages, (int)type)
		       ? OK
		       : ERR_RANGE;
}

/* ---- RAM ----------------------------------------------------------------- */

enum err memtype_reserve_ram(struct memtypes *types, pfn_t first,
			     uint64_t pages, enum memtype want,
			     enum memtype *granted)
{
	enum memtype type = memtype_possible(&types->pv->paging->pat, want);
	enum memtype theirs;

	if (!are_pages(types, first, pages)) {
		return ERR_RANGE;
	}
	theirs = first_type(types, first, pages);
	if (theirs != MT_WB) {
		*granted = theirs;
		return ERR_CONFLICT;
	}
	page_set_memtype(types->pages, first, pages, type);
	*granted = type;
	return OK;
}

enum err memtype_free_ram(struct memtypes *types, pfn_t first, uint64_t pages,
			  enum memtype type)
{
	if (!are_pages(types, first, pages) ||
	    page_memtype(types->pages, first) != type ||
	    (type == MT_WB ? first_type(types, first, pages) != MT_WB
			   : page_memtype_run(types->pages, first) != pages)) {
		return ERR_RANGE;
	}
	page_set_memtype(types->pages, first, pages, MT_WB);
	return OK;
}

/* ---- Both ---------------------------------------------------------------- */

enum memtype memtype_of(const struct memtypes *types, mfn_t frame)
{
	pfn_t own = ram_at(types, frame);
	const struct interval *device;

	if (!pfn_eq(own, PFN_NONE)) {
		return page_memtype(types->pages, own);
	}
	if (!are_frames(frame.mfn, 1)) {
		return MEMTYPE_NONE;
	}
	device = find_other(types, frame, 1, INTERVAL_NO_VALUE);
	return device == NULL ? MEMTYPE_NONE : (enum memtype)device->value;
}
