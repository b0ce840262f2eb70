/* SPDX-License-Identifier: MIT */
/*
 * Change page attributes: what the tables hold, against the model.
 *
 * A reader of its own, with bits from the manual (Intel SDM vol. 3, tables 4-14
 * to 4-20): a mistake of mm/walk.c or arch/x86/pte.c does not hide itself. For
 * tests.
 */
#ifndef MM_CPA_LOOK_H
#define MM_CPA_LOOK_H

#include "mm/cpa_model.h"
#include "mm/pgtable.h"

/* The machine beside the model. */
struct look {
	const struct pgtable *pt;
	const struct model *model;
	uint64_t frame[MODEL_AREAS]; /* Of the first page of each area. */
	/* The leaves before and behind each area, as they were. */
	uint64_t beside[MODEL_AREAS][2];
};

/* What is not as it should be. */
struct mismatch {
	const char *what;
	uint64_t where;
	uint64_t expected;
	uint64_t found;
};

/* Remembers what lies beside the areas. */
void look_begin(struct look *look);

/* Compares every entry of the areas, and those beside them; true if *mismatch
 * tells of one. */
bool look_differs(const struct look *look, struct mismatch *mismatch);

/* An entry as the CPU finds it. */
struct look_entry {
	unsigned int level;
	uint64_t bits;
	bool write;   /* As far as the entries above grant it. */
	bool execute; /* The same. */
};

/* The entry of the level for an address, or that above it which leads no
 * further. */
struct look_entry look_at(const struct look *look, uint64_t va,
			  unsigned int level);

bool look_is_table(uint64_t bits, unsigned int level);
uint64_t look_frame(struct look_entry entry); /* Of a leaf or table. */
/* What the CPU makes of a leaf; 0 if it is none. */
model_page look_meaning(const struct look *look, const struct look_entry *at);

/* What leads to the root; the entries of a table, and one of them. */
struct look_entry look_root(const struct look *look);
const uint64_t *look_table(const struct look *look, uint64_t frame);
struct look_entry look_below(const struct look_entry *above, uint64_t bits,
			     bool nx);

/*
 * A digest of all leaves there are, bit for bit, and of what is granted above
 * them. A table may have moved. *writable_tables counts tables that the direct
 * map makes writable where none may be.
 */
uint64_t look_digest(const struct look *look, uint64_t *writable_tables);

#endif
