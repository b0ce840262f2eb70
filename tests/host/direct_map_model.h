/* SPDX-License-Identifier: MIT */
/*
 * What the direct map must be.
 *
 * Made from the RAM and the regions alone, as a list of runs that no leaf may
 * leave; it shares nothing with mm/. And what an own reader (hw_tables.h) finds
 * in the machine's tables (machine.h), compared with that.
 */
#ifndef TESTS_HOST_DIRECT_MAP_MODEL_H
#define TESTS_HOST_DIRECT_MAP_MODEL_H

#include "mm/direct_map.h"

#define MODEL_RUNS_MAX 4096

/* RAM without a border inside; its region, or NULL. */
struct model_run {
	uint64_t start;
	uint64_t end;
	const struct region *region;
};

struct model {
	uint64_t leaf_max; /* Bytes. */
	const struct region_table *regions;
	size_t count;
	struct model_run runs[MODEL_RUNS_MAX];
};

/* For 4 KiB, 2 MiB, 1 GiB; and tables, all but the root. */
struct model_counts {
	uint64_t leaves[3];
	uint64_t all_leaves;
	uint64_t tables;
};

enum model_stage {
	MODEL_PART, /* A part of pass 1, from the bottom, and no more. */
	MODEL_BUILT,
	MODEL_APPLIED
};

void model_make(struct model *model, const struct memory_map *ram,
		const struct region_table *regions, level_t leaf_max);

struct model_counts model_count(const struct model *model, level_t levels);

/* How many leaves pass 2 must store to. */
uint64_t model_changes(const struct model *model);

/* Takes the middle out of long runs, so that what is left needs some hundreds
 * of leaves for each; all borders stay. */
void model_shorten(struct memory_map *ram, const struct region_table *regions,
		   level_t leaf_max);

/* Checks every entry of the machine's tables, and the allocator's account of
 * those. who is for the message. */
void model_check(const struct model *model, enum model_stage stage,
		 const char *who);

#endif
