// SPDX-License-Identifier: MIT
/*
 * Fuzzing what the UEFI application hands over.
 */
#include "boot/describe_efi.h"

#include "tests/fuzz/describe.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const uint8_t *bytes, size_t count)
{
	fuzz_describe(bytes, count, describe_efi);
}
