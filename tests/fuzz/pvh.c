// SPDX-License-Identifier: MIT
/*
 * Fuzzing hvm_start_info.
 */
#include "boot/describe_pvh.h"

#include "tests/fuzz/describe.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *bytes, size_t count)
{
	fuzz_describe(bytes, count, describe_pvh);
}
