/* SPDX-License-Identifier: MIT */
/*
 * Bit and alignment arithmetic.
 *
 * Alignments are powers of two, in bytes or in whatever unit the value has.
 */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include "lib/types.h"

#define BIT(n) (UINT64_C(1) << (n))

#define KIB UINT64_C(0x400)
#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)
#define TIB UINT64_C(0x10000000000)

/* The largest multiple of align that is not above value. */
static inline uint64_t align_down(uint64_t value, uint64_t align)
{
	return value & ~(align - 1);
}

/* The smallest multiple of align that is not below value; wraps to 0 where
 * there is none. */
static inline uint64_t align_up(uint64_t value, uint64_t align)
{
	return align_down(value + align - 1, align);
}

static inline bool is_aligned(uint64_t value, uint64_t align)
{
	return align_down(value, align) == value;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
