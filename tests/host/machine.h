/* SPDX-License-Identifier: MIT */
/*
 * A machine for tests of page tables.
 *
 * Memory of any size (sparse_memory.h), an allocator, an auditor, and a set of
 * page tables on a platform that is made for each test: the facts are those of
 * the platform in use, but for the largest leaf. Bare metal's operations are
 * the real ones. For all others the alien platform's stand in, and machine
 * frames are those of memory with some bits turned round: far away, but in
 * order within the largest leaf.
 */
#ifndef TESTS_HOST_MACHINE_H
#define TESTS_HOST_MACHINE_H

#include "mm/pgtable.h"

struct machine {
	struct paging paging;
	struct pv pv;
	struct page_alloc pages;
	struct audit audit;
	struct pgtable pt;
};

extern struct machine machine;

/* Runs a test, or a part of one, on a machine with that largest leaf and
 * tables of so many levels; no RAM yet. The fake TLB is off when it ends. */
void machine_run(level_t leaf_max, level_t levels, void (*body)(void));

/* Gives the RAM of the map to the allocator, all but low memory and what has
 * been reserved already, and makes an empty root. */
void machine_start(const struct memory_map *ram);

/* load_root, with all that goes with it. */
void machine_load(void);

/* The table in a frame, as the CPU finds it; NULL if it is no frame of RAM. */
uint64_t *machine_table(mfn_t frame);

#endif
