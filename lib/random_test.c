// SPDX-License-Identifier: MIT
/*
 * Tests of repeatable random numbers.
 *
 * A seed that somebody noted must give the same run for ever, so the numbers
 * themselves are pinned.
 */
#include "lib/random.h"

#include "lib/selftest.h"

/* The first numbers of SplitMix64 as its authors published it. */
SELFTEST(known_values, "the generator is SplitMix64")
{
	static const uint64_t of_0[] = {
		UINT64_C(0xe220a8397b1dcdaf),
		UINT64_C(0x6e789e6aa1b965f4),
		UINT64_C(0x06c45d188009454f),
		UINT64_C(0xf88bb8a8724c81ec),
	};
	static const uint64_t of_1234567[] = {
		UINT64_C(6457827717110365317),	UINT64_C(3203168211198807973),
		UINT64_C(9817491932198370423),	UINT64_C(4593380528125082431),
		UINT64_C(16408922859458223821),
	};
	struct random random = random_from(0);

	for (size_t i = 0; i < ARRAY_COUNT(of_0); i++) {
		CHECK_EQ(random_u64(&random), of_0[i]);
	}
	random = random_from(1234567);
	for (size_t i = 0; i < ARRAY_COUNT(of_1234567); i++) {
		CHECK_EQ(random_u64(&random), of_1234567[i]);
	}
}

SELFTEST(repeats, "the same seed gives the same numbers")
{
	struct random a = random_from(UINT64_MAX);
	struct random b = random_from(UINT64_MAX);

	for (int i = 0; i < 100; i++) {
		CHECK_EQ(random_u64(&a), random_u64(&b));
	}
}

SELFTEST(stays_below, "a number below a limit is below it, and all come")
{
	struct random random = selftest_random();
	bool seen[7] = { false };

	for (int i = 0; i < 1000; i++) {
		uint64_t number = random_below(&random, ARRAY_COUNT(seen));

		CHECK(number < ARRAY_COUNT(seen));
		seen[number] = true;
		CHECK_EQ(random_below(&random, 1), 0);
	}
	for (size_t i = 0; i < ARRAY_COUNT(seen); i++) {
		CHECK(seen[i]);
	}
}

SELFTEST_SUITE(random, &known_values, &repeats, &stays_below);
