/* SPDX-License-Identifier: MIT */
/*
 * Function names for backtraces.
 *
 * The table is made from the linked image itself and linked in again, behind
 * the code, so that no address in it changes.
 */
#ifndef LIB_SYMBOLS_H
#define LIB_SYMBOLS_H

#include "lib/types.h"

/* All code is in the last 2 GiB, so half an address tells which it is. */
struct symbol {
	uint32_t address;
	uint32_t name; /* Its place in symbol_names. */
};

/* Ascending by address; the last entry is the end of the code and is named
 * by nothing. The build generates all three. */
extern const struct symbol symbols[];
extern const uint64_t symbols_count;
extern const char symbol_names[];

/* The function that holds the address, and how far into it; NULL outside the
 * code. */
const char *symbol_find(uint64_t address, uint64_t *offset);

#endif
