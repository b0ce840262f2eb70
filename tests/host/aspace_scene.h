/* SPDX-License-Identifier: MIT */
/*
 * What tests of address spaces begin with.
 */
#ifndef TESTS_HOST_ASPACE_SCENE_H
#define TESTS_HOST_ASPACE_SCENE_H

#include "mm/test_aspace.h"

/*
 * On a machine that runs (machine.h): RAM with a direct map in use, and an
 * empty address space (test_aspace) beside it. Memory has all types that the
 * layout has. The fake TLB is on; pages are touched in it, and a leaf that is
 * reached must have the type of its area by the bits of the manual.
 */
void aspace_scene_begin(struct pat pat);

/* Counts what there is anew, of a scene that was ended or is empty. */
void aspace_scene_begin_again(void);

/* Nothing is left, and the TLB has nothing to complain of. */
void aspace_scene_end(void);

/* Pages in order, the first one aligned to as many; a power of 2. */
pfn_t aspace_scene_take(uint64_t count);
void aspace_scene_give(pfn_t first, uint64_t count);

/* The n-th store to an entry of the lower half from now on is refused, and only
 * that; 0: none. */
void aspace_scene_refuse_at(uint64_t n);

/* Has it been? */
bool aspace_scene_refused(void);

#endif
