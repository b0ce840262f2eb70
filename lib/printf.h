/* SPDX-License-Identifier: MIT */
/*
 * Formatted text.
 *
 * The part of the standard's printf that a kernel needs: %d %i %u %x %X %c
 * %s %p %%, with the lengths hh h l ll z, the flags - 0 # + and space, a
 * width and a precision as numbers or *. No floating point, no %n. What it
 * does not know it prints as it stands, so a mistake is seen. A null string
 * prints as "(null)".
 */
#ifndef LIB_PRINTF_H
#define LIB_PRINTF_H

#include "lib/types.h"

/* Hands each character to put, in order. */
void format(void (*put)(void *context, char c), void *context, const char *fmt,
	    va_list args) PRINTF(3, 0);

/*
 * Writes at most size bytes, the closing NUL included (nothing at all if size
 * is 0). Returns the length that the whole text has, NUL not counted: the
 * text was cut if that is size or more.
 */
size_t vsnprintf(char *buffer, size_t size, const char *fmt, va_list args)
	PRINTF(3, 0);
size_t snprintf(char *buffer, size_t size, const char *fmt, ...) PRINTF(3, 4);

#endif
