/* SPDX-License-Identifier: MIT */
/*
 * The census: what the page tables in use hold.
 *
 * The walker is one of its own, with bits from the manual: it shares nothing
 * with mm/walk.c and arch/x86/pte.c, so that a mistake there does not hide
 * itself. It reads every entry once, so its work is proportional to tables and
 * not to memory, and judges each, or the first of many alike, by what the
 * memory map, the symbols of the image and the list of device frames say. For
 * tests.
 */
#ifndef MM_CENSUS_H
#define MM_CENSUS_H

#include "arch/x86/addr.h"

#define CENSUS_LEVELS 5

enum census_rule {
	CENSUS_RAM,    /* RAM in the direct map: all, once, in its place. */
	CENSUS_STRAY,  /* Nothing else is mapped. */
	CENSUS_LOWER,  /* Nothing in the lower half, not even a table. */
	CENSUS_WX,     /* Nothing writable and executable. */
	CENSUS_RIGHTS, /* Each part has the rights it is to have. */
	CENSUS_TYPE,   /* Write-back, but for device frames. */
	CENSUS_TABLE,  /* Tables are live pages of the allocator. */
	CENSUS_TABLE_WRITABLE, /* None is, by any of its mappings. */
	CENSUS_NONE,	       /* An entry that is not present holds nothing. */
	CENSUS_IMAGE,  /* The image: all but the guards, in its place. */
	CENSUS_DEVICE, /* Device frames: as the list of them says. */
	CENSUS_RULES
};

/* An entry that was met, with what it and all above it grant. */
struct census_entry {
	uint64_t va;
	uint64_t bits;
	uint64_t bytes;
	paddr_t memory; /* What it leads to; all ones if that is not ours. */
	unsigned int level;
	bool write;
	bool execute;
	bool user;
};

struct census {
	/* Facts. */
	unsigned int levels;
	bool nx;
	uint64_t pat;  /* The MSR. */
	paddr_t image; /* Where the image is. */
	/* Results. */
	struct {
		uint64_t count;
		struct census_entry first;
	} broken[CENSUS_RULES];
	uint64_t complaints;		    /* The sum of the counts. */
	uint64_t leaves[CENSUS_LEVELS + 1]; /* By level; no device frames. */
	uint64_t device_pages;
	uint64_t tables; /* The root is one of them. */
	/* Up to where RAM and the image have been met. */
	size_t ram_range;
	uint64_t ram_done;
	uint64_t image_done;
};

/* Walks the tables in use, which must be the kernel's own. The result stays
 * until the next call. */
const struct census *census_take(void);

/* Where the address is in memory; false if nothing is mapped there. By the
 * walker of the census, as of now. */
bool census_translate(vaddr_t address, paddr_t *memory);

#endif
