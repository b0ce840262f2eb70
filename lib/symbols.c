// SPDX-License-Identifier: MIT
/*
 * Function names for backtraces.
 */
#include "lib/symbols.h"

#define LAST_2_GIB UINT64_C(0xffffffff80000000)

const char *symbol_find(uint64_t address, uint64_t *offset)
{
	uint32_t half = (uint32_t)address;

	if (address < LAST_2_GIB) {
		return NULL;
	}
	for (uint64_t i = 0; i + 1 < symbols_count; i++) {
		if (half >= symbols[i].address &&
		    half < symbols[i + 1].address) {
			*offset = half - symbols[i].address;
			return &symbol_names[symbols[i].name];
		}
	}
	return NULL;
}
