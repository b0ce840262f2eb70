// SPDX-License-Identifier: MIT
/*
 * The memory of the machine that the host tests play.
 */
#include "tests/host/arena.h"

#include "lib/assert.h"

#include <sys/mman.h>

void arena_init(void)
{
	void *at = vaddr_ptr(vaddr(ARENA_VADDR));
	void *got =
		mmap(at, ARENA_BYTES + PAGE_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (got != at) {
		PANIC("the host has something else at 0x%lx", ARENA_VADDR);
	}
	arena_hide(vaddr(ARENA_VADDR + ARENA_BYTES));
}

void *arena_ptr(paddr_t address)
{
	if (address.pa >= ARENA_BYTES) {
		return NULL;
	}
	return vaddr_ptr(vaddr(ARENA_VADDR + address.pa));
}

void arena_hide(vaddr_t page)
{
	if (mprotect(vaddr_ptr(page), PAGE_BYTES, PROT_NONE) != 0) {
		PANIC("the host refuses to protect %016lx", page.va);
	}
}
