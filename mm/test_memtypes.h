/* SPDX-License-Identifier: MIT */
/*
 * A registry of memory types for tests.
 *
 * Its RAM is a few frames, with an allocator of their own; all else is a device
 * for it. Its PAT layout is the test's, whatever the platform's is.
 */
#ifndef MM_TEST_MEMTYPES_H
#define MM_TEST_MEMTYPES_H

#include "mm/memtype.h"
#include "mm/test_pages.h"

extern struct memtypes test_memtypes;

/* A machine frame from which on no machine has any memory. */
#define TEST_DEVICE_MFN BIT(39)

/*
 * Begins with that PAT layout, nothing reserved, and so many pages in order
 * that the test_page_alloc has handed out. It has one more frame before the
 * first, its record, and one after the last, which is free. PFN_NONE if that
 * fails. Without any pages there is no RAM.
 */
pfn_t test_memtypes_begin(uint64_t pat_msr, size_t pages);

/* Gives the frames back. */
void test_memtypes_end(pfn_t first, size_t pages);

#endif
