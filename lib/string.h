/* SPDX-License-Identifier: MIT */
/*
 * Memory and strings.
 *
 * The compiler may call memcpy, memmove, memset and memcmp of its own accord;
 * these and the str functions behave as the C standard says. The others say
 * here what they do.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include "lib/types.h"

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);

/*
 * Copies as much of from as fits and always ends with NUL (size must not be
 * 0). Returns false if something was cut off.
 */
bool str_copy(char *to, size_t size, const char *from);

/*
 * Reads a whole number: decimal, or hexadecimal behind "0x". Returns false,
 * and leaves *value alone, if the text is empty, has anything else in it, or
 * does not fit.
 */
bool str_to_u64(const char *s, size_t length, uint64_t *value);

#endif
