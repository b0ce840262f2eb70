/* SPDX-License-Identifier: MIT */
/*
 * Memory for tests that build things of their own.
 *
 * A run of frames that nobody else uses: pages of the kernel's allocator, or,
 * as long as there is none, the end of what the boot tables map. That is free
 * on every platform that starts without one: Xen's builder leaves half a
 * mebibyte behind the last thing it placed (xen/include/public/xen.h,
 * "Start-of-day memory layout"), and the host's arena is larger still.
 */
#ifndef MM_TEST_PAGES_H
#define MM_TEST_PAGES_H

#include "arch/x86/pat.h"
#include "mm/page_alloc.h"

#define TEST_PAGES_MAX 64

/*
 * The first of so many frames in order, at most TEST_PAGES_MAX, with anything
 * in them; PFN_NONE if there is no such run. Clears the allocator and the map
 * below. One at a time.
 */
pfn_t test_pages_take(size_t count);

/* Gives them back. */
void test_pages_give(pfn_t first, size_t count);

/* A machine frame that is not RAM of ours and may be mapped, with the type that
 * test_device_type says: that of a PC's screen, or one with nothing behind it,
 * or what the platform shares with us. Tests read eight bytes there and write
 * one, which a local APIC need not take (Intel SDM vol. 3, 11.4.1). */
mfn_t test_device_frame(void);
enum memtype test_device_type(void);

/* The first of some mebibytes of frames with nothing behind them, aligned to 2
 * MiB: above all RAM, and above what a PC has below 4 GiB. For platforms whose
 * machine frames are our frames. */
mfn_t test_hole_frame(void);

/* An allocator and a map for the test at hand. They are large, so that tests
 * share them. */
extern struct page_alloc test_page_alloc;
extern struct memory_map test_memory_map;

/* Makes the allocator one of just these frames; false if that fails. */
bool test_page_alloc_begin(pfn_t first, size_t count) MUST_CHECK;

#endif
