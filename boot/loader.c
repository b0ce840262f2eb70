// SPDX-License-Identifier: MIT
/*
 * What a loader left in memory.
 */
#include "boot/loader.h"

#include "arch/x86/boot_read.h"
#include "lib/assert.h"
#include "lib/string.h"

struct bootinfo loader_bootinfo;

const void *loader_ptr(uint64_t address, uint64_t bytes, const char *what)
{
	const void *data = address == 0 || bytes == 0
				   ? NULL
				   : boot_read(paddr(address), bytes);

	if (data == NULL) {
		PANIC("the loader has its %s at 0x%lx, where it cannot be read",
		      what, address);
	}
	return data;
}

void loader_copy(void *to, size_t bytes, uint64_t address, const char *what)
{
	memcpy(to, loader_ptr(address, bytes, what), bytes);
}

/* Byte by byte: how far the text may be read is known where it has ended. */
bool loader_text(char *to, size_t size, uint64_t address, const char *what)
{
	for (size_t i = 0; i < size; i++) {
		to[i] = *(const char *)loader_ptr(address + i, 1, what);
		if (to[i] == '\0') {
			return true;
		}
	}
	to[size - 1] = '\0';
	return false;
}
