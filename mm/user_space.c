// SPDX-License-Identifier: MIT
/*
 * The address space of user mode.
 */
#include "mm/user_space.h"

#include "lib/assert.h"
#include "mm/kernel_space.h"
#include "mm/table.h"

enum err user_space_open(struct user_space *space)
{
	struct pgtable *kernel = kernel_pgtable();
	enum err error;

	ASSERT(kernel_space_ready());
	space->pt = kernel;
	if (kernel->pv->ring == 0) {
		return OK;
	}
	space->own = *kernel;
	space->own.mapper = kernel;
	space->pt = &space->own;
	error = table_alloc(&space->own, &space->own.root);
	if (error == OK) {
		page_set_kind(kernel->pages, space->own.root, PAGE_TABLE_LIVE);
		kernel->pv->load_user_root(space->own.root);
	}
	return error;
}

void user_space_close(struct user_space *space)
{
	if (space->pt != &space->own) {
		return;
	}
	ASSERT(space->own.audit->debt_count == 0);
	space->own.pv->load_user_root(PFN_NONE);
	page_set_kind(space->own.pages, space->own.root, PAGE_TABLE);
	table_free(&space->own, space->own.root);
}
