/* SPDX-License-Identifier: MIT */
/*
 * Page tables as a CPU reads them.
 *
 * A reader of its own, bit by bit from the manual (Intel SDM vol. 3, 4.5): it
 * shares nothing with pte.c and walk.c, so that it can judge them.
 */
#ifndef TESTS_HOST_HW_TABLES_H
#define TESTS_HOST_HW_TABLES_H

#include "arch/x86/pte.h"

/* What the entries on the way to a leaf say together; as in an entry, but for
 * bit 7, which is the third bit of the memory type at every level. */
#define HW_WRITE   BIT(1)
#define HW_USER	   BIT(2)
#define HW_PWT	   BIT(3)
#define HW_PCD	   BIT(4)
#define HW_PAT	   BIT(7)
#define HW_GLOBAL  BIT(8)
#define HW_NOEXEC  BIT(63)
#define HW_PRESENT BIT(0)
#define HW_USED	   (BIT(5) | BIT(6)) /* Accessed and dirty. */

struct hw_leaf {
	vaddr_t va;
	uint64_t bytes;
	mfn_t frame;
	uint64_t bits;
	uint64_t entry; /* As it is in memory. */
};

struct hw_space {
	mfn_t root;
	level_t levels;
};

/* The space of the machine at hand (machine.h). */
struct hw_space hw_machine_space(void);

/* Both functions may be NULL. */
struct hw_visitor {
	void (*table)(mfn_t frame, level_t level, vaddr_t first, void *context);
	void (*leaf)(const struct hw_leaf *leaf, void *context);
	void *context;
	/* Counted: entries that are not present and hold something, and entries
	 * with bits where the manual wants zeros. */
	uint64_t dirty;
	uint64_t reserved;
};

/* Visits all tables and leaves that cover addresses from first to last, a
 * table before what is in it, otherwise in ascending order. */
void hw_visit(struct hw_space space, vaddr_t first, vaddr_t last,
	      struct hw_visitor *visitor);

/* All there are. */
void hw_visit_all(struct hw_space space, struct hw_visitor *visitor);

/* The leaf for an address; false if there is none. */
bool hw_walk(struct hw_space space, vaddr_t address, struct hw_leaf *leaf);

/* The machine frame of the 4 KiB page at an address in the leaf. */
mfn_t hw_frame_at(const struct hw_leaf *leaf, vaddr_t address);

/* The bits of a write-back leaf on the machine at hand. */
uint64_t hw_write_back(void);

/* The index into the page attribute table. */
unsigned int hw_pat_index(const struct hw_leaf *leaf);

#endif
