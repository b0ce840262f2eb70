/* SPDX-License-Identifier: MIT */
/*
 * What is mapped, for people.
 *
 * Lines behind '#', so that they may stand anywhere in a run. Leaves that
 * go on from each other, with the same size, rights and type, are one line:
 *
 *	# -- alias of text
 *	# directmap ffff880000200000-ffff88000020afff 11 x 4K r---g WB ->
 *0x200000
 *
 * The rights are those of all levels together; behind the arrow is memory as
 * the kernel numbers it, or "machine" and a frame's address if it is not ours.
 */
#ifndef MM_DUMP_H
#define MM_DUMP_H

#include "mm/pgtable.h"

#define DUMP_DIRECTMAP 0x1
#define DUMP_IMAGE     0x2
#define DUMP_ALL       0x4 /* Every leaf there is. */

/* The leaves that cover any of the bytes; they must not be 0. */
void dump_leaves(const struct pgtable *pt, vaddr_t start, uint64_t bytes);

/*
 * These parts of the tables in use, then how much is mapped by which size, the
 * number of tables, and what building cost. Of tables that are not the
 * kernel's own only the image is shown.
 */
void dump_tables(unsigned int parts);

#endif
