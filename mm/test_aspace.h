/* SPDX-License-Identifier: MIT */
/*
 * An address space for tests.
 *
 * What the tests of the kernel's own tables and those on a machine of the
 * host's (tests/host/machine.h) have in common. The CHECKs are within.
 */
#ifndef MM_TEST_ASPACE_H
#define MM_TEST_ASPACE_H

#include "mm/aspace.h"

/* Where tests map: no table of it is shared with other ends of the range. */
#define TEST_AREA 0x7fc0000000

/* An access to a page of the area: true if it goes through. */
typedef bool (*test_touch)(vaddr_t address, bool write);

extern struct aspace test_aspace;
extern test_touch test_aspace_touch;

/* Begins with an empty one, and what there is of everything. */
void test_aspace_begin(struct pgtable *pt, struct cpa_space kernel,
		       struct memtypes *types, test_touch touch);

/* In the kernel's own tables, in use for page faults, with real accesses;
 * test_aspace_fault is the last one that was caught. */
extern struct fault test_aspace_fault;
void test_aspace_begin_here(void);
void test_aspace_end_here(void);

/* Everything is as it was when it began (ASPACE-7). */
void test_aspace_check_empty(void);

/* Unmaps everything, and checks that. */
void test_aspace_end(void);

/* Every leaf in the range, which one area covers, has the frame, the rights
 * and the type of the area (ASPACE-2, ASPACE-3), and RAM has the type in the
 * direct map too (ASPACE-4); there are so many leaves, of that level. */
void test_aspace_check_leaves(vaddr_t start, uint64_t bytes, uint64_t count,
			      level_t level);

/* Touches every page of the area. */
void test_aspace_touch_all(const struct aspace_area *area);

/* Every change of protection of the area, which is mapped: in leaves of 4 KiB,
 * or in one of 2 MiB, each time cut up and joined. */
void test_aspace_every_change(const struct aspace_area *area, level_t level);

/* Maps the area with each memory type, and makes all these changes. */
void test_aspace_every_type(struct aspace_area area, level_t level);

#endif
