/* SPDX-License-Identifier: MIT */
/*
 * Fuzzing what parses boot information.
 *
 * A target is a file tests/fuzz/NAME.c with the function fuzz_one, and a folder
 * tests/fuzz/corpus/NAME with inputs to begin with. It hands the input to the
 * kernel's own code, and checks what comes out. Two things are no finding: an
 * input that is taken, and one that is refused by a panic in words.
 *
 * Wrong are: an access beyond the input and whatever else the sanitizers see,
 * an endless loop, a check of the target that does not hold, and on the console
 * anything but comment lines of printable text.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "lib/types.h"

/* The target's: one input, which ends with the last byte that may be read. */
void fuzz_one(const uint8_t *bytes, size_t count);

/* Physical memory has the input here, and nothing else. */
#define FUZZ_BASE UINT64_C(0x1000)

/* From now on, until the input has been done with. Does not copy it. */
void fuzz_set_memory(const uint8_t *bytes, size_t count);

/* Calls the function; false if it panicked. What it had done so far stays. */
bool fuzz_survives(void (*parse)(void));

/* Ends the process, with the place. */
NORETURN void fuzz_wrong(const char *file, int line, const char *what);

#define FUZZ_CHECK(cond)                                       \
	do {                                                   \
		if (!(cond)) {                                 \
			fuzz_wrong(__FILE__, __LINE__, #cond); \
		}                                              \
	} while (0)

/* What libFuzzer, and tests/fuzz/replay.c in its place, calls. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#endif
