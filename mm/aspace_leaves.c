// SPDX-License-Identifier: MIT
/*
 * Address spaces: leaves.
 */
#include "lib/assert.h"
#include "mm/aspace_steps.h"
#include "mm/walk.h"

/* Too large for the stack. */
static struct batch batch;

struct pass {
	struct aspace *aspace;
	bool take_away;
	struct attrs_change change;
	/* What is in the batch covers these; 0 and 0: nothing. */
	uint64_t start;
	uint64_t end;
	enum err error;
};

static void add_flush(const struct pass *pass)
{
	uint64_t bytes = pass->end - pass->start;

	if (bytes >> PAGE_SHIFT > ASPACE_FLUSH_PAGES_MAX) {
		batch_flush_all(&batch);
	} else {
		batch_flush_range(&batch, vaddr(pass->start), bytes);
	}
}

/* ASPACE-5 */
static void commit(struct pass *pass)
{
	size_t done;

	if (batch.count == 0) {
		return;
	}
	add_flush(pass);
	pass->start = 0;
	pass->end = 0;
	pass->error = batch_commit(&batch, &done);
	if (pass->error != OK) {
		/* It stopped before it came to the flush. */
		batch_flush_all(&batch);
		batch_finish(&batch);
	}
}

/* ASPACE-3: the type is what it was, at whichever level. */
static pte_t entry_after(const struct pass *pass, const struct found *found)
{
	const struct paging *paging = pt_paging(pass->aspace->pt);
	level_t level = found->place.level;
	attrs_t old = pte_attrs(paging, level, found->entry);
	attrs_t want = attrs_apply(old, pass->change);

	if (pass->take_away) {
		return pte_none();
	}
	return attrs_eq(old, want)
		       ? found->entry
		       : pte_leaf(paging, level, pte_mfn(level, found->entry),
				  want);
}

static unsigned int change_leaf(const struct found *found, void *context)
{
	struct pass *pass = context;
	const struct paging *paging = pt_paging(pass->aspace->pt);
	pte_t entry = entry_after(pass, found);

	if (!audit_owes(paging, found->place.level, found->entry, entry)) {
		return 1;
	}
	if (batch.count == ASPACE_BATCH_STORES) {
		commit(pass);
		if (pass->error != OK) {
			return 0;
		}
	}
	if (batch.count == 0) {
		pass->start = found->place.va.va;
	}
	pass->end = found->place.va.va + level_bytes(found->place.level);
	batch_store(&batch, found->place, entry);
	return 1;
}

enum err aspace_leaves_protect(struct aspace *aspace, vaddr_t start,
			       uint64_t bytes, unsigned int protection)
{
	struct pass pass = {
		.aspace = aspace,
		.take_away = protection == 0,
		.change = { .set = aspace_rights(aspace, protection),
			    .clear = rights(RIGHTS_ALL),
			    .type = MT_KEEP },
	};

	batch_begin(&batch, aspace->pt, AUDIT_CHANGE);
	walk_leaves(aspace->pt, start, bytes, change_leaf, &pass);
	if (pass.error == OK) {
		commit(&pass);
	}
	return pass.error;
}
