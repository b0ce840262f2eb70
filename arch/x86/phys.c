// SPDX-License-Identifier: MIT
/*
 * Reaching physical memory.
 */
#include "arch/x86/phys.h"

#include "arch/x86/pv.h"

/* Zero while the kernel runs on the boot tables. */
static paddr_t direct_map_end;

void *phys_ptr(paddr_t address)
{
	if (address.pa < direct_map_end.pa) {
		return vaddr_ptr(vaddr(DIRECT_MAP_VADDR + address.pa));
	}
	return direct_map_end.pa == 0 ? pv()->boot_ptr(address) : NULL;
}

void phys_use_direct_map(paddr_t end)
{
	direct_map_end = end;
}
