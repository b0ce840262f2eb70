/* SPDX-License-Identifier: MIT */
/*
 * Known differences: where an emulator is not the processor.
 *
 * What is wrong with an emulator must neither fail a test of ours nor pass
 * unseen. A test that finds what the manual does not have asks whether it is
 * listed here for the machine that this is. Each difference is told once in a
 * run, and one that is listed but does not show is a failure: then the list is
 * out of date, or the test does not see it.
 *
 * KNOWN-1 A difference is listed for one emulator, and passes on no other.
 * KNOWN-2 A listed difference shows whenever it could, or the test fails.
 */
#ifndef ARCH_X86_KNOWN_DIFFERENCES_H
#define ARCH_X86_KNOWN_DIFFERENCES_H

#include "lib/types.h"

enum emulator { EMULATOR_NONE, EMULATOR_TCG };

/* By CPUID: the leaf of hypervisors, or the name of the processor, which a
 * hypervisor in between leaves alone. */
enum emulator emulator_detect(void);

enum difference {
	DIFFERENCE_RESERVED_P, /* Error codes of reserved bits lack P. */
	DIFFERENCE_GB,	       /* Leaves of 1 GiB that CPUID lacks are taken. */
	DIFFERENCE_STACK,      /* #GP where the stack segment has #SS. */
	DIFFERENCE_JUMP,       /* Jumps to what is not canonical fault there. */
	DIFFERENCES
};

/* How often it could have shown, and how often it did. */
struct difference_count {
	uint64_t could;
	uint64_t did;
};

/* Did it show whenever it could? */
static inline bool difference_always(struct difference_count count)
{
	return count.did == count.could;
}

bool difference_is_listed(enum difference difference);

/* To be called at the end of a test that counted: tells what was met, and fails
 * the test if it did not always show. Where it is not listed, or could not
 * show, does nothing. */
void difference_judge(enum difference difference,
		      struct difference_count count);

#endif
