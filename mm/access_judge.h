/* SPDX-License-Identifier: MIT */
/*
 * The judge of the access matrix: what was found against what the manual has.
 */
#ifndef MM_ACCESS_JUDGE_H
#define MM_ACCESS_JUDGE_H

#include "mm/access_bench.h"

/* What can be wrong, in the order in which it is looked for. */
enum access_wrong {
	WRONG_NOTHING,
	WRONG_PASSED,  /* It went through, and should have faulted. */
	WRONG_FAULTED, /* The other way round. */
	WRONG_VECTOR,  /* Not a page fault. */
	WRONG_ERROR,   /* The error code. */
	WRONG_ADDRESS, /* CR2. */
	WRONG_MEMORY,  /* Memory is not as an access that ended so leaves it. */
	WRONG_ENTRY,   /* Accessed or dirty. */
	ACCESS_WRONGS
};

const char *access_wrong_name(enum access_wrong wrong);

enum access_wrong access_judge(const struct access_result *expected,
			       struct access_try attempt,
			       const struct access_trial *trial);

/* One line of all that decides: "kernel write, ac; wp nxe; L3 .. L2 ..". */
#define ACCESS_TEXT_MAX 240
void access_format(char text[ACCESS_TEXT_MAX], const struct access_case *what,
		   const struct access_trial *trial);

#endif
