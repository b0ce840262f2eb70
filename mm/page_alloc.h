/* SPDX-License-Identifier: MIT */
/*
 * Page allocator.
 *
 * Hands out single pages of RAM and knows of every frame what it is: the one
 * truth that the builder of tables, the census and the tests share.
 *
 * RAM may begin at 1 TiB and lie scattered to 25 TiB, so nothing here is sized
 * by the highest frame or walks up to it. Each range of RAM is given out from
 * its bottom, in groups of PAGE_GROUP frames. The first frame of a group is
 * taken when the group is begun and holds one byte for each of its frames;
 * frames of groups that were never begun are free without a record.
 *
 *	range:  [s..........][s..........][s.....   |              ]
 *	         group 0      group 1      group 2  next           end
 *
 * PAGE-1 A frame is handed out at most once before it is freed.
 * PAGE-2 A page that is handed out is zero.
 * PAGE-3 A page is freed at most once, not as a live table, not while a flush
 *	  is owed, not if the direct map has it other than write-back, or if
 *	  its memory type is another by its record.
 */
#ifndef MM_PAGE_ALLOC_H
#define MM_PAGE_ALLOC_H

#include "arch/x86/memory_map.h"
#include "arch/x86/pat.h"

enum page_kind {
	PAGE_FREE,
	PAGE_RECORD,	 /* The allocator's own. */
	PAGE_TABLE,	 /* A page table that no entry leads to. */
	PAGE_TABLE_LIVE, /* One that is in use. */
	PAGE_TABLE_KEPT, /* The same, and no large leaf is to replace it. */
	PAGE_RETIRED,	 /* Was a table, and is about to be freed. */
	PAGE_TEST,	 /* Handed to a test. */
	PAGE_USER,	 /* Of an address space: memory, or its records. */
	PAGE_IMAGE,	 /* The kernel. */
	PAGE_BOOT,	 /* Firmware's, or the loader's; RAM or not. */
	PAGE_NOT_RAM,
	PAGE_KIND_COUNT
};

#define PAGE_GROUP PAGE_BYTES

/* Image, low memory, module, the loader's, and some to spare. */
#define PAGE_RESERVED_MAX 8

struct page_range {
	pfn_t start;
	pfn_t next; /* The first that was never handed out. */
	pfn_t end;
};

struct page_reserved {
	pfn_t start;
	pfn_t end;
	enum page_kind kind;
};

struct page_alloc {
	size_t range_count;
	struct page_range ranges[MEMORY_MAP_MAX + PAGE_RESERVED_MAX];
	size_t reserved_count;
	struct page_reserved reserved[PAGE_RESERVED_MAX];
	uint64_t freed; /* Frame number of the page freed last, 0: none. */
	uint64_t counts[PAGE_KIND_COUNT]; /* Handed out, by kind. */
	uint64_t fail_at; /* Calls until one fails; 0: none does. */
	/*
	 * Asked before a page is taken back; a reason not to, or NULL. May be
	 * NULL itself.
	 */
	const char *(*in_use)(pfn_t frame);
};

/*
 * Keeps the frames that bytes from start lie in, whole, out of what is handed
 * out. Ranges may overlap; the kind given last counts. After page_alloc_init
 * it only tells more of what was kept out by then.
 */
void page_alloc_reserve(struct page_alloc *pages, paddr_t start, uint64_t bytes,
			enum page_kind kind);

/* Gives RAM that was kept out to the allocator: it is free from now on,
 * whatever it was reserved as. Nobody else may use it any more. */
void page_alloc_unreserve(struct page_alloc *pages, struct frame_range frames);

/* Takes the RAM of the map, which must be normalised, less what is reserved. */
void page_alloc_init(struct page_alloc *pages, const struct memory_map *map);

/* The end of the first count frames that will be handed out, records among
 * them; of all if there are not so many. */
paddr_t page_alloc_end_of(const struct page_alloc *pages, uint64_t count);

/*
 * Takes count frames in order, the first a multiple of align, from the end of
 * the highest range that has so many which were never handed out. They hold
 * anything; they and what lies behind them in their range are PAGE_TEST, until
 * page_alloc_give_run gives them back: the run that was taken last first.
 * ERR_NOMEM if there is no such run.
 */
enum err page_alloc_take_run(struct page_alloc *pages, uint64_t count,
			     uint64_t align, pfn_t *first) MUST_CHECK;
void page_alloc_give_run(struct page_alloc *pages, pfn_t first);

/*
 * A zeroed page, from the lowest range that has one which can be reached
 * (phys.h). ERR_NOMEM if there is none, or if the call was told to fail.
 */
enum err page_alloc(struct page_alloc *pages, enum page_kind kind,
		    pfn_t *frame) MUST_CHECK;

/* Why the frame cannot be taken back, or NULL: it is free already, a live
 * table, was never handed out, has another memory type than write-back, or
 * in_use objects. Changes nothing. */
const char *page_free_refusal(const struct page_alloc *pages, pfn_t frame);

/* Takes a page back; a panic if there is a refusal (PAGE-3). */
void page_free(struct page_alloc *pages, pfn_t frame);

/* Of any frame whatever. */
enum page_kind page_kind_of(const struct page_alloc *pages, pfn_t frame);

/* Is it a page table, live or not? */
bool page_is_table(const struct page_alloc *pages, pfn_t frame);

/* How many frames from this one on, at least 1 and at most max, are tables if
 * it is one and none if it is not. */
uint64_t page_run_of_tables(const struct page_alloc *pages, pfn_t frame,
			    uint64_t max);

/* For a frame that was handed out, and is write-back: a table goes live, or is
 * taken out. */
void page_set_kind(struct page_alloc *pages, pfn_t frame, enum page_kind kind);

/*
 * The memory type that the frame was given. Write-back for one that has no
 * record: free in a group that was never begun, reserved, or no RAM at all.
 */
enum memtype page_memtype(const struct page_alloc *pages, pfn_t frame);

/* How many frames were given their type by the call that had this one as its
 * first; 0 if none had, or if it is write-back. */
uint64_t page_memtype_run(const struct page_alloc *pages, pfn_t frame);

/*
 * Writes down the type of count frames, each handed out and no table; anything
 * else is a panic. Whoever calls it keeps the rules of mm/memtype.h.
 */
void page_set_memtype(struct page_alloc *pages, pfn_t frame, uint64_t count,
		      enum memtype type);

/* The n-th call of page_alloc from now on fails, and only that; 0: none. */
void page_alloc_fail_at(struct page_alloc *pages, uint64_t n);

/* "free", "page table", ... */
const char *page_kind_name(enum page_kind kind);

#endif
