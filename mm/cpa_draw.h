/* SPDX-License-Identifier: MIT */
/*
 * Change page attributes: calls at random.
 *
 * For tests, over the bench (mm/cpa_bench.h).
 */
#ifndef MM_CPA_DRAW_H
#define MM_CPA_DRAW_H

#include "lib/random.h"

/* One call, or some that belong together, with its checks. */
void draw_call(struct random *random);

/* Says how many calls of which kinds there were since the last time. */
void draw_note(void);

#endif
