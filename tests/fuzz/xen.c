// SPDX-License-Identifier: MIT
/*
 * Fuzzing start_info.
 *
 * The input is the structure; what it lacks at its end is 0.
 */
#include "boot/describe_xen.h"

#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static struct bootinfo info;
static struct start_info *start;

static void parse(void)
{
	describe_xen(&info, start);
}

/* The field ends with NUL, or the line has been cut to fit into it. */
static void check_cmdline(void)
{
	size_t length = strnlen(info.cmdline, sizeof(info.cmdline));

	FUZZ_CHECK(length < MAX_GUEST_CMDLINE);
	FUZZ_CHECK(memcmp(info.cmdline, start->cmd_line, length) == 0);
	FUZZ_CHECK(info.cmdline_cut == (length == MAX_GUEST_CMDLINE - 1));
}

void fuzz_one(const uint8_t *bytes, size_t count)
{
	memset(&info, 0, sizeof(info));
	start = calloc(1, sizeof(*start));
	if (start == NULL) {
		return;
	}
	memcpy(start, bytes, count < sizeof(*start) ? count : sizeof(*start));
	if (fuzz_survives(parse)) {
		check_cmdline();
		FUZZ_CHECK(info.module.bytes == start->mod_len);
	}
	free(start);
}
