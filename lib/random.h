/* SPDX-License-Identifier: MIT */
/*
 * Repeatable random numbers.
 *
 * Everything random in a run comes from one printed seed, so that a failure
 * can be had again.
 */
#ifndef LIB_RANDOM_H
#define LIB_RANDOM_H

#include "lib/types.h"

struct random {
	uint64_t state;
};

/* Every seed is good, 0 included. */
struct random random_from(uint64_t seed);

uint64_t random_u64(struct random *random);

/* Uniform enough for tests: from 0 to limit - 1. limit must not be 0. */
uint64_t random_below(struct random *random, uint64_t limit);

#endif
