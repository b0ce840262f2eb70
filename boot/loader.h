/* SPDX-License-Identifier: MIT */
/*
 * What a loader left in memory.
 */
#ifndef BOOT_LOADER_H
#define BOOT_LOADER_H

#include "arch/x86/bootinfo.h"

/* What it comes to: of the one way of booting that is taken. */
extern struct bootinfo loader_bootinfo;

/*
 * The loader's data at a physical address, of which a protocol says nothing but
 * where it is: so many bytes of it, which can be read until the kernel is on
 * its own tables. A panic, with what it is, if the address is 0, or there are
 * no bytes, or they are not all in the boot map.
 */
const void *loader_ptr(uint64_t address, uint64_t bytes, const char *what);

/* Copies such data, which need not be aligned. */
void loader_copy(void *to, size_t bytes, uint64_t address, const char *what);

/*
 * Copies the loader's text, which ends with NUL, as far as it fits in size
 * bytes, at least one, and always ends with NUL. Returns false if something was
 * cut off. A panic as above if a byte that is wanted is not in the boot map.
 */
bool loader_text(char *to, size_t size, uint64_t address, const char *what);

#endif
