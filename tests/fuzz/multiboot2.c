// SPDX-License-Identifier: MIT
/*
 * Fuzzing Multiboot2's boot information.
 *
 * The input is the structure.
 */
#include "boot/multiboot2.h"

#include "tests/fuzz/describe.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static struct bootinfo info;
static struct multiboot2_rest rest;

/* MB-1 is for AddressSanitizer. */
void fuzz_one(const uint8_t *bytes, size_t count)
{
	memset(&info, 0, sizeof(info));
	memset(&rest, 0, sizeof(rest));
	if (multiboot2_parse(bytes, count, &info, &rest) != NULL) {
		return;
	}
	fuzz_check_bootinfo(&info);
	FUZZ_CHECK(info.module.bytes == 0 || rest.modules != 0);
	FUZZ_CHECK(rest.rsdp_bytes == 0 ||
		   (rest.rsdp_bytes >= 20 &&
		    rest.rsdp_bytes <= sizeof(rest.rsdp)));
}
