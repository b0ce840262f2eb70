// SPDX-License-Identifier: MIT
/*
 * Tests of the memory map with maps of real machines.
 *
 * What firmware says is stranger than what one thinks of. Each map in
 * tests/data/e820 goes through the same checks; what sets single machines
 * apart is in the tables of tests/host/e820_maps.c.
 */
#include "arch/x86/memory_map.h"
#include "lib/selftest.h"
#include "tests/host/e820_maps.h"

#include <stdlib.h>

#define LIMIT BIT(PADDR_BITS)

/* Cutting n entries leaves at most 2n - 1. */
#define RUNS_MAX (2 * E820_ENTRIES_MAX)

static struct memory_map map;
static struct memory_map again;

static void normalise(const char *name)
{
	map.count = 0;
	for (size_t i = 0; i < e820_entry_count; i++) {
		CHECK_EQ(memory_map_add(&map, paddr(e820_entries[i].start),
					e820_entries[i].bytes,
					e820_entries[i].kind),
			 OK);
	}
	if (memory_map_normalise(&map) != OK) {
		FAIL("%s: does not fit", name);
	}
}

/* Calls check with each machine's map, normalised. */
static void for_each_machine(void (*check)(const struct e820_machine *machine))
{
	for (size_t i = 0; i < e820_machine_count; i++) {
		CHECK_CALL(e820_read(e820_machines[i].name));
		CHECK_CALL(normalise(e820_machines[i].name));
		CHECK_CALL(check(&e820_machines[i]));
	}
}

/* Names the file and the entry where a map is not what it should be. */
#define CHECK_ENTRY(machine, index, cond)                                   \
	do {                                                                \
		selftest_checked();                                         \
		if (!(cond)) {                                              \
			FAIL("%s: entry %zu: expected %s", (machine)->name, \
			     (size_t)(index), #cond);                       \
		}                                                           \
	} while (0)

SELFTEST(complete, "every map in the folder is known, and no other")
{
	size_t files = e820_count_files();

	if (files == 0) {
		ERROR("no map is below the current folder");
	}
	CHECK_EQ(e820_machine_count, files);
	for (size_t i = 0; i < e820_machine_count; i++) {
		CHECK_CALL(e820_read(e820_machines[i].name));
	}
}

static void check_form(const struct e820_machine *machine)
{
	for (size_t i = 0; i < map.count; i++) {
		const struct memory_range *range = &map.ranges[i];

		CHECK_ENTRY(machine, i, range->start.pa < range->end.pa);
		CHECK_ENTRY(machine, i, range->end.pa <= LIMIT);
		CHECK_ENTRY(machine, i,
			    range->kind != MEMORY_RAM ||
				    is_aligned(range->start.pa | range->end.pa,
					       PAGE_BYTES));
	}
	for (size_t i = 1; i < map.count; i++) {
		const struct memory_range *range = &map.ranges[i];
		const struct memory_range *before = &map.ranges[i - 1];

		CHECK_ENTRY(machine, i, before->end.pa <= range->start.pa);
		CHECK_ENTRY(machine, i,
			    before->end.pa != range->start.pa ||
				    before->kind != range->kind);
	}
}

SELFTEST(form, "MAP-1: the entries of every map ascend and do not overlap")
{
	for_each_machine(check_form);
}

/*
 * The model asks, for every stretch between two places where any entry begins
 * or ends, all entries anew.
 */
static uint64_t points[2 * E820_ENTRIES_MAX];

/* Where the entry ends, as memory_map_add promises to cut it. */
static uint64_t entry_end(const struct e820_entry *entry)
{
	uint64_t end = entry->start + entry->bytes;

	return end < entry->start || end > LIMIT ? LIMIT : end;
}

static int compare_points(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static size_t find_points(void)
{
	size_t count = 0;

	for (size_t i = 0; i < e820_entry_count; i++) {
		points[count++] = e820_entries[i].start;
		points[count++] = entry_end(&e820_entries[i]);
	}
	qsort(points, count, sizeof(points[0]), compare_points);
	return count;
}

/* The strongest kind of the stretch, or -1. */
static int kind_between(uint64_t start, uint64_t end)
{
	int kind = -1;

	for (size_t i = 0; i < e820_entry_count; i++) {
		const struct e820_entry *entry = &e820_entries[i];

		if (entry->bytes != 0 && entry->start <= start &&
		    end <= entry_end(entry) && (int)entry->kind > kind) {
			kind = (int)entry->kind;
		}
	}
	return kind;
}

struct run {
	uint64_t start;
	uint64_t end;
	int kind;
};

static struct run runs[RUNS_MAX];

/* Puts a stretch at the end of the runs; returns how many there are. */
static size_t append_run(size_t count, struct run run)
{
	if (run.kind < 0 || run.start == run.end) {
		return count;
	}
	if (count != 0 && runs[count - 1].end == run.start &&
	    runs[count - 1].kind == run.kind) {
		runs[count - 1].end = run.end;
		return count;
	}
	runs[count] = run;
	return count + 1;
}

static size_t find_runs(void)
{
	size_t point_count = find_points();
	size_t count = 0;

	for (size_t i = 0; i + 1 < point_count; i++) {
		struct run run = { points[i], points[i + 1], 0 };

		run.kind = kind_between(run.start, run.end);
		count = append_run(count, run);
	}
	return count;
}

static void check_model(const struct e820_machine *machine)
{
	size_t run_count = find_runs();
	size_t at = 0;

	for (size_t i = 0; i < run_count; i++) {
		struct run run = runs[i];

		if (run.kind == MEMORY_RAM) {
			run.start = (run.start + 0xfff) / 0x1000 * 0x1000;
			run.end = run.end / 0x1000 * 0x1000;
		}
		if (run.start >= run.end) {
			continue;
		}
		CHECK_ENTRY(machine, at, at < map.count);
		CHECK_ENTRY(machine, at, map.ranges[at].start.pa == run.start);
		CHECK_ENTRY(machine, at, map.ranges[at].end.pa == run.end);
		CHECK_ENTRY(machine, at, (int)map.ranges[at].kind == run.kind);
		at++;
	}
	CHECK_ENTRY(machine, at, at == map.count);
}

SELFTEST(model, "MAP-2, MAP-3: every map is as an independent model has it")
{
	for_each_machine(check_model);
}

static void check_ram(const struct e820_machine *machine)
{
	uint64_t pages = memory_map_ram_bytes(&map) / PAGE_BYTES;
	uint64_t end = 0;

	for (size_t i = 0; i < map.count; i++) {
		if (map.ranges[i].kind == MEMORY_RAM) {
			end = map.ranges[i].end.pa;
		}
	}
	selftest_checked();
	if (pages != machine->ram_pages || end != machine->ram_end) {
		FAIL("%s: expected 0x%lx pages up to 0x%lx, "
		     "found 0x%lx pages up to 0x%lx",
		     machine->name, machine->ram_pages, machine->ram_end, pages,
		     end);
	}
}

SELFTEST(totals, "MAP-3: every map has the RAM that its machine has")
{
	for_each_machine(check_ram);
}

static bool has_entry(const struct e820_landmark *landmark)
{
	for (size_t i = 0; i < map.count; i++) {
		if (map.ranges[i].start.pa == landmark->start &&
		    map.ranges[i].end.pa == landmark->end &&
		    map.ranges[i].kind == landmark->kind) {
			return true;
		}
	}
	return false;
}

SELFTEST(peculiar,
	 "MAP-3: odd bytes, duplicates and islands end as they should")
{
	for (size_t i = 0; i < e820_landmark_count; i++) {
		const struct e820_landmark *landmark = &e820_landmarks[i];

		CHECK_CALL(e820_read(landmark->name));
		CHECK_CALL(normalise(landmark->name));
		selftest_checked();
		if (!has_entry(landmark)) {
			FAIL("%s: no entry 0x%lx to 0x%lx of kind %s",
			     landmark->name, landmark->start, landmark->end,
			     memory_kind_name(landmark->kind));
		}
	}
}

static void check_queries(const struct e820_machine *machine)
{
	for (size_t i = 0; i < map.count; i++) {
		const struct memory_range *range = &map.ranges[i];
		uint64_t bytes = range->end.pa - range->start.pa;
		bool ram = range->kind == MEMORY_RAM;

		CHECK_ENTRY(machine, i,
			    memory_map_is_ram(&map, range->start, bytes) ==
				    ram);
		CHECK_ENTRY(machine, i,
			    !memory_map_is_ram(&map, range->start, bytes + 1));
		CHECK_ENTRY(machine, i,
			    memory_map_is_ram(&map, range->start, 1) == ram);
	}
}

SELFTEST(queries, "every entry of every map is RAM or not, to its last byte")
{
	for_each_machine(check_queries);
}

static void check_same(const struct e820_machine *machine)
{
	CHECK_ENTRY(machine, again.count, again.count == map.count);
	for (size_t i = 0; i < map.count; i++) {
		const struct memory_range *a = &map.ranges[i];
		const struct memory_range *b = &again.ranges[i];

		CHECK_ENTRY(machine, i, a->start.pa == b->start.pa);
		CHECK_ENTRY(machine, i, a->end.pa == b->end.pa);
		CHECK_ENTRY(machine, i, a->kind == b->kind);
	}
}

static void check_twice(const struct e820_machine *machine)
{
	again = map;
	CHECK_EQ(memory_map_normalise(&again), OK);
	CHECK_CALL(check_same(machine));
}

SELFTEST(twice, "MAP-1: normalising a map again changes nothing")
{
	for_each_machine(check_twice);
}

static void shuffle(struct random *random)
{
	for (size_t i = e820_entry_count; i > 1; i--) {
		size_t other = random_below(random, i);
		struct e820_entry entry = e820_entries[i - 1];

		e820_entries[i - 1] = e820_entries[other];
		e820_entries[other] = entry;
	}
}

static void check_order(const struct e820_machine *machine)
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(20);

	again = map;
	for (uint64_t i = 0; i < rounds; i++) {
		shuffle(&random);
		CHECK_CALL(normalise(machine->name));
		CHECK_CALL(check_same(machine));
	}
}

SELFTEST(order, "MAP-1: the order of the firmware's entries means nothing")
{
	for_each_machine(check_order);
}

SELFTEST_SUITE(e820, &complete, &form, &model, &totals, &peculiar, &queries,
	       &twice, &order);
