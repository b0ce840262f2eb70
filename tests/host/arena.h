/* SPDX-License-Identifier: MIT */
/*
 * The memory of the machine that the host tests play.
 *
 * Some mebibytes of the process at a fixed address stand for physical memory
 * from 0. The linker places the program itself in it, where the image would
 * be, so that variables of the kernel have physical addresses like any other.
 */
#ifndef TESTS_HOST_ARENA_H
#define TESTS_HOST_ARENA_H

#include "arch/x86/addr.h"

/* Keep in step with the linker's options in the Makefile. */
#define ARENA_VADDR UINT64_C(0x20000000)
#define ARENA_BYTES UINT64_C(0x2000000)

/* Behind it, addresses at which nothing of the process ever lies. */
#define ARENA_WINDOW_BYTES UINT64_C(0x10000000)

/* Maps it, zeroed but for the program; the rest of the window faults. */
void arena_init(void);

/* Where the address is in the process; NULL outside. */
void *arena_ptr(paddr_t address);

/* Where the program ends, as an address of the machine. */
paddr_t arena_image_end(void);

/* Does a page of the program lie there? */
bool arena_is_image(vaddr_t page);

/* Makes a page of the process fault on every access. */
void arena_hide(vaddr_t page);

#endif
