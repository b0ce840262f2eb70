/* SPDX-License-Identifier: MIT */
/*
 * Patterns with stars and question marks.
 *
 * Tests are chosen by patterns on the command line, as file names are in a
 * shell.
 */
#ifndef LIB_GLOB_H
#define LIB_GLOB_H

#include "lib/types.h"

/*
 * Does the text match the pattern? '*' stands for any run of characters,
 * '?' for any one; everything else for itself. The pattern need not end with
 * NUL.
 */
bool glob_match(const char *pattern, size_t length, const char *text);

#endif
