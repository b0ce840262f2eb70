/* SPDX-License-Identifier: MIT */
/*
 * Kernel command line.
 *
 * Words separated by blanks, each "name" or "name=value". A typo must not
 * pass for a run without it, so everything that is not understood is told
 * and makes the verdict "error".
 */
#ifndef KERNEL_OPTIONS_H
#define KERNEL_OPTIONS_H

#include "lib/log.h"
#include "lib/types.h"

struct text {
	const char *start; /* Not ended by NUL. */
	size_t length;
};

struct options {
	struct text tests; /* test=: patterns separated by commas; or empty. */
	bool list;
	bool seed_given;
	uint64_t seed;
	uint64_t rounds; /* 0: each test takes its usual number. */
	enum log_level log_level;
	unsigned int dump; /* dump=: parts of the tables to print, DUMP_. */
	bool la57;	   /* Use five-level paging. */
};

/*
 * Reads the line into *options, which keeps pointers into it. A name that
 * comes twice has its last value. Prints a "# unknown option: name=value" or
 * "# bad value: name=value (what is wanted)" line for each word that is not
 * understood. Returns how many there were.
 */
size_t options_parse(struct options *options, const char *line);

#endif
