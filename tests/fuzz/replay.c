// SPDX-License-Identifier: MIT
/*
 * The committed inputs, once.
 *
 * Takes the place of libFuzzer, so that its finds stay found where there is no
 * clang. Each argument is a file; the exit status is 0 if nothing was wrong.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#define INPUT_MAX 0x100000

static uint8_t input[INPUT_MAX];

static bool replay(const char *name)
{
	FILE *file = fopen(name, "rb");
	size_t count;
	bool whole;

	if (file == NULL) {
		fprintf(stderr, "%s cannot be read\n", name);
		return false;
	}
	count = fread(input, 1, sizeof(input), file);
	whole = feof(file) != 0;
	fclose(file);
	if (!whole) {
		fprintf(stderr, "%s is too large, or damaged\n", name);
		return false;
	}
	/* Whatever is wrong ends the process: then this is the last name. */
	fprintf(stderr, "%s\n", name);
	LLVMFuzzerTestOneInput(input, count);
	return true;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!replay(argv[i])) {
			return 4;
		}
	}
	return argc > 1 ? 0 : 4;
}
