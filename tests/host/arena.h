/* SPDX-License-Identifier: MIT */
/*
 * The memory of the machine that the host tests play.
 *
 * Some mebibytes of the process at a fixed address stand for physical memory
 * from 0. The linker places image_start in it, where the image would be.
 */
#ifndef TESTS_HOST_ARENA_H
#define TESTS_HOST_ARENA_H

#include "arch/x86/addr.h"

/* Keep in step with --defsym in the Makefile. */
#define ARENA_VADDR UINT64_C(0x20000000)
#define ARENA_BYTES UINT64_C(0x1000000)

/* Maps it, zeroed, with a page that faults behind it. */
void arena_init(void);

/* Where the address is in the process; NULL outside. */
void *arena_ptr(paddr_t address);

/* Makes a page of the process fault on every access. */
void arena_hide(vaddr_t page);

#endif
