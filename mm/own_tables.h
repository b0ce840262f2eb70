/* SPDX-License-Identifier: MIT */
/*
 * For tests that need the kernel's own page tables.
 */
#ifndef MM_OWN_TABLES_H
#define MM_OWN_TABLES_H

#include "lib/selftest.h"
#include "mm/kernel_space.h"

/* The host program has none. */
#define SKIP_WITHOUT_TABLES()                                        \
	do {                                                         \
		if (!kernel_space_ready()) {                         \
			SKIP("the kernel has no tables of its own"); \
		}                                                    \
	} while (0)

#endif
