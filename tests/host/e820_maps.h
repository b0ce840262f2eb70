/* SPDX-License-Identifier: MIT */
/*
 * Memory maps of real machines.
 *
 * For each file in tests/data/e820, what a person found out about it without
 * the code that is tested.
 */
#ifndef TESTS_HOST_E820_MAPS_H
#define TESTS_HOST_E820_MAPS_H

#include "arch/x86/memory_map.h"

#define E820_ENTRIES_MAX 128

struct e820_machine {
	const char *name; /* Of the file, without its suffix. */
	uint64_t ram_pages;
	uint64_t ram_end;
};

extern const struct e820_machine e820_machines[];
extern const size_t e820_machine_count;

/* An entry that must be in a machine's normalised map, exactly as it is
 * here. */
struct e820_landmark {
	const char *name;
	uint64_t start;
	uint64_t end;
	enum memory_kind kind;
};

extern const struct e820_landmark e820_landmarks[];
extern const size_t e820_landmark_count;

/* A line of a file. */
struct e820_entry {
	uint64_t start;
	uint64_t bytes;
	enum memory_kind kind;
};

/* Those of the file that was read last; tests may change them. */
extern struct e820_entry e820_entries[E820_ENTRIES_MAX];
extern size_t e820_entry_count;

/* How many maps there are; 0 if the folder is not below the current one. */
size_t e820_count_files(void);

/* Reads a machine's file. If that fails the running test is an error. */
void e820_read(const char *name);

#endif
