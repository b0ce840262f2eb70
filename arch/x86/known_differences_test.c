// SPDX-License-Identifier: MIT
/*
 * Tests of the list of known differences.
 */
#include "arch/x86/known_differences.h"

#include "lib/selftest.h"

/* KNOWN-1 */
SELFTEST(own, "a difference is listed for the emulator it was seen on alone")
{
	bool emulated = emulator_detect() != EMULATOR_NONE;
	struct difference_count none = { 0, 0 };

	for (enum difference i = 0; i < DIFFERENCES; i++) {
		CHECK_EQ(difference_is_listed(i), emulated);
		/* Nothing to judge where nothing could show. */
		CHECK_CALL(difference_judge(i, none));
	}
}

/* KNOWN-2 */
SELFTEST(always, "a difference has to show whenever it could")
{
	CHECK(difference_always((struct difference_count){ 3, 3 }));
	CHECK(difference_always((struct difference_count){ 0, 0 }));
	CHECK(!difference_always((struct difference_count){ 3, 2 }));
	CHECK(!difference_always((struct difference_count){ 3, 0 }));
}

SELFTEST_SUITE(known_differences, &own, &always);
