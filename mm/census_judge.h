/* SPDX-License-Identifier: MIT */
/*
 * The census: how entries are judged.
 *
 * Between the walker (census.c), the rules (census_judge.c) and their tests
 * alone.
 */
#ifndef MM_CENSUS_JUDGE_H
#define MM_CENSUS_JUDGE_H

#include "mm/census.h"

/* Intel SDM vol. 3, tables 4-12 to 4-20. */
#define P	  BIT(0)
#define RW	  BIT(1)
#define US	  BIT(2)
#define PWT	  BIT(3)
#define PCD	  BIT(4)
#define PS	  BIT(7) /* At levels 2 and 3; at level 1 it is PAT. */
#define GLOBAL	  BIT(8)
#define PAT_LARGE BIT(12)
#define XD	  BIT(63)
#define FRAME	  UINT64_C(0x000ffffffffff000)
#define ENTRIES	  512

extern struct census census;

static inline unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

static inline bool is_leaf(uint64_t bits, unsigned int level)
{
	return level == 1 || (level <= 3 && (bits & PS) != 0);
}

/* Counts a rule as broken, with the first entry that does it. */
void census_broken(enum census_rule rule, const struct census_entry *entry);

/* Leaves come in ascending order. */
void census_judge_leaf(const struct census_entry *leaf);
void census_judge_table(const struct census_entry *table);

/* What a hypervisor has in the root; false if it is no such entry. */
bool census_judge_hypervisor(const struct census_entry *entry);

/* When all have been met. */
void census_judge_end(const struct census_entry *top);

/*
 * How many pages from this leaf on, which was just judged, are of the same kind
 * and part: as many further leaves with the same bits, the next frames and the
 * next addresses would be judged as it was. At least 1. To pass over n more is
 * to count them.
 */
uint64_t census_alike(const struct census_entry *leaf);
void census_pass_over(unsigned int n);

#endif
