// SPDX-License-Identifier: MIT
/*
 * What a loader left in memory.
 */
#include "boot/loader.h"

#include "arch/x86/layout.h"
#include "arch/x86/pv.h"
#include "lib/assert.h"

const void *loader_ptr(uint64_t address, uint64_t bytes, const char *what)
{
	if (address == 0 || address >= BOOT_MAP_BYTES ||
	    bytes > BOOT_MAP_BYTES - address) {
		PANIC("the loader has its %s at 0x%lx, where it cannot be read",
		      what, address);
	}
	return pv()->boot_ptr(paddr(address));
}
