/* SPDX-License-Identifier: MIT */
/*
 * A memory map against a model of bytes.
 */
#ifndef TESTS_FUZZ_MAP_CHECK_H
#define TESTS_FUZZ_MAP_CHECK_H

#include "arch/x86/memory_map.h"

#define FUZZ_MAP_MODEL_MAX 64

/*
 * Normalises a copy of the map, and checks it: its form, and of all bytes at
 * and beside a place where anything begins or ends, the kind that they have by
 * the given entries. Of more than FUZZ_MAP_MODEL_MAX entries only the form is
 * checked. True if it was normalised, false if there was no room for that.
 */
bool fuzz_check_map(const struct memory_map *made,
		    const struct memory_map *given);

#endif
