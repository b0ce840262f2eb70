// SPDX-License-Identifier: MIT
/*
 * Tests of the memory map.
 *
 * Literal cases say what each invariant means; memory_map_model_test.c looks
 * for those that nobody thought of.
 */
#include "arch/x86/memory_map.h"

#include "lib/selftest.h"

#define LIMIT BIT(PADDR_BITS)

/* Too large for the kernel's stack. */
static struct memory_map map;
static struct memory_map again;

/* As firmware gives it: a length, and an end that may lie anywhere. */
struct entry {
	uint64_t start;
	uint64_t bytes;
	enum memory_kind kind;
};

/* As a normalised map has it. */
struct expected {
	uint64_t start;
	uint64_t end;
	enum memory_kind kind;
};

static void fill(const struct entry *entries, size_t count)
{
	map.count = 0;
	for (size_t i = 0; i < count; i++) {
		CHECK_EQ(memory_map_add(&map, paddr(entries[i].start),
					entries[i].bytes, entries[i].kind),
			 OK);
	}
}

static void check_ranges(const struct expected *expected, size_t count)
{
	CHECK_EQ(map.count, count);
	for (size_t i = 0; i < count; i++) {
		CHECK_EQ(map.ranges[i].start.pa, expected[i].start);
		CHECK_EQ(map.ranges[i].end.pa, expected[i].end);
		CHECK_EQ(map.ranges[i].kind, expected[i].kind);
	}
}

/* Normalising what is normal changes nothing. */
static void check_idempotent(void)
{
	again.count = map.count;
	memcpy(again.ranges, map.ranges, map.count * sizeof(map.ranges[0]));
	CHECK_EQ(memory_map_normalise(&again), OK);
	CHECK_EQ(again.count, map.count);
	for (size_t i = 0; i < map.count; i++) {
		CHECK_EQ(again.ranges[i].start.pa, map.ranges[i].start.pa);
		CHECK_EQ(again.ranges[i].end.pa, map.ranges[i].end.pa);
		CHECK_EQ(again.ranges[i].kind, map.ranges[i].kind);
	}
}

/* The names that the macro gives to a case: in, what goes in, and out. */
#define CHECK_NORMALISED()                                       \
	do {                                                     \
		CHECK_CALL(fill(in, ARRAY_COUNT(in)));           \
		CHECK_EQ(memory_map_normalise(&map), OK);        \
		CHECK_CALL(check_ranges(out, ARRAY_COUNT(out))); \
		CHECK_CALL(check_idempotent());                  \
	} while (0)

SELFTEST(empty, "an empty map is normal, and has no RAM")
{
	map.count = 0;
	CHECK_EQ(memory_map_normalise(&map), OK);
	CHECK_EQ(map.count, 0);
	CHECK_EQ(memory_map_ram_bytes(&map), 0);
	CHECK(!memory_map_is_ram(&map, paddr(0), 1));
}

SELFTEST(sorts, "MAP-1: entries ascend, whatever the firmware's order")
{
	static const struct entry in[] = {
		{ 0x100000, 0x100000, MEMORY_RAM },
		{ 0xf0000, 0x10000, MEMORY_RESERVED },
		{ 0x300000, 0x1000, MEMORY_ACPI_NVS },
		{ 0, 0x9f000, MEMORY_RAM },
		{ 0x200000, 0x1000, MEMORY_ACPI_DATA },
	};
	static const struct expected out[] = {
		{ 0, 0x9f000, MEMORY_RAM },
		{ 0xf0000, 0x100000, MEMORY_RESERVED },
		{ 0x100000, 0x200000, MEMORY_RAM },
		{ 0x200000, 0x201000, MEMORY_ACPI_DATA },
		{ 0x300000, 0x301000, MEMORY_ACPI_NVS },
	};

	CHECK_NORMALISED();
}

SELFTEST(merges, "MAP-1: neighbours of one kind become one entry")
{
	static const struct entry in[] = {
		{ 0x2000, 0x1000, MEMORY_RAM },
		{ 0x1000, 0x1000, MEMORY_RAM },
		{ 0x3000, 0x1000, MEMORY_RAM },
		{ 0x8000, 0x800, MEMORY_RESERVED },
		{ 0x8800, 0x10, MEMORY_RESERVED },
		/* A hole of one page. */
		{ 0x5000, 0x1000, MEMORY_RAM },
		/* A hole of one byte. */
		{ 0x8811, 1, MEMORY_RESERVED },
	};
	static const struct expected out[] = {
		{ 0x1000, 0x4000, MEMORY_RAM },
		{ 0x5000, 0x6000, MEMORY_RAM },
		{ 0x8000, 0x8810, MEMORY_RESERVED },
		{ 0x8811, 0x8812, MEMORY_RESERVED },
	};

	CHECK_NORMALISED();
}

SELFTEST(doubles, "MAP-1: the same entry twice is one entry")
{
	static const struct entry in[] = {
		{ 0x100000, 0x100000, MEMORY_RAM },
		{ 0x100000, 0x100000, MEMORY_RAM },
		{ 0x300000, 0x123, MEMORY_RESERVED },
		{ 0x300000, 0x123, MEMORY_RESERVED },
	};
	static const struct expected out[] = {
		{ 0x100000, 0x200000, MEMORY_RAM },
		{ 0x300000, 0x300123, MEMORY_RESERVED },
	};

	CHECK_NORMALISED();
}

SELFTEST(overlaps_itself, "MAP-1: overlapping entries of one kind are one")
{
	static const struct entry in[] = {
		{ 0x1000, 0x3000, MEMORY_RAM },
		{ 0x2000, 0x8000, MEMORY_RAM },
		{ 0x4000, 0x1000, MEMORY_RAM },
		{ 0xa000, 0x1000, MEMORY_RAM },
	};
	static const struct expected out[] = {
		{ 0x1000, 0xb000, MEMORY_RAM },
	};

	CHECK_NORMALISED();
}

SELFTEST(drops_empty, "MAP-1: entries of length zero are dropped")
{
	static const struct entry in[] = {
		{ 0x1000, 0, MEMORY_RESERVED },
		{ 0x1000, 0x1000, MEMORY_RAM },
		/* Inside of RAM it must not cut the RAM in two. */
		{ 0x1800, 0, MEMORY_UNUSABLE },
		{ UINT64_MAX, 0, MEMORY_RAM },
		{ 0, 0, MEMORY_RAM },
	};
	static const struct expected out[] = {
		{ 0x1000, 0x2000, MEMORY_RAM },
	};

	CHECK_CALL(fill(in, ARRAY_COUNT(in)));
	CHECK_EQ(map.count, 1);
	CHECK_NORMALISED();
}

SELFTEST(cuts_top, "wrapped ends and what lies above 2^52 are cut off")
{
	static const struct entry in[] = {
		{ LIMIT - 0x1000, 0x2000, MEMORY_RAM },
		{ LIMIT - 0x4000, UINT64_MAX, MEMORY_RESERVED },
		{ LIMIT, 0x1000, MEMORY_UNUSABLE },
		{ UINT64_MAX, 1, MEMORY_UNUSABLE },
		{ UINT64_MAX - 0xfff, UINT64_MAX, MEMORY_UNUSABLE },
		{ LIMIT - 1, 1, MEMORY_UNUSABLE },
	};
	static const struct expected out[] = {
		{ LIMIT - 0x4000, LIMIT - 1, MEMORY_RESERVED },
		{ LIMIT - 1, LIMIT, MEMORY_UNUSABLE },
	};

	CHECK_CALL(fill(in, ARRAY_COUNT(in)));
	CHECK_EQ(map.count, 3);
	for (size_t i = 0; i < map.count; i++) {
		CHECK_EQ(map.ranges[i].end.pa, LIMIT);
	}
	CHECK_NORMALISED();
}

SELFTEST(whole, "one entry may hold all addresses there are")
{
	static const struct entry in[] = {
		{ 0, UINT64_MAX, MEMORY_RAM },
	};
	static const struct expected out[] = {
		{ 0, LIMIT, MEMORY_RAM },
	};

	CHECK_NORMALISED();
	CHECK_EQ(memory_map_ram_bytes(&map), LIMIT);
	CHECK(memory_map_is_ram(&map, paddr(0), LIMIT));
}

SELFTEST(stronger_wins, "MAP-2: where entries overlap the stronger kind wins")
{
	/* All ways two ranges can lie: 4 pages of one, 4 of the other. */
	for (int weak = MEMORY_RAM; weak < MEMORY_UNUSABLE; weak++) {
		for (int kind = weak + 1; kind <= MEMORY_UNUSABLE; kind++) {
			const struct entry in[] = {
				{ 0x1000, 0x4000, (enum memory_kind)kind },
				{ 0x3000, 0x4000, (enum memory_kind)weak },
				{ 0x9000, 0x2000, (enum memory_kind)kind },
				{ 0x8000, 0x4000, (enum memory_kind)weak },
				{ 0x10000, 0x1000, (enum memory_kind)weak },
				{ 0x10000, 0x1000, (enum memory_kind)kind },
			};
			const struct expected out[] = {
				{ 0x1000, 0x5000, (enum memory_kind)kind },
				{ 0x5000, 0x7000, (enum memory_kind)weak },
				{ 0x8000, 0x9000, (enum memory_kind)weak },
				{ 0x9000, 0xb000, (enum memory_kind)kind },
				{ 0xb000, 0xc000, (enum memory_kind)weak },
				{ 0x10000, 0x11000, (enum memory_kind)kind },
			};

			CHECK_NORMALISED();
		}
	}
}

SELFTEST(three_deep, "MAP-2: the strongest of three claims wins")
{
	static const struct entry in[] = {
		{ 0x0000, 0x9000, MEMORY_RAM },
		{ 0x1000, 0x7000, MEMORY_RESERVED },
		{ 0x2000, 0x5000, MEMORY_UNUSABLE },
		{ 0x3000, 0x3000, MEMORY_ACPI_NVS },
		/* A second claim that ends early must not end the first. */
		{ 0x1000, 0x0800, MEMORY_RESERVED },
	};
	static const struct expected out[] = {
		{ 0x0000, 0x1000, MEMORY_RAM },
		{ 0x1000, 0x2000, MEMORY_RESERVED },
		{ 0x2000, 0x7000, MEMORY_UNUSABLE },
		{ 0x7000, 0x8000, MEMORY_RESERVED },
		{ 0x8000, 0x9000, MEMORY_RAM },
	};

	CHECK_NORMALISED();
}

SELFTEST(rounds_ram, "MAP-3: RAM is rounded inwards to pages, others are not")
{
	static const struct entry in[] = {
		{ 0x100, 0x9f000, MEMORY_RAM },
		{ 0x9f100, 0x700, MEMORY_RESERVED },
		{ 0x100000, 0x7800, MEMORY_RAM },
		{ 0x107800, 0x800, MEMORY_ACPI_DATA },
		{ 0x108001, 0x1fff, MEMORY_RAM },
	};
	static const struct expected out[] = {
		{ 0x1000, 0x9f000, MEMORY_RAM },
		{ 0x9f100, 0x9f800, MEMORY_RESERVED },
		{ 0x100000, 0x107000, MEMORY_RAM },
		{ 0x107800, 0x108000, MEMORY_ACPI_DATA },
		{ 0x109000, 0x10a000, MEMORY_RAM },
	};

	CHECK_NORMALISED();
}

SELFTEST(merges_first, "MAP-3: RAM that goes on at an odd byte is not lost")
{
	static const struct entry in[] = {
		{ 0x3018, 0x2440, MEMORY_RAM },
		{ 0x1000, 0x2018, MEMORY_RAM },
		{ 0x5458, 0x0ba8, MEMORY_RAM },
	};
	static const struct expected out[] = {
		{ 0x1000, 0x6000, MEMORY_RAM },
	};

	CHECK_NORMALISED();
}

SELFTEST(drops_crumbs, "MAP-3: RAM that does not fill a page is dropped")
{
	static const struct entry in[] = {
		{ 0x1001, 0xfff, MEMORY_RAM },
		{ 0x3000, 0xfff, MEMORY_RAM },
		{ 0x5800, 0x1000, MEMORY_RAM },
		/* One byte in the middle of a page takes all of it. */
		{ 0x8000, 0x1000, MEMORY_RAM },
		{ 0x8800, 1, MEMORY_PERSISTENT },
		/* What is on either side of dropped RAM stays apart. */
		{ 0xa000, 0x100, MEMORY_RESERVED },
		{ 0xa100, 0x100, MEMORY_RAM },
		{ 0xa200, 0x100, MEMORY_RESERVED },
		{ LIMIT - 1, 1, MEMORY_RAM },
	};
	static const struct expected out[] = {
		{ 0x8800, 0x8801, MEMORY_PERSISTENT },
		{ 0xa000, 0xa100, MEMORY_RESERVED },
		{ 0xa200, 0xa300, MEMORY_RESERVED },
	};

	CHECK_NORMALISED();
	CHECK_EQ(memory_map_ram_bytes(&map), 0);
}

SELFTEST(full, "an entry that does not fit is refused, one of no bytes is not")
{
	map.count = 0;
	for (uint64_t i = 0; i < MEMORY_MAP_MAX; i++) {
		CHECK_EQ(memory_map_add(&map, paddr(i * 2 * PAGE_BYTES),
					PAGE_BYTES, MEMORY_RAM),
			 OK);
	}
	CHECK_EQ(memory_map_add(&map, paddr(0), 1, MEMORY_RESERVED), ERR_FULL);
	CHECK_EQ(memory_map_add(&map, paddr(0), 0, MEMORY_RESERVED), OK);
	CHECK_EQ(memory_map_add(&map, paddr(LIMIT), 1, MEMORY_RESERVED), OK);
	CHECK_EQ(map.count, MEMORY_MAP_MAX);

	CHECK_EQ(memory_map_normalise(&map), OK);
	CHECK_EQ(map.count, MEMORY_MAP_MAX);
	CHECK_EQ(memory_map_ram_bytes(&map), MEMORY_MAP_MAX * PAGE_BYTES);
	CHECK_CALL(check_idempotent());
}

/* RAM with count reserved bytes in it, each at the start of a page. */
static void fill_pierced(uint64_t count)
{
	map.count = 0;
	CHECK_EQ(memory_map_add(&map, paddr(0), (2 * count + 1) * PAGE_BYTES,
				MEMORY_RAM),
		 OK);
	for (uint64_t i = 0; i < count; i++) {
		paddr_t hole = paddr((2 * i + 1) * PAGE_BYTES);

		CHECK_EQ(memory_map_add(&map, hole, 1, MEMORY_RESERVED), OK);
	}
}

SELFTEST(overflows, "cutting may fill the map to the last entry, no further")
{
	uint64_t fits = (MEMORY_MAP_MAX - 1) / 2;

	CHECK_CALL(fill_pierced(fits));
	CHECK_EQ(memory_map_normalise(&map), OK);
	CHECK_EQ(map.count, 2 * fits + 1);
	CHECK_EQ(memory_map_ram_bytes(&map), (fits + 1) * PAGE_BYTES);

	CHECK_CALL(fill_pierced(fits + 1));
	CHECK_EQ(memory_map_normalise(&map), ERR_FULL);
}

SELFTEST_SUITE(memory_map, &empty, &sorts, &merges, &doubles, &overlaps_itself,
	       &drops_empty, &cuts_top, &whole, &stronger_wins, &three_deep,
	       &rounds_ram, &merges_first, &drops_crumbs, &full, &overflows);
