// SPDX-License-Identifier: MIT
/*
 * The page tables a native boot starts on.
 */
#include "arch/x86/boot_tables.h"

#include "arch/x86/cpu.h"
#include "lib/assert.h"

#define TABLE ALIGNED(PAGE_BYTES)

TABLE uint64_t boot_l5[ENTRY_COUNT];
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

static uint64_t entry_for(const uint64_t *table, uint64_t image)
{
	return vaddr_of(table).va - IMAGE_VADDR + image + ENTRY_P + ENTRY_RW;
}

/* In five_levels.asm. */
void five_levels_enter(uint64_t root, uint64_t image);

void boot_tables_enter_five_levels(void)
{
	/* Where the image is: its first page tells. */
	uint64_t image = boot_l1_image[0] & ~(uint64_t)(PAGE_BYTES - 1) &
			 (BIT(PADDR_BITS) - 1);

	boot_l5[0] = entry_for(boot_l4, image);
	boot_l5[ENTRY_COUNT - 1] = boot_l5[0];
	boot_l4[0] = entry_for(boot_l3_low, image);
	five_levels_enter(entry_for(boot_l5, image) - ENTRY_P - ENTRY_RW,
			  image);
	boot_l4[0] = 0;
}

static void replace(vaddr_t page, uint64_t entry)
{
	uint64_t offset = page.va - IMAGE_VADDR;

	ASSERT(offset < IMAGE_BYTES_MAX);
	boot_l1_image[offset >> PAGE_SHIFT] = entry;
	cpu_invlpg(page);
}

void boot_tables_hide(vaddr_t page)
{
	replace(page, 0);
}

void boot_tables_show(vaddr_t page, mfn_t frame)
{
	replace(page, frame.mfn << PAGE_SHIFT | ENTRY_P | ENTRY_RW);
}
