// SPDX-License-Identifier: MIT
/*
 * Repeatable random numbers.
 *
 * SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
 * Generators", 2014): one addition and a mixing function, any state is valid.
 */
#include "lib/random.h"

#include "lib/assert.h"

struct random random_from(uint64_t seed)
{
	return (struct random){ .state = seed };
}

uint64_t random_u64(struct random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t random_below(struct random *random, uint64_t limit)
{
	ASSERT(limit != 0);
	return random_u64(random) % limit;
}
