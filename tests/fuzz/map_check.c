// SPDX-License-Identifier: MIT
/*
 * A memory map against a model of bytes.
 *
 * The model knows no ranges, only single bytes: what a byte is follows from all
 * entries that have it, and, for RAM, from the other bytes of its page. So it
 * is slow, and has nothing in common with the sweep that it judges.
 */
#include "tests/fuzz/map_check.h"

#include "tests/fuzz/fuzz.h"

#define NOBODY (-1)

static struct memory_map map;

/* ---- The model ----------------------------------------------------------- */

/* Before RAM is rounded: MAP-2. */
static int claimed_kind(const struct memory_map *given, uint64_t at)
{
	int kind = NOBODY;

	for (size_t i = 0; i < given->count; i++) {
		const struct memory_range *entry = &given->ranges[i];

		if (at >= entry->start.pa && at < entry->end.pa &&
		    (int)entry->kind > kind) {
			kind = (int)entry->kind;
		}
	}
	return kind;
}

/* The kind can only change where an entry begins or ends. */
static bool is_ram_where_changed(const struct memory_map *given, uint64_t at,
				 uint64_t page)
{
	return at <= page || at >= page + PAGE_BYTES ||
	       claimed_kind(given, at) == MEMORY_RAM;
}

static bool page_is_ram(const struct memory_map *given, uint64_t page)
{
	if (claimed_kind(given, page) != MEMORY_RAM) {
		return false;
	}
	for (size_t i = 0; i < given->count; i++) {
		const struct memory_range *entry = &given->ranges[i];

		if (!is_ram_where_changed(given, entry->start.pa, page) ||
		    !is_ram_where_changed(given, entry->end.pa, page)) {
			return false;
		}
	}
	return true;
}

/* MAP-3 */
static int model_kind(const struct memory_map *given, uint64_t at)
{
	int kind = claimed_kind(given, at);

	if (kind == MEMORY_RAM && !page_is_ram(given, at - at % PAGE_BYTES)) {
		return NOBODY;
	}
	return kind;
}

/* ---- What is judged ------------------------------------------------------ */

static int found_kind(uint64_t at)
{
	for (size_t i = 0; i < map.count; i++) {
		const struct memory_range *range = &map.ranges[i];

		if (at >= range->start.pa && at < range->end.pa) {
			return (int)range->kind;
		}
	}
	return NOBODY;
}

/* MAP-1, and how the queries see it. */
static void check_form(void)
{
	uint64_t ram = 0;

	for (size_t i = 0; i < map.count; i++) {
		const struct memory_range *range = &map.ranges[i];
		uint64_t bytes = range->end.pa - range->start.pa;

		FUZZ_CHECK(range->start.pa < range->end.pa);
		FUZZ_CHECK(range->end.pa <= BIT(PADDR_BITS));
		FUZZ_CHECK(memory_map_is_ram(&map, range->start, bytes) ==
			   (range->kind == MEMORY_RAM));
		ram += range->kind == MEMORY_RAM ? bytes : 0;
		if (i != 0) {
			FUZZ_CHECK(range[-1].end.pa <= range->start.pa);
			FUZZ_CHECK(range[-1].end.pa < range->start.pa ||
				   range[-1].kind != range->kind);
		}
	}
	FUZZ_CHECK(memory_map_ram_bytes(&map) == ram);
}

static void check_beside(const struct memory_map *given, uint64_t at)
{
	for (uint64_t byte = at - 1; byte != at + 1; byte++) {
		FUZZ_CHECK(found_kind(byte) == model_kind(given, byte));
	}
}

static void check_around(const struct memory_map *given, uint64_t at)
{
	check_beside(given, at);
	check_beside(given, align_down(at, PAGE_BYTES));
	check_beside(given, align_up(at, PAGE_BYTES));
}

static void check_kinds(const struct memory_map *given)
{
	for (size_t i = 0; i < given->count; i++) {
		check_around(given, given->ranges[i].start.pa);
		check_around(given, given->ranges[i].end.pa);
	}
	for (size_t i = 0; i < map.count; i++) {
		check_beside(given, map.ranges[i].start.pa);
		check_beside(given, map.ranges[i].end.pa);
	}
}

bool fuzz_check_map(const struct memory_map *made,
		    const struct memory_map *given)
{
	map = *made;
	if (memory_map_normalise(&map) != OK) {
		FUZZ_CHECK(2 * made->count - 1 > MEMORY_MAP_MAX);
		return false;
	}
	check_form();
	if (given->count <= FUZZ_MAP_MODEL_MAX) {
		check_kinds(given);
	}
	return true;
}
