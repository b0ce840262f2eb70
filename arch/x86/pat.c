// SPDX-License-Identifier: MIT
/*
 * Memory types and the page attribute table.
 */
#include "arch/x86/pat.h"

#include "lib/assert.h"

/* The encodings of SDM vol. 3, table 12-10; 2 and 3 are reserved. */
static enum memtype type_of_encoding(unsigned int encoding)
{
	switch (encoding) {
	case 1:
		return MT_WC;
	case 4:
		return MT_WT;
	case 5:
		return MT_WP;
	case 6:
		return MT_WB;
	case 7:
		return MT_UC_MINUS;
	default:
		return MT_UC;
	}
}

struct pat pat_from_msr(uint64_t msr)
{
	struct pat pat = { .msr = msr };

	for (unsigned int i = 0; i < PAT_COUNT; i++) {
		pat.types[i] = type_of_encoding(msr >> 8 * i & 0xff);
	}
	return pat;
}

int pat_index(const struct pat *pat, enum memtype type)
{
	for (int i = 0; i < PAT_COUNT; i++) {
		if (pat->types[i] == type) {
			return i;
		}
	}
	return -1;
}

const char *memtype_name(enum memtype type)
{
	static const char *const names[MT_COUNT] = { "WB", "WT",  "WP",
						     "WC", "UC-", "UC" };

	ASSERT(type < MT_COUNT);
	return names[type];
}
