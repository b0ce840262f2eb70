// SPDX-License-Identifier: MIT
/*
 * User pages.
 */
#include "mm/user_map.h"

#include "lib/assert.h"
#include "mm/direct_map.h"
#include "mm/table.h"
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

/* The table that the entry leads to. */
static struct place table_below(const struct pgtable *pt,
				const struct found *found)
{
	mfn_t table = pte_mfn(found->place.level, found->entry);

	return (struct place){
		.table = pt->pv->mfn_to_pfn(table),
		.level = (level_t)(found->place.level - 1),
		.va = found->place.va,
	};
}

/* Takes out the tables on the way to the address that hold nothing, from the
 * lowest up. */
static void prune(struct pgtable *pt, vaddr_t address)
{
	for (level_t level = L2; level <= pt->levels;
	     level = (level_t)(level + 1)) {
		struct found found = walk_to(pt, address, level);
		struct place below;

		if (found.place.level != level || found.kind != PTE_TABLE) {
			continue;
		}
		below = table_below(pt, &found);
		if (pt_count_none(below, ENTRY_COUNT) != ENTRY_COUNT) {
			return;
		}
		batch_begin(&batch, pt, AUDIT_CHANGE);
		batch_store(&batch, found.place, pte_none());
		batch_flush_all(&batch);
		batch_finish(&batch);
		table_free(pt, below.table);
	}
}

void user_unmap(struct pgtable *pt, vaddr_t start, uint64_t bytes)
{
	vaddr_t last = vaddr(start.va + bytes - 1);

	ASSERT(is_user_range(start, bytes));
	batch_begin(&batch, pt, AUDIT_CHANGE);
	walk_leaves(pt, start, bytes, clear_leaf, NULL);
	batch_finish(&batch);
	/* UMAP-2 */
	for (vaddr_t at = start; at.va <= last.va;
	     at.va = align_down(at.va, level_bytes(L2)) + level_bytes(L2)) {
		prune(pt, at);
	}
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
