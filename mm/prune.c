// SPDX-License-Identifier: MIT
/*
 * Tables that hold nothing any more.
 */
#include "mm/prune.h"

#include "mm/table.h"
#include "mm/walk.h"

/* Too large for the stack. */
static struct batch batch;

#define PRUNE_MAX 64

struct prune {
	struct pgtable *pt;
	size_t count;
	pfn_t tables[PRUNE_MAX]; /* Taken out, and not flushed yet. */
};

static void free_tables(struct prune *prune)
{
	if (prune->count != 0) {
		batch_flush_all(&batch);
		batch_finish(&batch);
	}
	while (prune->count != 0) {
		table_free(prune->pt, prune->tables[--prune->count]);
	}
}

static void prune_entry(struct prune *prune, const struct found *found)
{
	struct pgtable *pt = prune->pt;
	struct place first = {
		.table = pt->pv->mfn_to_pfn(
			pte_mfn(found->place.level, found->entry)),
		.level = (level_t)(found->place.level - 1),
		.va = found->place.va,
	};

	if (pt_count_none(first, ENTRY_COUNT) != ENTRY_COUNT) {
		return;
	}
	batch_store(&batch, found->place, pte_none());
	prune->tables[prune->count++] = first.table;
	if (prune->count == PRUNE_MAX) {
		free_tables(prune);
	}
}

/* Tables of the next lower level, which entries of the level lead to. */
static void prune_level(struct prune *prune, level_t level, uint64_t start,
			uint64_t end)
{
	uint64_t at = start;

	while (at < end) {
		struct found found = walk_to(prune->pt, vaddr(at), level);

		if (found.kind == PTE_TABLE && found.place.level == level) {
			prune_entry(prune, &found);
		}
		at = found.place.va.va + level_bytes(found.place.level);
	}
	free_tables(prune);
}

void prune_tables(struct pgtable *pt, vaddr_t start, uint64_t bytes)
{
	struct prune prune = { .pt = pt };

	batch_begin(&batch, pt, AUDIT_CHANGE);
	for (level_t level = L2; level <= pt->levels;
	     level = (level_t)(level + 1)) {
		prune_level(&prune, level, start.va, start.va + bytes);
	}
}
