/* SPDX-License-Identifier: MIT */
/*
 * The data cache.
 */
#ifndef ARCH_X86_CACHE_H
#define ARCH_X86_CACHE_H

#include "arch/x86/addr.h"

/*
 * Memory holds what the cache held for the bytes, and the cache holds nothing
 * of them any more: line by line, or all of the cache where the CPU has no
 * CLFLUSH. The addresses must be mapped. Returns how many lines; 0 if it was
 * all of it (Intel SDM vol. 2, CLFLUSH, CLFLUSHOPT, WBINVD).
 */
uint64_t cache_write_back(vaddr_t start, uint64_t bytes);

#endif
