/* SPDX-License-Identifier: MIT */
/*
 * Parts of the address space, and the attributes they are to have.
 *
 * Pass 2 of building the kernel's address space (direct_map.h).
 */
#ifndef MM_REGIONS_H
#define MM_REGIONS_H

#include "mm/pgtable.h"

/* A part of the address space with the attributes it is to have. */
struct region {
	vaddr_t start;
	uint64_t bytes;
	/* The memory that lies there; unused if nothing is to be mapped. */
	paddr_t memory;
	attrs_t attrs;
	bool hole; /* Nothing is to be mapped: a guard. */
	const char *name;
};

#define REGIONS_MAX 24

/* Ascending by start, without overlaps. */
struct region_table {
	size_t count;
	struct region regions[REGIONS_MAX];
};

/*
 * Pass 2: every leaf in a region of the table gets the attributes of the
 * region, as far as the platform has them; a hole is unmapped. What is right
 * already is not written. A leaf across a border is a panic (DM-3). Ends with
 * a full flush if anything was written.
 */
void regions_apply(struct pgtable *pt, const struct region_table *table);

#endif
