// SPDX-License-Identifier: MIT
/*
 * Fuzzing the kernel command line.
 *
 * The input is the line, up to its first NUL or to its end.
 */
#include "kernel/options.h"

#include "lib/glob.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* A pattern is somewhere in the line, and some test is held against it. */
static void check_tests(const struct text *tests, const char *line)
{
	FUZZ_CHECK(tests->start >= line);
	FUZZ_CHECK(tests->start + tests->length <= line + strlen(line));
	glob_match(tests->start, tests->length, "memory_map/merges_first");
}

void fuzz_one(const uint8_t *bytes, size_t count)
{
	char *line = calloc(1, count + 1);
	struct options options;
	size_t bad;

	if (line == NULL) {
		return;
	}
	if (count != 0) {
		memcpy(line, bytes, count);
	}
	bad = options_parse(&options, line);
	FUZZ_CHECK(bad <= strlen(line));
	FUZZ_CHECK(options.log_level <= LOG_DEBUG);
	if (options.tests.length != 0) {
		check_tests(&options.tests, line);
	}
	free(line);
}
