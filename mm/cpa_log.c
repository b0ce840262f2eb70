// SPDX-License-Identifier: MIT
/*
 * Change page attributes: what was there before.
 */
#include "lib/assert.h"
#include "mm/cpa_steps.h"

/* The entry for a state of a leaf. A frame that is not in the entry is the
 * region's. */
static pte_t entry_of(const struct cpa *cpa, const struct region *region,
		      const struct found *found, struct cpa_state state)
{
	struct pgtable *pt = cpa->space->pt;
	level_t level = found->place.level;
	mfn_t frame;

	if (!state.present) {
		return pte_none();
	}
	frame = found->kind == PTE_LEAF
			? pte_mfn(level, found->entry)
			: region_frame(pt, region, found->place.va);
	return pte_leaf(pt_paging(pt), level, frame, state.attrs);
}

static bool leaves_write_back(const struct cpa_run *run)
{
	return run->was.present && run->will.present &&
	       run->was.attrs.type == MT_WB && run->will.attrs.type != MT_WB;
}

static struct cpa_run run_of(const struct cpa *cpa, const struct cpa_part *part,
			     const struct cpa_step *step)
{
	const struct paging *paging = pt_paging(cpa->space->pt);
	const struct found *found = &step->found;
	level_t level = found->place.level;
	struct cpa_run run = {
		.region = part->region,
		.start = found->place.va,
		.leaves = 1,
		.level = level,
		.was.present = found->kind == PTE_LEAF,
		.will = step->will,
		.owes = audit_owes(
			paging, level, found->entry,
			entry_of(cpa, part->region, found, step->will)),
	};

	if (run.was.present) {
		run.was.attrs = pte_attrs(paging, level, found->entry);
	}
	run.leaves_write_back = !part->alias && leaves_write_back(&run);
	return run;
}

static bool state_eq(struct cpa_state a, struct cpa_state b)
{
	return a.present == b.present &&
	       (!a.present || attrs_eq(a.attrs, b.attrs));
}

static bool goes_on(const struct cpa_run *last, const struct cpa_run *run)
{
	return last->start.va + last->leaves * level_bytes(last->level) ==
		       run->start.va &&
	       last->region == run->region && last->level == run->level &&
	       last->leaves_write_back == run->leaves_write_back &&
	       state_eq(last->was, run->was) && state_eq(last->will, run->will);
}

static bool is_logged(const struct cpa *cpa, const struct cpa_run *run)
{
	for (size_t i = 0; i < cpa->log_count; i++) {
		const struct cpa_run *known = &cpa->log[i];

		if (run->start.va - known->start.va <
		    known->leaves * level_bytes(known->level)) {
			return true;
		}
	}
	return false;
}

enum err cpa_log_add(struct cpa *cpa, const struct cpa_part *part,
		     const struct cpa_step *step)
{
	struct cpa_run run = run_of(cpa, part, step);
	struct cpa_run *last =
		cpa->log_count == 0 ? NULL : &cpa->log[cpa->log_count - 1];

	if (cpa->pages->form != CPA_RANGE && is_logged(cpa, &run)) {
		return OK;
	}
	if (last != NULL && goes_on(last, &run)) {
		last->leaves++;
		return OK;
	}
	if (cpa->log_count == CPA_LOG_MAX) {
		return ERR_FULL;
	}
	cpa->log[cpa->log_count++] = run;
	return OK;
}

uint64_t cpa_log_pages_owing(const struct cpa *cpa)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < cpa->log_count; i++) {
		const struct cpa_run *run = &cpa->log[i];

		if (run->owes) {
			pages += run->leaves * level_bytes(run->level) >>
				 PAGE_SHIFT;
		}
	}
	return pages;
}

void cpa_log_each(struct cpa *cpa, cpa_run_fn fn)
{
	for (size_t i = 0; i < cpa->log_count; i++) {
		fn(cpa, &cpa->log[i]);
	}
}

/* ---- Doing, and taking back ---------------------------------------------- */

static vaddr_t leaf_address(const struct cpa_run *run, uint64_t i)
{
	return vaddr_add(run->start, i * level_bytes(run->level));
}

static void add_store(struct cpa *cpa, const struct cpa_run *run, uint64_t i,
		      struct cpa_state state)
{
	struct found found =
		walk_to(cpa->space->pt, leaf_address(run, i), run->level);

	ASSERT(found.place.level == run->level && found.kind != PTE_TABLE);
	batch_store(&cpa->batch, found.place,
		    entry_of(cpa, run->region, &found, state));
}

enum err cpa_log_commit(struct cpa *cpa)
{
	const struct pgtable *pt = cpa->space->pt;
	uint64_t stores = pt->audit->stores;
	size_t done;
	enum err error = batch_commit(&cpa->batch, &done);

	cpa->result->changed += pt->audit->stores - stores;
	if (error != OK) {
		cpa->result->reason = pt->pv->cost->refusal;
	}
	return error;
}

static enum err store_run(struct cpa *cpa, const struct cpa_run *run)
{
	enum err error = OK;

	for (uint64_t i = 0; i < run->leaves && error == OK; i++) {
		if (cpa->batch.count == CPA_BATCH_STORES) {
			error = cpa_log_commit(cpa);
		}
		if (error == OK) {
			add_store(cpa, run, i, run->will);
		}
	}
	return error;
}

enum err cpa_log_store(struct cpa *cpa)
{
	enum err error = OK;

	batch_begin(&cpa->batch, cpa->space->pt, AUDIT_CHANGE);
	for (size_t i = 0; i < cpa->log_count && error == OK; i++) {
		error = store_run(cpa, &cpa->log[i]);
	}
	return error;
}

static void restore_run(struct cpa *cpa, const struct cpa_run *run,
			uint64_t leaves)
{
	while (leaves != 0) {
		if (cpa->batch.count == CPA_BATCH_STORES) {
			batch_finish(&cpa->batch);
		}
		add_store(cpa, run, --leaves, run->was);
	}
}

void cpa_log_undo(struct cpa *cpa)
{
	uint64_t left = cpa->result->changed;
	size_t i = 0;

	/* The run that was not done to its end, and how much of it was. */
	while (i < cpa->log_count && left >= cpa->log[i].leaves) {
		left -= cpa->log[i++].leaves;
	}
	ASSERT(i < cpa->log_count);
	cpa->result->where = leaf_address(&cpa->log[i], left);
	batch_begin(&cpa->batch, cpa->space->pt, AUDIT_CHANGE);
	restore_run(cpa, &cpa->log[i], left);
	while (i-- != 0) {
		restore_run(cpa, &cpa->log[i], cpa->log[i].leaves);
	}
	batch_flush_all(&cpa->batch);
	batch_finish(&cpa->batch);
	cpa->result->changed = 0;
	cpa->result->flushes++;
}
