/* SPDX-License-Identifier: MIT */
/*
 * Base types.
 *
 * The freestanding headers of the compiler, and nothing of a hosted library.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

_Static_assert(sizeof(void *) == 8, "the kernel is 64-bit");
_Static_assert(sizeof(unsigned long) == 8, "uint64_t prints as %lx");

#endif
