/* SPDX-License-Identifier: MIT */
/*
 * Change page attributes: cases that are few enough to go through all of them.
 *
 * For tests, over the bench (mm/cpa_bench.h), on any machine. Each begins and
 * ends with the pages as they were, and says what it leaves out.
 */
#ifndef MM_CPA_CASES_H
#define MM_CPA_CASES_H

#include "lib/types.h"

/* Takes as long as everything else together; only the host always does. */
struct cases_effort {
	unsigned int lists;	/* Pairs of types for blocks named by page. */
	unsigned int positions; /* Of a split within a block. */
	bool giant;		/* Types of a leaf of 1 GiB. */
};

/* Every memory type after every other one. */
void cases_types(const struct cases_effort *effort);

/* Every operation on rights in every state that rights can have. */
void cases_rights(void);

/* Ranges and lists about as long as flushes page by page are worth it. */
void cases_flushes(void);

/* Parts of large leaves, from every page to some others. */
void cases_positions(const struct cases_effort *effort);

/* Leaves that are to stay small, and that may be large again. */
void cases_sizes(void);

/* Pages that are taken away and come back, with a flush and without. */
void cases_presence(void);

/* Memory for tables that runs out, at each page that is asked for. */
void cases_no_memory(void);

#endif
