/* SPDX-License-Identifier: MIT */
/*
 * A model of Xen, as far as hypercalls reach.
 */
#ifndef TESTS_HOST_FAKE_XEN_H
#define TESTS_HOST_FAKE_XEN_H

#include "xen/abi.h"

/*
 * Plays the domain builder for a domU: the whole arena is the domain's
 * memory, in machine frames of a shuffled order. Returns its start_info.
 */
const struct start_info *fake_xen_build(void);

/* The end of the boot stack, the last thing the builder placed. */
uint64_t fake_xen_stack_top(void);

#endif
