/* SPDX-License-Identifier: MIT */
/*
 * Who uses which memory type.
 *
 * To map one frame with two memory types is undefined, and can end in a failure
 * of the machine (Intel SDM vol. 3, 12.12.4). So whoever wants to map a frame
 * with a type reserves it first, and is refused if somebody has it with
 * another. This is bookkeeping only: no page table is read or changed, and
 * nobody is made to ask.
 *
 * There are two kinds of frames, told apart by the map of RAM. A device's are
 * named by their machine frame numbers and reserved once for each mapping of
 * them, so reservations overlap, in an interval tree. RAM is named by our own
 * frame numbers. Its type is that of its page in the direct map and belongs to
 * whoever was handed the page: it stands in the allocator's record, costs
 * nothing however many pages there are, and is not shared.
 *
 * MEMTYPE-1 A frame has one type: device reservations that overlap have the
 *	     same, pages of RAM have one reservation each, or none.
 * MEMTYPE-2 A call that fails changes nothing.
 * MEMTYPE-3 What is freed was reserved just so: first frame, number, type.
 * MEMTYPE-4 A type that is granted is one the PAT layout has, and is the one
 *	     that was wanted or a stricter one.
 * MEMTYPE-5 A page goes back to the allocator only without a reservation
 *	     (PAGE-3).
 */
#ifndef MM_MEMTYPE_H
#define MM_MEMTYPE_H

#include "arch/x86/pv.h"
#include "mm/interval.h"
#include "mm/page_alloc.h"

/* All zero but for the first three members: nothing is reserved. */
struct memtypes {
	const struct pv *pv; /* Its PAT layout and its frame numbers. */
	struct page_alloc *pages;
	const struct memory_map *ram; /* Normalised. */
	struct interval_tree devices;
};

/* What becomes of a request if others have some of the frames with a type that
 * is not the one wanted. */
enum memtype_how {
	MEMTYPE_EXACT, /* It is refused. */
	MEMTYPE_SHARE  /* Theirs is taken if it is one only, and stricter. */
};

/* Each frame of a range of a device is looked at; no more can be mapped at once
 * (iomap.h). */
#define MEMTYPE_PAGES_MAX (IOMAP_BYTES / PAGE_BYTES)

/* The type of a frame that is no RAM and that nobody has reserved. */
#define MEMTYPE_NONE MT_COUNT

/*
 * May who wants the second type be given the first one instead? UC is stricter
 * than UC-, that than WT, WP and WC, these than WB. Of the three none is
 * stricter than another: WC caches nothing, but lets writes be seen out of
 * their order, which the other two do not (SDM vol. 3, 12.3).
 */
bool memtype_is_stricter(enum memtype type, enum memtype than);

/*
 * The type to use where that one is wanted: itself if the layout has it, else
 * the next stricter one that it has. UC must be in the layout.
 */
enum memtype memtype_possible(const struct pat *pat, enum memtype want);

/*
 * Reserves frames that are not RAM. *granted is the type to map them with and
 * to free them with: memtype_possible(want), or with MEMTYPE_SHARE what others
 * have there. So MEMTYPE_SHARE with MT_WB takes whatever there is.
 *
 * ERR_RANGE if there are no pages, more than MEMTYPE_PAGES_MAX, numbers that no
 * frame has, or RAM of ours among them. ERR_CONFLICT if others have some of the
 * frames with another type; *granted is the type of the first of those.
 * ERR_FULL if there are INTERVALS_MAX different ranges; one that is reserved
 * already can be reserved even then. But for ERR_CONFLICT, *granted is as it
 * was.
 */
enum err memtype_reserve(struct memtypes *types, mfn_t first, uint64_t pages,
			 enum memtype want, enum memtype_how how,
			 enum memtype *granted) MUST_CHECK;

/* Takes back one reservation. ERR_RANGE if there is none of that first frame,
 * number and type. */
enum err memtype_free(struct memtypes *types, mfn_t first, uint64_t pages,
		      enum memtype type) MUST_CHECK;

/*
 * Reserves pages that the allocator handed out and that are no page tables.
 * *granted is the type to have them with in the direct map, and to free them
 * with: memtype_possible(want). Whether the platform lets us have it is for the
 * caller to know (struct paging, memtypes).
 *
 * RAM is write-back unless it is reserved. To reserve it as that only makes
 * sure that it is so, for now, and to free it as that does the same.
 *
 * ERR_RANGE if there are no pages or others among them, not RAM for instance.
 * ERR_CONFLICT if any of them is reserved, even with the type that is wanted;
 * *granted is the type of the first of those. But for that, as it was.
 */
enum err memtype_reserve_ram(struct memtypes *types, pfn_t first,
			     uint64_t pages, enum memtype want,
			     enum memtype *granted) MUST_CHECK;

/* Takes back a reservation: the pages are write-back. ERR_RANGE if there is
 * none of that first page, number and type. */
enum err memtype_free_ram(struct memtypes *types, pfn_t first, uint64_t pages,
			  enum memtype type) MUST_CHECK;

/* The type of any frame there can be: that of the page for RAM of ours, for
 * others that of the reservations, or MEMTYPE_NONE. */
enum memtype memtype_of(const struct memtypes *types, mfn_t frame);

#endif
