/* SPDX-License-Identifier: MIT */
/*
 * The address space of user mode.
 *
 * Where the kernel runs at ring 0 that is the lower half of its own tables.
 * Elsewhere it is a root of its own, which has the user pages and nothing of
 * the kernel's; there user addresses are not mapped for the kernel.
 *
 * USPACE-1 User mode reaches user pages only.
 * USPACE-2 What is closed leaves nothing behind.
 */
#ifndef MM_USER_SPACE_H
#define MM_USER_SPACE_H

#include "mm/user_map.h"

struct user_space {
	struct pgtable *pt; /* For user_map and user_unmap. */
	struct pgtable own;
};

/* Makes one, empty, and has user mode run on it: one at a time. ERR_NOMEM
 * without a page for the root. The structure must stay where it is. */
enum err user_space_open(struct user_space *space) MUST_CHECK;

/* All must have been unmapped. */
void user_space_close(struct user_space *space);

#endif
