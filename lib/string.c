// SPDX-License-Identifier: MIT
/*
 * Memory and strings.
 *
 * gcc and clang recognise a loop that copies or fills, and put a call of
 * memcpy or memset in its place; in here that call would be a function calling
 * itself until the stack is gone. -ffreestanding does not forbid it to gcc,
 * and the option that does (-fno-tree-loop-distribute-patterns) is unknown to
 * clang. So the bulk is done by string instructions, which no compiler
 * rewrites, and the loop that runs backwards has a barrier in its body.
 *
 * Eight bytes a step, because emulators take about as long for a step of one.
 * The direction flag is clear on entry to any C function (System V ABI, AMD64
 * supplement, 3.2.1); nothing here sets it, so a fault in the middle of a copy
 * enters its handler with the flag clear as well.
 */
#include "lib/string.h"

#include "lib/assert.h"

#define WORD_BYTES sizeof(uint64_t)

/* Right for overlapping memory too if to is below from: each step has read its
 * bytes before it writes, and writes only what has been read. */
static void copy_forwards(void *to, const void *from, size_t bytes)
{
	size_t words = bytes / WORD_BYTES;
	size_t rest = bytes % WORD_BYTES;

	__asm__ volatile("rep movsq"
			 : "+D"(to), "+S"(from), "+c"(words)
			 :
			 : "memory");
	__asm__ volatile("rep movsb"
			 : "+D"(to), "+S"(from), "+c"(rest)
			 :
			 : "memory");
}

static void copy_backwards(char *to, const char *from, size_t bytes)
{
	while (bytes != 0) {
		bytes--;
		to[bytes] = from[bytes];
		barrier();
	}
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	copy_forwards(to, from, bytes);
	return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	size_t distance = (uintptr_t)to - (uintptr_t)from;

	/* Forwards is wrong only if to begins inside of what is still to be
	 * read. Otherwise distance is at least bytes, or wraps to more. */
	if (distance >= bytes) {
		copy_forwards(to, from, bytes);
	} else {
		copy_backwards(to, from, bytes);
	}
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	void *at = to;
	uint64_t pattern = (uint8_t)value * UINT64_C(0x0101010101010101);
	size_t words = bytes / WORD_BYTES;
	size_t rest = bytes % WORD_BYTES;

	__asm__ volatile("rep stosq"
			 : "+D"(at), "+c"(words)
			 : "a"(pattern)
			 : "memory");
	__asm__ volatile("rep stosb"
			 : "+D"(at), "+c"(rest)
			 : "a"(pattern)
			 : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const uint8_t *x = a;
	const uint8_t *y = b;

	for (size_t i = 0; i < bytes; i++) {
		if (x[i] != y[i]) {
			return x[i] - y[i];
		}
	}
	return 0;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

size_t strnlen(const char *s, size_t max)
{
	size_t length = 0;

	while (length < max && s[length] != '\0') {
		length++;
	}
	return length;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		uint8_t x = (uint8_t)a[i];
		uint8_t y = (uint8_t)b[i];

		if (x != y) {
			return x - y;
		}
		if (x == '\0') {
			break;
		}
	}
	return 0;
}

/* The standard's strchr takes a const string and returns a plain one; the
 * cast goes through an integer because that is what it wants. */
char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (*s == '\0') {
			return NULL;
		}
	}
	return (char *)(uintptr_t)s;
}

bool str_copy(char *to, size_t size, const char *from)
{
	size_t length;

	ASSERT(size != 0);
	length = strnlen(from, size);
	if (length < size) {
		memcpy(to, from, length + 1);
		return true;
	}
	memcpy(to, from, size - 1);
	to[size - 1] = '\0';
	return false;
}

/* Anything that is no digit in any base counts as too large a one. */
static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9') {
		return (unsigned int)(c - '0');
	}
	if (c >= 'a' && c <= 'f') {
		return (unsigned int)(c - 'a') + 10;
	}
	if (c >= 'A' && c <= 'F') {
		return (unsigned int)(c - 'A') + 10;
	}
	return UINT32_MAX;
}

bool str_to_u64(const char *s, size_t length, uint64_t *value)
{
	bool hex = length >= 2 && s[0] == '0' && s[1] == 'x';
	unsigned int base = hex ? 16 : 10;
	size_t first = hex ? 2 : 0;
	uint64_t sum = 0;

	if (length == first) {
		return false;
	}
	for (size_t i = first; i < length; i++) {
		unsigned int digit = digit_value(s[i]);

		if (digit >= base || sum > (UINT64_MAX - digit) / base) {
			return false;
		}
		sum = sum * base + digit;
	}
	*value = sum;
	return true;
}
