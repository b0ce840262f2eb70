/* SPDX-License-Identifier: MIT */
/*
 * What page tables must cost.
 *
 * How many leaves of each size, and how many tables of each level, it takes to
 * map given runs of addresses: by arithmetic over the borders, without building
 * or walking anything. kernel_space_init takes so many tables in advance; that
 * it is right is shown by the census, which counts what there is.
 *
 * A run is mapped with the largest leaves that fit. So a block of a size that
 * leaves can have is one leaf if it lies wholly in a run, and needs a table if
 * runs cover only part of it; a block of any larger size that a run touches
 * needs a table.
 */
#ifndef MM_PREDICT_H
#define MM_PREDICT_H

#include "lib/assert.h"
#include "mm/direct_map.h"

struct predict {
	uint64_t leaves[L5 + 1]; /* By level. */
	uint64_t tables[L5 + 1]; /* By level; the root is not among them. */
	/* The block above each level that the last run ended in, so that two
	 * runs that meet in a block share its table. */
	uint64_t last[L5 + 1];
	bool begun;
};

/* How many whole blocks of the level lie in [start, end). */
static inline uint64_t predict_blocks(uint64_t start, uint64_t end,
				      level_t level)
{
	uint64_t first = align_up(start, level_bytes(level));
	uint64_t behind = align_down(end, level_bytes(level));

	return first < behind ? (behind - first) >> level_shift(level) : 0;
}

/* Runs are to ascend and must not overlap, nor reach the highest address. */
static inline void predict_run(struct predict *p, vaddr_t at, uint64_t bytes,
			       level_t leaf_max, level_t levels)
{
	uint64_t end = at.va + bytes;
	uint64_t in_larger = 0;

	ASSERT(leaf_max < levels);
	for (level_t level = leaf_max; level >= L1;
	     level = (level_t)(level - 1)) {
		uint64_t blocks = predict_blocks(at.va, end, level);

		p->leaves[level] += blocks - ENTRY_COUNT * in_larger;
		in_larger = blocks;
	}
	for (level_t level = L1; level < levels && level < L5;
	     level = (level_t)(level + 1)) {
		level_t above = (level_t)(level + 1);
		uint64_t first = at.va >> level_shift(above);
		uint64_t last = (end - 1) >> level_shift(above);
		uint64_t tables = last - first + 1;

		if (above <= leaf_max) {
			tables -= predict_blocks(at.va, end, above);
		}
		if (tables != 0 && p->begun && p->last[level] == first) {
			tables--;
		}
		p->tables[level] += tables;
		p->last[level] = last;
	}
	p->begun = true;
}

static inline bool predict_in_direct_map(const struct region *region)
{
	return region->start.va - DIRECT_MAP_VADDR < DIRECT_MAP_BYTES;
}

/* The region as it is built: of the direct map the RAM in it, of the image all
 * of it, page by page. */
static inline void predict_region(struct predict *p,
				  const struct region *region,
				  const struct memory_map *ram,
				  level_t leaf_max, level_t levels)
{
	uint64_t start = region->memory.pa;
	uint64_t end = region->memory.pa + region->bytes;

	if (!predict_in_direct_map(region)) {
		predict_run(p, region->start, region->bytes, L1, levels);
		return;
	}
	for (size_t i = 0; i < ram->count; i++) {
		uint64_t from = max_u64(start, ram->ranges[i].start.pa);
		uint64_t to = min_u64(end, ram->ranges[i].end.pa);

		if (from < to) {
			predict_run(p, direct_map_vaddr(paddr(from)), to - from,
				    leaf_max, levels);
		}
	}
}

/* All of a table of regions, holes with it: these are mapped at first. */
static inline void predict_regions(struct predict *p,
				   const struct region_table *table,
				   const struct memory_map *ram,
				   level_t leaf_max, level_t levels)
{
	for (size_t i = 0; i < table->count; i++) {
		predict_region(p, &table->regions[i], ram, leaf_max, levels);
	}
}

static inline uint64_t predict_sum(const uint64_t counts[L5 + 1])
{
	uint64_t sum = 0;

	for (level_t level = L1; level <= L5; level = (level_t)(level + 1)) {
		sum += counts[level];
	}
	return sum;
}

#endif
