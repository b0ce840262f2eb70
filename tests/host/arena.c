// SPDX-License-Identifier: MIT
/*
 * The memory of the machine that the host tests play.
 */
#include "tests/host/arena.h"

#include "arch/x86/image.h"
#include "lib/assert.h"

#include <sys/mman.h>

/* The linker's: where the program really begins and ends. */
extern const char __executable_start[];
extern const char _end[];

static void map(uint64_t start, uint64_t end, int protection)
{
	void *at = vaddr_ptr(vaddr(start));
	void *got = mmap(at, end - start, protection,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				 MAP_FIXED_NOREPLACE,
			 -1, 0);

	if (got != at) {
		PANIC("the host has something else at 0x%lx", start);
	}
}

static uint64_t program_end(void)
{
	return align_up(vaddr_of(_end).va, PAGE_BYTES);
}

void arena_init(void)
{
	uint64_t start = vaddr_of(__executable_start).va;
	uint64_t end = ARENA_VADDR + ARENA_BYTES;

	if (start != vaddr_of(image_start).va ||
	    program_end() > vaddr_of(image_end).va) {
		PANIC("the program is not where the linker was told");
	}
	map(ARENA_VADDR, start, PROT_READ | PROT_WRITE);
	map(program_end(), end, PROT_READ | PROT_WRITE);
	map(end, ARENA_VADDR + ARENA_WINDOW_BYTES, PROT_NONE);
}

void *arena_ptr(paddr_t address)
{
	if (address.pa >= ARENA_BYTES) {
		return NULL;
	}
	return vaddr_ptr(vaddr(ARENA_VADDR + address.pa));
}

paddr_t arena_image_end(void)
{
	return paddr(vaddr_of(image_end).va - ARENA_VADDR);
}

bool arena_is_image(vaddr_t page)
{
	return page.va >= vaddr_of(__executable_start).va &&
	       page.va < program_end();
}

void arena_hide(vaddr_t page)
{
	if (mprotect(vaddr_ptr(page), PAGE_BYTES, PROT_NONE) != 0) {
		PANIC("the host refuses to protect %016lx", page.va);
	}
}
