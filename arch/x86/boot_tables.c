// SPDX-License-Identifier: MIT
/*
 * The page tables a native boot starts on.
 */
#include "arch/x86/boot_tables.h"

#include "arch/x86/cpu.h"
#include "lib/assert.h"

#define TABLE ALIGNED(PAGE_BYTES)

TABLE uint64_t boot_l4[ENTRY_COUNT];
TABLE uint64_t boot_l3_low[ENTRY_COUNT];
TABLE uint64_t boot_l3_image[ENTRY_COUNT];
TABLE uint64_t boot_l2_low[BOOT_MAP_BYTES / GIB][ENTRY_COUNT];
TABLE uint64_t boot_l2_image[ENTRY_COUNT];
TABLE uint64_t boot_l1_image[ENTRY_COUNT];

void *boot_tables_ptr(paddr_t address)
{
	if (address.pa >= BOOT_MAP_BYTES) {
		return NULL;
	}
	return vaddr_ptr(vaddr_add(vaddr(BOOT_MAP_VADDR), address.pa));
}

void boot_tables_hide(vaddr_t page)
{
	uint64_t offset = page.va - IMAGE_VADDR;

	ASSERT(offset < IMAGE_BYTES_MAX);
	boot_l1_image[offset >> PAGE_SHIFT] = 0;
	cpu_invlpg(page);
}
