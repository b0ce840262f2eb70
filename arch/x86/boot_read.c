// SPDX-License-Identifier: MIT
/*
 * Reading what firmware and loaders left.
 */
#include "arch/x86/boot_read.h"

#include "arch/x86/pv.h"
#include "lib/assert.h"

/* Those tables map memory from 0 to some end in order: where the ends are
 * mapped, and lie in order, all between is. */
const void *boot_read(paddr_t start, uint64_t bytes)
{
	uint64_t last = start.pa + bytes - 1;

	ASSERT(bytes != 0);
	if (last < start.pa || pv()->boot_ptr(paddr(last)) == NULL) {
		return NULL;
	}
	return pv()->boot_ptr(start);
}
