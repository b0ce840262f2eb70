/* SPDX-License-Identifier: MIT */
/*
 * The kernel's accesses to user pages.
 *
 * With SMAP they fault, unless RFLAGS.AC is set (Intel SDM vol. 3, 4.6.1). So
 * every access of the kernel to an address of a user page stands between
 * user_access_begin and user_access_end, whether or not the CPU has SMAP. An
 * access there may fault at a fixup; execution goes on inside. Nothing else
 * belongs there: what goes wrong has user memory in reach.
 *
 * UACCESS-1 User memory is open between begin and end only; the test runner
 *	     looks after each test.
 * UACCESS-2 A trap handler has it closed, and what was interrupted has it again
 *	     as it was.
 */
#ifndef ARCH_X86_USER_ACCESS_H
#define ARCH_X86_USER_ACCESS_H

#include "lib/types.h"

/* Not nested: a panic. */
void user_access_begin(void);
void user_access_end(void);

/* Is it open, by the account or by RFLAGS.AC itself? Closes it. */
bool user_access_close(void) MUST_CHECK;

#endif
