/* SPDX-License-Identifier: MIT */
/*
 * Memory map.
 *
 * What the firmware, the loader or the hypervisor says of physical memory,
 * brought into one form. Real maps come unsorted, overlapping, doubled, with
 * entries of length zero, ends that wrap round 2^64, RAM cut at odd bytes,
 * and more types than any document names.
 *
 * MAP-1 After memory_map_normalise the entries ascend, do not overlap, are
 *	 not empty, and neighbours that touch differ in kind.
 * MAP-2 Where entries overlap, the kind that is later in enum memory_kind
 *	 wins: what anyone says is not RAM is not used as RAM.
 * MAP-3 RAM is rounded inwards to pages after the merge, so that RAM cut at
 *	 an odd byte is not lost when the next entry goes on there.
 */
#ifndef ARCH_X86_MEMORY_MAP_H
#define ARCH_X86_MEMORY_MAP_H

#include "arch/x86/addr.h"
#include "lib/err.h"

/* By strength (MAP-2). The names are those of ACPI's address ranges. */
enum memory_kind {
	MEMORY_RAM,
	MEMORY_ACPI_DATA, /* Tables; RAM once they have been read. */
	MEMORY_ACPI_NVS,
	MEMORY_PERSISTENT,
	MEMORY_RESERVED, /* And every type this list does not know. */
	MEMORY_UNUSABLE	 /* RAM that is broken. */
};

/* Firmware with UEFI and many memory banks makes some hundreds. */
#define MEMORY_MAP_MAX 512

struct memory_range {
	paddr_t start;
	paddr_t end; /* One past the last byte; at most 2^52. */
	enum memory_kind kind;
};

struct memory_map {
	size_t count;
	struct memory_range ranges[MEMORY_MAP_MAX];
};

/* The kind for a type number of the E820 interface (ACPI 6.5, table 15.4),
 * which hvm_start_info, Multiboot2 and Xen share. */
enum memory_kind memory_kind_of_e820(uint32_t type);

/* In words, for people: "ram", "reserved", ... */
const char *memory_kind_name(enum memory_kind kind);

/*
 * Adds an entry as the firmware gave it. An entry of length zero is dropped.
 * One that wraps is cut at 2^64, and everything is cut at 2^52, above which
 * there are no physical addresses. ERR_FULL if there is no room: then the map
 * must not be used, as the entry that is missing might forbid something.
 */
enum err memory_map_add(struct memory_map *map, paddr_t start, uint64_t bytes,
			enum memory_kind kind) MUST_CHECK;

/*
 * Establishes MAP-1 to MAP-3, in place. RAM that does not fill a page is
 * dropped. Idempotent. ERR_FULL if cutting overlaps makes more entries than
 * there is room for; then the map must not be used.
 */
enum err memory_map_normalise(struct memory_map *map) MUST_CHECK;

/* Bytes of RAM; of a normalised map. */
uint64_t memory_map_ram_bytes(const struct memory_map *map);

/* Is every byte of [start, start + bytes) RAM? Of a normalised map. Where
 * there are no bytes, all of them are; a range that wraps never is. */
bool memory_map_is_ram(const struct memory_map *map, paddr_t start,
		       uint64_t bytes);

#endif
