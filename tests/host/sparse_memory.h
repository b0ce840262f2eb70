/* SPDX-License-Identifier: MIT */
/*
 * Physical memory of any size, made of the pages that are used.
 *
 * A test of page tables needs tables anywhere in 64 TiB and hardly any of what
 * lies between. While a test has it switched on, phys_ptr (arch/x86/phys.h)
 * reaches this memory and no other; a page appears when it is first reached,
 * full of junk. This file takes the place of phys.c when the host program is
 * linked: a process has no direct map.
 */
#ifndef TESTS_HOST_SPARSE_MEMORY_H
#define TESTS_HOST_SPARSE_MEMORY_H

#include "arch/x86/addr.h"

#define SPARSE_BYTES (64 * TIB)
/* How many pages a test can use; more is a panic. */
#define SPARSE_PAGES_MAX 0x10000

/* Switches it on, with no page used. It may be on already. */
void sparse_memory_on(void);
void sparse_memory_off(void);

/* Since it was switched on: pages used, and calls of phys_ptr, by which a test
 * can tell how far something searched. */
size_t sparse_memory_pages(void);
uint64_t sparse_memory_calls(void);

/* The number of the page that the pointer leads into, below sparse_memory_pages
 * and the same until it is switched off; SIZE_MAX if it leads elsewhere. */
size_t sparse_memory_page_of(const void *ptr);

#endif
