/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: mappings in the lower half.
 *
 * An address space is a list of areas: what is to be at some addresses, who may
 * do what there, and with which memory type. The page tables follow the list.
 * Nothing is mapped until it is touched; then the page fault maps that page.
 * Where an area permits nothing, nothing is present, and what comes back later
 * is made from the area again.
 *
 * ASPACE-1 Areas are whole pages of the lower half and do not overlap.
 * ASPACE-2 A leaf there belongs to an area: it has the frame, the rights and
 *	    the memory type of the area, and users may pass all levels above it.
 * ASPACE-3 A leaf has the memory type of its area after every store, whatever
 *	    is done to its rights or to its size.
 * ASPACE-4 RAM has the same memory type in the direct map: before the first
 *	    leaf for it is stored, and until the last one has been flushed; then
 *	    it is write-back again.
 * ASPACE-5 When a call returns, no flush is owed for what it changed. What
 *	    changes nothing stores nothing and flushes nothing.
 * ASPACE-6 An error leaves areas, rights, types and memory as they were.
 * ASPACE-7 What was unmapped leaves nothing: no page, no page table, no
 *	    reservation of a type, no entry in any table.
 * ASPACE-8 A page without other backing is zero at first, and keeps what is
 *	    written there as long as its area does.
 */
#ifndef MM_ASPACE_H
#define MM_ASPACE_H

#include "arch/x86/traps.h"
#include "mm/cpa.h"
#include "mm/frame_tree.h"
#include "mm/memtype.h"

/* What may be done; whatever may be written or executed may be read. 0 is no
 * access. */
#define ASPACE_READ    0x1
#define ASPACE_WRITE   0x2
#define ASPACE_EXECUTE 0x4

enum aspace_backing {
	ASPACE_ANONYMOUS, /* Pages of the allocator, one for each when it is
			   * touched. */
	ASPACE_RAM,	  /* Pages that the allocator gave to the caller. */
	ASPACE_DEVICE	  /* Machine frames that are not RAM of ours. */
};

struct aspace_area {
	vaddr_t start;
	uint64_t bytes;
	unsigned int protection;
	enum memtype type; /* Anonymous pages are write-back. */
	enum aspace_backing backing;
	pfn_t ram;    /* The first of frames in order, */
	mfn_t device; /* in whichever numbers they have. */
};

#define ASPACE_AREAS_MAX 64

struct aspace {
	struct pgtable *pt;	 /* Whose lower half it is, all of it. */
	struct cpa_space kernel; /* Where RAM is mapped as well. */
	struct memtypes *types;
	struct frame_tree frames; /* Anonymous pages, by number of page. */
	size_t count;
	struct aspace_area areas[ASPACE_AREAS_MAX]; /* Ascending. */
};

/* An empty one. The lower half of the page tables must be empty too; it is the
 * address space's from now on. */
void aspace_init(struct aspace *aspace, struct pgtable *pt,
		 struct cpa_space kernel, struct memtypes *types);

/* The bytes of the lower half: those below the first address that is not
 * canonical. */
static inline uint64_t aspace_bytes(const struct aspace *aspace)
{
	return BIT(level_shift(aspace->pt->levels) + 8);
}

/*
 * Adds an area, as it is described. *granted is its type: the one in area, or
 * the next stricter one that the PAT layout has. RAM that is to have another
 * type than write-back is changed wherever the kernel has it.
 *
 * ERR_RANGE: no whole pages, no pages at all, or not in the lower half; there
 * is an area already; frames are not what backing says; a type for anonymous
 * pages. ERR_DENIED: to write and to execute. ERR_CONFLICT: others have the
 * frames with another type, or RAM, which only one may change, with a type.
 * ERR_REFUSED: the platform has no other types than write-back for RAM.
 * ERR_FULL: no room for an area, or for its type. ERR_NOMEM: none to change the
 * type with.
 */
enum err aspace_map(struct aspace *aspace, const struct aspace_area *area,
		    enum memtype *granted) MUST_CHECK;

/*
 * Takes away all areas, and parts of areas, in the range; there need not be
 * any. Anonymous pages are freed, frames are the caller's again, and RAM is
 * write-back.
 *
 * ERR_RANGE as above. ERR_FULL: no room to cut an area. ERR_NOMEM: none to cut
 * a large leaf with, or to make RAM write-back with; in the last case areas
 * below that one are gone already. ERR_REFUSED: the platform refuses a store.
 */
enum err aspace_unmap(struct aspace *aspace, vaddr_t start,
		      uint64_t bytes) MUST_CHECK;

/*
 * Gives the range, which areas must cover, another protection. What is present
 * is changed in one batch (pgtable.h; more of them if it is more than fits) and
 * flushed, or taken away if nothing is permitted.
 *
 * ERR_RANGE: as above, or no area. ERR_DENIED, ERR_FULL, ERR_NOMEM, ERR_REFUSED
 * as above.
 */
enum err aspace_protect(struct aspace *aspace, vaddr_t start, uint64_t bytes,
			unsigned int protection) MUST_CHECK;

/*
 * Makes one leaf of 2 MiB of the 512 at start, which must be present, in one
 * area, with frames in order; or the other way round. Nothing but the size
 * changes. What has that size already stays as it is, and so does, for
 * aspace_use_small, what is not present.
 *
 * ERR_RANGE: start is not that of a leaf of 2 MiB, no area has all of it, or it
 * cannot be one leaf. ERR_REFUSED: the platform has no such leaves. ERR_NOMEM:
 * none for a table.
 */
enum err aspace_use_large(struct aspace *aspace, vaddr_t start) MUST_CHECK;
enum err aspace_use_small(struct aspace *aspace, vaddr_t start) MUST_CHECK;

/*
 * Maps the page that a fault asks for. True if the access should be tried
 * again: the area permits it, and the page was not there. Out of memory, or
 * refused by the platform, it is a fault like any other.
 */
bool aspace_fault(struct aspace *aspace, const struct fault *fault) MUST_CHECK;

/* Page faults ask this one from now on, NULL for none, before whoever else is
 * asked (traps.h); who sets himself above it there must be gone before NULL.
 * Returns the one before. */
struct aspace *aspace_use(struct aspace *aspace);

/* The area of an address, or NULL. */
const struct aspace_area *aspace_find(const struct aspace *aspace,
				      vaddr_t address);

#endif
