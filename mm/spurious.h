/* SPDX-License-Identifier: MIT */
/*
 * Spurious faults.
 *
 * A CPU may keep a translation with fewer rights than the tables now give, and
 * fault on it, if nobody flushed when the rights were added (Intel SDM vol. 3,
 * 4.10.4.3). Then the access has only to be tried again.
 *
 * SPURIOUS-1 Only a fault that every level now permits is spurious; never one
 *	      for a page that is not present, a reserved bit or a key, nor for a
 *	      user page, which SMAP or SMEP may forbid.
 */
#ifndef MM_SPURIOUS_H
#define MM_SPURIOUS_H

#include "arch/x86/traps.h"
#include "mm/pgtable.h"

/* Would the tables permit, to the kernel, the access that faulted? Call with
 * page faults only. */
bool fault_is_spurious(const struct pgtable *pt, const struct fault *fault);

#endif
