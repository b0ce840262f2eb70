// SPDX-License-Identifier: MIT
/*
 * Memory map.
 *
 * Normalising is one sweep over the places where an entry begins or ends. In
 * between, a counter per kind says who claims the memory; a range is closed
 * when the strongest claim changes, so neighbours of one kind never come
 * apart and need no merging afterwards.
 */
#include "arch/x86/memory_map.h"

#include "lib/assert.h"

#define PADDR_LIMIT BIT(PADDR_BITS)

#define KIND_COUNT (MEMORY_UNUSABLE + 1)
/* Nobody's claim: weaker than all. */
#define KIND_NONE (-1)

#define EDGES_MAX (2 * MEMORY_MAP_MAX)

struct edge {
	uint64_t at;
	int8_t kind;
	int8_t change; /* +1 where an entry begins, -1 where it ends. */
};

/* Too large for the stack of a boot path; only one CPU runs that early. */
static struct edge edges[EDGES_MAX];

struct sweep {
	struct memory_map *map; /* The ranges that are closed. */
	int claims[KIND_COUNT];
	int kind; /* Of the range that is open. */
	uint64_t start;
};

enum memory_kind memory_kind_of_e820(uint32_t type)
{
	switch (type) {
	case 1:
		return MEMORY_RAM;
	case 3:
		return MEMORY_ACPI_DATA;
	case 4:
		return MEMORY_ACPI_NVS;
	case 5:
		return MEMORY_UNUSABLE;
	case 7:
		return MEMORY_PERSISTENT;
	default:
		return MEMORY_RESERVED;
	}
}

const char *memory_kind_name(enum memory_kind kind)
{
	static const char *const names[KIND_COUNT] = {
		[MEMORY_RAM] = "ram",
		[MEMORY_ACPI_DATA] = "acpi-data",
		[MEMORY_ACPI_NVS] = "acpi-nvs",
		[MEMORY_PERSISTENT] = "persistent",
		[MEMORY_RESERVED] = "reserved",
		[MEMORY_UNUSABLE] = "unusable",
	};

	ASSERT((unsigned int)kind < KIND_COUNT);
	return names[kind];
}

enum err memory_map_add(struct memory_map *map, paddr_t start, uint64_t bytes,
			enum memory_kind kind)
{
	uint64_t end = PADDR_LIMIT;

	ASSERT((unsigned int)kind < KIND_COUNT);
	if (bytes == 0 || start.pa >= PADDR_LIMIT) {
		return OK;
	}
	if (bytes < PADDR_LIMIT - start.pa) {
		end = start.pa + bytes;
	}
	if (map->count == MEMORY_MAP_MAX) {
		return ERR_FULL;
	}
	map->ranges[map->count++] = (struct memory_range){
		.start = start,
		.end = paddr(end),
		.kind = kind,
	};
	return OK;
}

/* Maps come nearly sorted, which makes this nearly one pass; and a thousand
 * edges at worst are no reason for something cleverer. */
static void edges_insert(size_t count, struct edge edge)
{
	size_t i = count;

	for (; i > 0 && edges[i - 1].at > edge.at; i--) {
		edges[i] = edges[i - 1];
	}
	edges[i] = edge;
}

static size_t edges_gather(const struct memory_map *map)
{
	size_t count = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];
		int8_t kind = (int8_t)range->kind;

		edges_insert(count++,
			     (struct edge){ range->start.pa, kind, +1 });
		edges_insert(count++, (struct edge){ range->end.pa, kind, -1 });
	}
	return count;
}

static int strongest_claim(const struct sweep *sweep)
{
	for (int kind = KIND_COUNT - 1; kind >= 0; kind--) {
		if (sweep->claims[kind] != 0) {
			return kind; /* MAP-2 */
		}
	}
	return KIND_NONE;
}

/* The open range ends here. It is as long as it gets, so RAM can be rounded
 * (MAP-3). */
static enum err sweep_close(struct sweep *sweep, uint64_t end)
{
	uint64_t start = sweep->start;

	if (sweep->kind == KIND_NONE) {
		return OK;
	}
	if (sweep->kind == MEMORY_RAM) {
		start = align_up(start, PAGE_BYTES);
		end = align_down(end, PAGE_BYTES);
	}
	if (start >= end) {
		return OK;
	}
	return memory_map_add(sweep->map, paddr(start), end - start,
			      (enum memory_kind)sweep->kind);
}

enum err memory_map_normalise(struct memory_map *map)
{
	size_t count = edges_gather(map);
	struct sweep sweep = { .map = map, .kind = KIND_NONE };

	map->count = 0;
	for (size_t i = 0; i < count; i++) {
		enum err err;
		int kind;

		sweep.claims[edges[i].kind] += edges[i].change;
		if (i + 1 < count && edges[i + 1].at == edges[i].at) {
			continue;
		}
		kind = strongest_claim(&sweep);
		if (kind == sweep.kind) {
			continue;
		}
		err = sweep_close(&sweep, edges[i].at);
		if (err != OK) {
			return err;
		}
		sweep.kind = kind;
		sweep.start = edges[i].at;
	}
	return OK;
}

uint64_t memory_map_ram_bytes(const struct memory_map *map)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];

		if (range->kind == MEMORY_RAM) {
			bytes += range->end.pa - range->start.pa;
		}
	}
	return bytes;
}

/* Ranges of RAM never touch each other (MAP-1), so one has to hold it all. */
bool memory_map_is_ram(const struct memory_map *map, paddr_t start,
		       uint64_t bytes)
{
	if (bytes == 0) {
		return true;
	}
	for (size_t i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];

		if (range->kind == MEMORY_RAM && start.pa >= range->start.pa &&
		    start.pa < range->end.pa) {
			return bytes <= range->end.pa - start.pa;
		}
	}
	return false;
}
