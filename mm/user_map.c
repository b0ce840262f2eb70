// SPDX-License-Identifier: MIT
/*
 * User pages.
 */
#include "mm/user_map.h"

#include "lib/assert.h"
#include "mm/direct_map.h"
#include "mm/prune.h"
#include "mm/walk.h"

/* Too large for the stack. */
static struct batch batch;

static bool is_user_range(vaddr_t start, uint64_t bytes)
{
	return bytes != 0 && is_aligned(start.va | bytes, PAGE_BYTES) &&
	       start.va >= USER_VADDR && start.va < USER_VADDR_END &&
	       bytes <= USER_VADDR_END - start.va;
}

static unsigned int clear_leaf(const struct found *found, void *context)
{
	(void)context;
	ASSERT(found->place.level == L1);
	batch_store(&batch, found->place, pte_none());
	batch_flush_range(&batch, found->place.va, PAGE_BYTES);
	return 1;
}

void user_unmap(struct pgtable *pt, vaddr_t start, uint64_t bytes)
{
	ASSERT(is_user_range(start, bytes));
	batch_begin(&batch, pt, AUDIT_CHANGE);
	walk_leaves(pt, start, bytes, clear_leaf, NULL);
	batch_finish(&batch);
	prune_tables(pt, start, bytes); /* UMAP-2 */
}

enum err user_map(struct pgtable *pt, vaddr_t start, uint64_t bytes,
		  paddr_t memory, rights_t rights)
{
	struct region region = {
		.start = start,
		.bytes = bytes,
		.memory = memory,
		.attrs = attrs_possible(pt_paging(pt),
					attrs(rights.bits | RIGHT_USER, MT_WB)),
	};
	unsigned int both = RIGHT_WRITE | RIGHT_EXECUTE;
	uint64_t kept = pt->audit->kept;
	enum err error;

	if (!is_user_range(start, bytes)) {
		return ERR_RANGE;
	}
	if ((rights.bits & both) == both) {
		return ERR_DENIED; /* UMAP-1 */
	}
	error = map_range(pt, &region, L1, NULL);
	ASSERT(pt->audit->kept == kept);
	if (error != OK) {
		user_unmap(pt, start, bytes);
	}
	return error;
}
