/* SPDX-License-Identifier: MIT */
/*
 * Parts of the address space, and the attributes they are to have.
 *
 * Pass 2 of building the kernel's address space (direct_map.h).
 */
#ifndef MM_REGIONS_H
#define MM_REGIONS_H

#include "mm/walk.h"

/* A part of the address space with the attributes it is to have. */
struct region {
	vaddr_t start;
	uint64_t bytes;
	/* The memory that lies there; unused if nothing is to be mapped, or if
	 * a device's frames are. */
	paddr_t memory;
	attrs_t attrs;
	rights_t never; /* What no leaf there is ever granted. */
	bool hole;	/* Nothing is to be mapped: a guard. */
	bool device;	/* These machine frames, which are not ours. */
	mfn_t frames;
	const char *name;
};

#define REGIONS_MAX 24

/* Ascending by start, without overlaps. */
struct region_table {
	size_t count;
	struct region regions[REGIONS_MAX];
};

/* The region of an address, or NULL. */
const struct region *region_find(const struct region_table *table,
				 vaddr_t address);

/* A part of the address space that maps the same memory as another one. */
struct alias {
	uint64_t offset; /* From the other's start. */
	uint64_t bytes;
	vaddr_t start;
};

/* The first part of the bytes from an address of the region whose memory is
 * mapped in another region too; false if there is none. */
bool region_next_alias(const struct region_table *table,
		       const struct region *region, vaddr_t address,
		       uint64_t bytes, struct alias *alias);

/* The machine frame at an address of the region, which is no hole. */
mfn_t region_frame(const struct pgtable *pt, const struct region *region,
		   vaddr_t address);

/*
 * What a leaf must hold so that, with all above it, its attributes are want, as
 * far as the platform has them. A right that an entry above withholds from all
 * stays as it is in the leaf.
 */
attrs_t leaf_attrs(const struct paging *paging, const struct found *found,
		   attrs_t want);

/*
 * Pass 2: every leaf in a region of the table gets the attributes of the
 * region, as far as the platform has them; a hole is unmapped. What is right
 * already is not written. A leaf across a border is a panic (DM-3). Ends with
 * a full flush if anything was written.
 */
void regions_apply(struct pgtable *pt, const struct region_table *table);

#endif
