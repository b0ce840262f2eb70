/* SPDX-License-Identifier: MIT */
/*
 * For tests that need the kernel's own page tables.
 */
#ifndef MM_OWN_TABLES_H
#define MM_OWN_TABLES_H

#include "lib/selftest.h"
#include "mm/kernel_space.h"

/* The kernel has none under Xen, and the host has no use for them. */
#define SKIP_WITHOUT_TABLES()                                        \
	do {                                                         \
		if (!kernel_space_ready()) {                         \
			SKIP("the kernel has no tables of its own"); \
		}                                                    \
	} while (0)

#endif
