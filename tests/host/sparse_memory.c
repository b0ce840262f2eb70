// SPDX-License-Identifier: MIT
/*
 * Physical memory of any size, made of the pages that are used.
 */
#include "tests/host/sparse_memory.h"

#include "arch/x86/phys.h"
#include "arch/x86/pv.h"
#include "lib/assert.h"

#include <string.h>
#include <sys/mman.h>

/* AddressSanitizer's own; its header does not come with every compiler. */
void __asan_poison_memory_region(const volatile void *start, size_t bytes);

#define JUNK 0xa5

/* Behind each page lies one that AddressSanitizer watches. */
#define STRIDE (8 * KIB)

/* At most half full, so that a search is short. */
#define SLOT_COUNT (2 * SPARSE_PAGES_MAX)

struct slot {
	bool used;
	pfn_t frame;
	size_t page;
};

static struct slot slots[SLOT_COUNT];
static size_t slot_of_page[SPARSE_PAGES_MAX];
static size_t page_count;
static uint64_t calls;
static bool on;
static uint8_t *memory;

static void reserve(void)
{
	const size_t bytes = SPARSE_PAGES_MAX * STRIDE;
	void *got = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (got == MAP_FAILED) {
		PANIC("the host has no room for sparse memory");
	}
	memory = got;
}

/* The slot of the frame, or the free one where it belongs. */
static size_t find_slot(pfn_t frame)
{
	uint64_t hash = frame.pfn * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = hash >> 40 & (SLOT_COUNT - 1);

	while (slots[i].used && !pfn_eq(slots[i].frame, frame)) {
		i = (i + 1) & (SLOT_COUNT - 1);
	}
	return i;
}

static uint8_t *page_ptr(size_t page)
{
	return memory + page * STRIDE;
}

static void add_page(size_t slot, pfn_t frame)
{
	if (page_count == SPARSE_PAGES_MAX) {
		PANIC("a test uses more than %d pages", SPARSE_PAGES_MAX);
	}
	slots[slot] = (struct slot){ true, frame, page_count };
	slot_of_page[page_count] = slot;
	memset(page_ptr(page_count), JUNK, PAGE_BYTES);
	__asan_poison_memory_region(page_ptr(page_count) + PAGE_BYTES,
				    STRIDE - PAGE_BYTES);
	page_count++;
}

static void *sparse_ptr(paddr_t address)
{
	size_t slot;

	calls++;
	if (address.pa >= SPARSE_BYTES) {
		return NULL;
	}
	slot = find_slot(paddr_pfn(address));
	if (!slots[slot].used) {
		add_page(slot, paddr_pfn(address));
	}
	return page_ptr(slots[slot].page) + address.pa % PAGE_BYTES;
}

void sparse_memory_on(void)
{
	sparse_memory_off();
	if (memory == NULL) {
		reserve();
	}
	calls = 0;
	on = true;
}

void sparse_memory_off(void)
{
	while (page_count != 0) {
		slots[slot_of_page[--page_count]].used = false;
	}
	on = false;
}

size_t sparse_memory_pages(void)
{
	return page_count;
}

uint64_t sparse_memory_calls(void)
{
	return calls;
}

size_t sparse_memory_page_of(const void *ptr)
{
	uintptr_t offset = (uintptr_t)ptr - (uintptr_t)memory;

	return offset < page_count * STRIDE ? offset / STRIDE : SIZE_MAX;
}

/* ---- arch/x86/phys.h ----------------------------------------------------- */

void *phys_ptr(paddr_t address)
{
	return on ? sparse_ptr(address) : pv()->boot_ptr(address);
}

void phys_use_direct_map(paddr_t end)
{
	(void)end;
	PANIC("a process has no direct map");
}
