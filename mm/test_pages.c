// SPDX-License-Identifier: MIT
/*
 * Memory for tests that build things of their own.
 */
#include "mm/test_pages.h"

#include "lib/assert.h"
#include "lib/string.h"
#include "mm/kernel_space.h"

#define TRIES_MAX 512

/* What Xen's builder maps ends at a multiple of this. */
#define BOOT_MAP_STEP (4 * MIB)

struct page_alloc test_page_alloc;
struct memory_map test_memory_map;

static pfn_t spare(size_t count)
{
	paddr_t end = paddr(0);

	while (pv()->boot_ptr(end) != NULL) {
		end = paddr_add(end, BOOT_MAP_STEP);
	}
	return pfn(paddr_pfn(end).pfn - count);
}

/* The allocator need not hand out frames in order, so this takes pages until
 * the last ones are a run, and gives the others back. */
static pfn_t search(struct page_alloc *pages, size_t count)
{
	static pfn_t taken[TRIES_MAX];
	size_t run = 0;
	size_t n = 0;

	while (n < TRIES_MAX && run < count &&
	       page_alloc(pages, PAGE_TEST, &taken[n]) == OK) {
		bool goes_on = n != 0 && taken[n].pfn == taken[n - 1].pfn + 1;

		run = goes_on ? run + 1 : 1;
		n++;
	}
	if (run == count) {
		n -= count;
	}
	for (size_t i = 0; i < n; i++) {
		page_free(pages, taken[i]);
	}
	return run == count ? taken[n] : PFN_NONE;
}

pfn_t test_pages_take(size_t count)
{
	struct page_alloc *pages = kernel_pgtable()->pages;

	ASSERT(count != 0 && count <= TEST_PAGES_MAX);
	memset(&test_page_alloc, 0, sizeof(test_page_alloc));
	test_memory_map.count = 0;
	return pages == NULL ? spare(count) : search(pages, count);
}

void test_pages_give(pfn_t first, size_t count)
{
	struct page_alloc *pages = kernel_pgtable()->pages;

	for (size_t i = 0; pages != NULL && i < count; i++) {
		page_free(pages, pfn(first.pfn + i));
	}
}

bool test_page_alloc_begin(pfn_t first, size_t count)
{
	if (memory_map_add(&test_memory_map, pfn_paddr(first),
			   count * PAGE_BYTES, MEMORY_RAM) != OK) {
		return false;
	}
	page_alloc_init(&test_page_alloc, &test_memory_map);
	return true;
}

#define SCREEN_MFN UINT64_C(0xb8)

/* Under a hypervisor that keeps all devices to itself. */
static bool shares_page(void)
{
	return pv()->ring != 0 && kernel_boot_page()->name != NULL;
}

mfn_t test_device_frame(void)
{
	const struct memory_map *ram = kernel_ram();

	if (shares_page()) {
		return kernel_boot_page()->frame;
	}
	/* A PVH domain is no PC, and has RAM there. */
	if (memory_map_is_ram(ram, paddr(SCREEN_MFN << PAGE_SHIFT),
			      PAGE_BYTES)) {
		return test_hole_frame();
	}
	return mfn(SCREEN_MFN);
}

enum memtype test_device_type(void)
{
	return shares_page() ? MT_WB : MT_UC;
}

mfn_t test_hole_frame(void)
{
	const struct memory_map *ram = kernel_ram();
	uint64_t end = 4 * GIB;

	if (ram->count != 0) {
		end = max_u64(end, ram->ranges[ram->count - 1].end.pa);
	}
	return mfn(align_up(end, 2 * MIB) >> PAGE_SHIFT);
}
