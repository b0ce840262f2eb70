/* SPDX-License-Identifier: MIT */
/*
 * The direct map, in two passes: the second is in regions.h.
 *
 * Pass 1 makes all of RAM reachable: with the largest leaves that fit, and one
 * set of attributes for all. Pass 2 gives each region the attributes it is to
 * have, and never changes a page size. Between them, and after, lies a full
 * flush. One pass that did both would have to change size and attributes of
 * pages in use in one store, which the TLB need not survive.
 *
 * DM-1 Pass 1 leaves every present entry alone.
 * DM-2 Every page of RAM is mapped once, and nothing else is.
 * DM-3 No leaf lies across the border of a region, so pass 2 need not split.
 * DM-4 The entries written are as many as are needed, and no more.
 */
#ifndef MM_DIRECT_MAP_H
#define MM_DIRECT_MAP_H

#include "mm/regions.h"

/* The virtual address of memory in the direct map. */
static inline vaddr_t direct_map_vaddr(paddr_t address)
{
	return vaddr(DIRECT_MAP_VADDR + address.pa);
}

/* The largest leaf, up to leaf_max, for which addresses and bytes will do. */
level_t map_largest_leaf(uint64_t va, uint64_t pa, uint64_t bytes,
			 level_t leaf_max);

/* The entry of the level for the address, with the tables above it made if they
 * are missing; or a leaf above it, if there is one; or what a table that is
 * there already has below it. In the lower half they let users pass. ERR_NOMEM
 * if a table is not to be had, ERR_REFUSED if the platform refuses one. */
enum err map_make_way(struct pgtable *pt, vaddr_t address, level_t level,
		      const struct region_table *regions,
		      struct found *found) MUST_CHECK;

/*
 * Maps bytes of memory from start, in leaves no larger than leaf_max and the
 * platform's own limit, each as large as the alignment of both addresses and
 * the borders of the table's regions allow. attrs are those of all leaves; but
 * where all leaves are of one page, an upper entry whose regions are none of
 * them executable withholds that right for all. A
 * present entry is left alone and counted (audit->kept). Needs no flush.
 * ERR_NOMEM if a page table is not to be had, ERR_REFUSED if the platform
 * refuses an entry: then what was mapped so far stays mapped.
 */
enum err map_range(struct pgtable *pt, const struct region *range,
		   level_t leaf_max,
		   const struct region_table *borders) MUST_CHECK;

/* The same for machine frames that are not RAM of ours, in leaves of one page
 * with just these attributes. */
enum err map_device(struct pgtable *pt, vaddr_t start, uint64_t bytes,
		    mfn_t frame, attrs_t attrs) MUST_CHECK;

/* Pass 1: every range of RAM of the map, uniformly writable. */
enum err direct_map_build(struct pgtable *pt, const struct memory_map *map,
			  const struct region_table *borders) MUST_CHECK;

#endif
