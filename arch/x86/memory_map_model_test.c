// SPDX-License-Identifier: MIT
/*
 * The memory map against a model.
 *
 * The model has no intervals at all: it is an array of half pages, each of
 * which has a kind or is nobody's. It is small, so that random entries often
 * begin or end in the same place; that is where mistakes show.
 */
#include "arch/x86/memory_map.h"

#include "lib/selftest.h"

#define CELL_BYTES (PAGE_BYTES / 2)
#define CELLS	   32
#define NOBODY	   (-1)

static int cells[CELLS];

/* Too large for the kernel's stack. */
static struct memory_map map;

static void model_add(size_t first, size_t count, int kind)
{
	for (size_t i = first; i < first + count; i++) {
		cells[i] = kind > cells[i] ? kind : cells[i];
	}
}

/* A half page of RAM without its other half is lost. */
static void model_round(void)
{
	for (size_t i = 0; i < CELLS; i += 2) {
		if (cells[i] == MEMORY_RAM && cells[i + 1] != MEMORY_RAM) {
			cells[i] = NOBODY;
		} else if (cells[i + 1] == MEMORY_RAM &&
			   cells[i] != MEMORY_RAM) {
			cells[i + 1] = NOBODY;
		}
	}
}

/* The map must be the runs of equal cells, one entry for each. */
static void check_ranges(void)
{
	size_t used = 0;
	size_t i = 0;

	while (i < CELLS) {
		size_t first = i;

		while (i < CELLS && cells[i] == cells[first]) {
			i++;
		}
		if (cells[first] == NOBODY) {
			continue;
		}
		CHECK(used < map.count);
		CHECK_EQ(map.ranges[used].start.pa, first * CELL_BYTES);
		CHECK_EQ(map.ranges[used].end.pa, i * CELL_BYTES);
		CHECK_EQ(map.ranges[used].kind, cells[first]);
		used++;
	}
	CHECK_EQ(map.count, used);
}

static void check_queries(void)
{
	uint64_t ram = 0;

	for (size_t i = 0; i < CELLS; i++) {
		bool is_ram = cells[i] == MEMORY_RAM;

		ram += is_ram ? CELL_BYTES : 0;
		CHECK_EQ(memory_map_is_ram(&map, paddr(i * CELL_BYTES),
					   CELL_BYTES),
			 is_ram);
	}
	CHECK_EQ(memory_map_ram_bytes(&map), ram);
}

static void random_map(struct random *random)
{
	uint64_t entries = random_below(random, 12);

	map.count = 0;
	for (size_t i = 0; i < CELLS; i++) {
		cells[i] = NOBODY;
	}
	for (uint64_t i = 0; i < entries; i++) {
		uint64_t first = random_below(random, CELLS);
		uint64_t count = random_below(random, CELLS - first + 1);
		/* Half of all entries are RAM, as in real maps. */
		uint64_t kind =
			random_below(random, UINT64_C(2) * MEMORY_UNUSABLE);

		kind = kind > MEMORY_UNUSABLE ? MEMORY_RAM : kind;
		model_add(first, count, (int)kind);
		CHECK_EQ(memory_map_add(&map, paddr(first * CELL_BYTES),
					count * CELL_BYTES,
					(enum memory_kind)kind),
			 OK);
	}
	model_round();
}

SELFTEST(half_pages, "random maps come out as an array of half pages has them")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(200);

	for (uint64_t i = 0; i < rounds; i++) {
		CHECK_CALL(random_map(&random));
		CHECK_EQ(memory_map_normalise(&map), OK);
		CHECK_CALL(check_ranges());
		CHECK_CALL(check_queries());
		/* Normalising what is normal changes nothing. */
		CHECK_EQ(memory_map_normalise(&map), OK);
		CHECK_CALL(check_ranges());
	}
}

SELFTEST_SUITE(memory_map_model, &half_pages);
