/* SPDX-License-Identifier: MIT */
/*
 * Fuzzing what turns a loader's structure into boot information.
 */
#ifndef TESTS_FUZZ_DESCRIBE_H
#define TESTS_FUZZ_DESCRIBE_H

#include "arch/x86/bootinfo.h"

/* Memory from FUZZ_BASE on is the input, with the structure at its start: what
 * describe makes of it is checked. */
void fuzz_describe(const uint8_t *bytes, size_t count,
		   void (*describe)(struct bootinfo *info, uint64_t address));

/* What holds for all boot information. */
void fuzz_check_bootinfo(const struct bootinfo *info);

#endif
