// SPDX-License-Identifier: MIT
/*
 * Function names for backtraces.
 */
#include "lib/symbols.h"

const char *symbol_find(uint64_t address, uint64_t *offset)
{
	for (uint64_t i = 0; i + 1 < symbols_count; i++) {
		if (address >= symbols[i].address &&
		    address < symbols[i + 1].address) {
			*offset = address - symbols[i].address;
			return symbols[i].name;
		}
	}
	return NULL;
}
