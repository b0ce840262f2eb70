/* SPDX-License-Identifier: MIT */
/*
 * What a loader left in memory.
 */
#ifndef BOOT_LOADER_H
#define BOOT_LOADER_H

#include "lib/types.h"

/*
 * The loader's data at a physical address, of which a protocol says nothing but
 * where it is: so many bytes of it, which can be read until the kernel is on
 * its own tables. A panic, with what it is, if the address is 0 or they are not
 * all in the boot map.
 */
const void *loader_ptr(uint64_t address, uint64_t bytes, const char *what);

#endif
