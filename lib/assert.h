/* SPDX-License-Identifier: MIT */
/*
 * Assertions, always on.
 *
 * ASSERT is for mistakes of the caller, PANIC for a world that is not as it
 * must be. Neither is for input: bad input gets a message and an error.
 */
#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H

#include "lib/panic.h"

#define ASSERT(cond)                                                   \
	do {                                                           \
		if (!(cond)) {                                         \
			panic("%s:%d: assertion failed: %s", __FILE__, \
			      __LINE__, #cond);                        \
		}                                                      \
	} while (0)

#define PANIC(...) panic(__VA_ARGS__)

#endif
