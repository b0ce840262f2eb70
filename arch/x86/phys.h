/* SPDX-License-Identifier: MIT */
/*
 * Reaching physical memory.
 */
#ifndef ARCH_X86_PHYS_H
#define ARCH_X86_PHYS_H

#include "arch/x86/addr.h"

/*
 * Where memory of ours can be read and written: in the direct map once it is
 * in use, before that in what the boot tables map. NULL where neither reaches.
 */
void *phys_ptr(paddr_t address);

/* From now on the direct map covers all physical addresses below end. */
void phys_use_direct_map(paddr_t end);

#endif
