/* SPDX-License-Identifier: MIT */
/*
 * Change page attributes.
 *
 * The operations are those of Linux's set_memory family, on pages of the
 * kernel's address space. Rights are changed in the mapping that is named; a
 * memory type in every mapping of the memory, because memory that is mapped
 * with two types is undefined (Intel SDM vol. 3, 12.12.4).
 *
 * First everything that can fail is done, then everything is changed: check
 * all pages, split what is too large, take memory for the log, store, flush,
 * write the cache back, join what can be joined. What is refused in the middle
 * is taken back.
 *
 * CPA-1 A page has the attributes that were asked for, less what its region
 *	 never grants (regions.h), and nothing else of it has changed.
 * CPA-2 Nothing is stored, and nothing flushed, where nothing changes.
 * CPA-3 No page size changes together with attributes; a large leaf that is
 *	 changed as a whole stays one.
 * CPA-4 Neighbours that can be one large leaf again are, unless they were asked
 *	 to stay small.
 * CPA-5 An error leaves all as it was, but for tables without a page in them
 *	 that p may have made.
 * CPA-6 Memory that leaves write-back is written back to memory.
 */
#ifndef MM_CPA_H
#define MM_CPA_H

#include "mm/regions.h"

enum cpa_kind {
	CPA_CHANGE, /* Of attributes, of pages that are present. */
	CPA_UNMAP,  /* Not present: the entries hold nothing. */
	/* Present, as the region has it; with the type that the memory has in
	 * another mapping, if there is one. */
	CPA_MAP,
	CPA_SMALL, /* 4 KiB leaves, to stay so. */
	CPA_LARGE  /* Leaves of any size again. */
};

struct cpa_op {
	const char *name;
	enum cpa_kind kind;
	struct attrs_change change;
	bool no_flush; /* The debt is left to the caller. */
};

extern const struct cpa_op cpa_ro, cpa_rw, cpa_x, cpa_nx, cpa_rox;
extern const struct cpa_op cpa_wb, cpa_wt, cpa_wp, cpa_wc, cpa_uc_minus, cpa_uc;
extern const struct cpa_op cpa_global, cpa_nonglobal;
extern const struct cpa_op cpa_np, cpa_p, cpa_4k, cpa_any;
/* For pages of the direct map that are about to be used by others, one after
 * the other; the flush comes later, and for all of them. */
extern const struct cpa_op cpa_invalid, cpa_default;

/* All of them: for who goes through them, up to NULL. */
extern const struct cpa_op *const cpa_ops[];

enum cpa_form { CPA_RANGE, CPA_ADDRESSES, CPA_FRAMES };

struct cpa_pages {
	enum cpa_form form;
	uint64_t count; /* Of pages. */
	vaddr_t start;	/* CPA_RANGE */
	const vaddr_t *addresses;
	const pfn_t *frames; /* By their mapping in the direct map. */
};

static inline struct cpa_pages cpa_range(vaddr_t start, uint64_t count)
{
	return (struct cpa_pages){ CPA_RANGE, count, start, NULL, NULL };
}

static inline struct cpa_pages cpa_addresses(const vaddr_t *addresses,
					     uint64_t count)
{
	return (struct cpa_pages){
		CPA_ADDRESSES, count, { 0 }, addresses, NULL
	};
}

static inline struct cpa_pages cpa_frames(const pfn_t *frames, uint64_t count)
{
	return (struct cpa_pages){ CPA_FRAMES, count, { 0 }, NULL, frames };
}

struct cpa_result {
	uint64_t narrowed; /* Pages or leaves that got less than was asked; a
			    * page that is named twice counts twice. */
	enum memtype type; /* That was given, if one was asked for: the next
			    * stricter one if the PAT layout lacks it. */
	uint64_t changed;  /* Leaves with other attributes than before, */
	uint64_t split;	   /* large leaves that were cut up, */
	uint64_t joined;   /* and tables that became one. */
	uint64_t flushes;
	uint64_t cache_lines;
	/* ERR_RANGE, ERR_DENIED, ERR_REFUSED: where, */
	vaddr_t where;
	/* ERR_REFUSED: and the platform's own number. */
	long reason;
};

struct cpa_space {
	struct pgtable *pt;
	const struct region_table *regions;
	const struct memory_map *ram; /* What p may map, beside devices. */
};

/*
 * Does op to the pages. Each is named by any mapping in a region; one that is
 * named twice is done once. No pages at all are done at once. *result, which
 * may be NULL, tells what it took, and why not.
 *
 * ERR_RANGE: an address is not that of a page, or lies in no region or in a
 * hole; or a page is not present, by any of the mappings that are to change,
 * and op is of kind CPA_CHANGE; or p is to map what is no RAM. np does not mind
 * pages that are not there, nor p those that are.
 * ERR_DENIED: a page would be writable and executable, by all levels.
 * ERR_REFUSED: the platform refuses; memory types other than write-back, in a
 * domain without a right to hardware.
 * ERR_NOMEM: no memory for a table.
 * ERR_FULL: what was there before is of too many kinds in turn to be noted.
 */
enum err cpa_change(const struct cpa_space *space, const struct cpa_op *op,
		    const struct cpa_pages *pages,
		    struct cpa_result *result) MUST_CHECK;

/* For more than so many pages, a flush of everything is cheaper than one of
 * each (Linux, arch/x86/mm/tlb.c, tlb_single_page_flush_ceiling). */
#define CPA_FLUSH_PAGES_MAX 33

#endif
