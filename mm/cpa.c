// SPDX-License-Identifier: MIT
/*
 * Change page attributes: what is to be done, in its order.
 *
 * How one leaf is judged is in cpa_plan.c, the sizes of leaves in cpa_size.c,
 * and what was there before in cpa_log.c.
 */
#include "mm/cpa.h"

#include "arch/x86/cache.h"
#include "lib/assert.h"
#include "mm/cpa_steps.h"
#include "mm/memtype.h"

/* ---- Operations ---------------------------------------------------------- */

#define RIGHTS(to_set, to_clear)                                              \
	{                                                                     \
		.set = { (to_set) }, .clear = { (to_clear) }, .type = MT_KEEP \
	}
#define TYPE(to_type)             \
	{                         \
		.type = (to_type) \
	}
#define NOTHING RIGHTS(0, 0)

const struct cpa_op cpa_ro = { "ro", CPA_CHANGE, RIGHTS(0, RIGHT_WRITE),
			       false };
const struct cpa_op cpa_rw = { "rw", CPA_CHANGE, RIGHTS(RIGHT_WRITE, 0),
			       false };
const struct cpa_op cpa_x = { "x", CPA_CHANGE, RIGHTS(RIGHT_EXECUTE, 0),
			      false };
const struct cpa_op cpa_nx = { "nx", CPA_CHANGE, RIGHTS(0, RIGHT_EXECUTE),
			       false };
const struct cpa_op cpa_rox = { "rox", CPA_CHANGE,
				RIGHTS(RIGHT_EXECUTE, RIGHT_WRITE), false };
const struct cpa_op cpa_wb = { "wb", CPA_CHANGE, TYPE(MT_WB), false };
const struct cpa_op cpa_wt = { "wt", CPA_CHANGE, TYPE(MT_WT), false };
const struct cpa_op cpa_wp = { "wp", CPA_CHANGE, TYPE(MT_WP), false };
const struct cpa_op cpa_wc = { "wc", CPA_CHANGE, TYPE(MT_WC), false };
const struct cpa_op cpa_uc_minus = { "uc-", CPA_CHANGE, TYPE(MT_UC_MINUS),
				     false };
const struct cpa_op cpa_uc = { "uc", CPA_CHANGE, TYPE(MT_UC), false };
const struct cpa_op cpa_global = { "global", CPA_CHANGE,
				   RIGHTS(RIGHT_GLOBAL, 0), false };
const struct cpa_op cpa_nonglobal = { "nonglobal", CPA_CHANGE,
				      RIGHTS(0, RIGHT_GLOBAL), false };
const struct cpa_op cpa_np = { "np", CPA_UNMAP, NOTHING, false };
const struct cpa_op cpa_p = { "p", CPA_MAP, NOTHING, false };
const struct cpa_op cpa_4k = { "4k", CPA_SMALL, NOTHING, false };
const struct cpa_op cpa_any = { "any", CPA_LARGE, NOTHING, false };
const struct cpa_op cpa_invalid = { "invalid", CPA_UNMAP, NOTHING, true };
const struct cpa_op cpa_default = { "default", CPA_MAP, NOTHING, true };

const struct cpa_op *const cpa_ops[] = {
	&cpa_ro, &cpa_rw,     &cpa_x,	      &cpa_nx,	    &cpa_rox,
	&cpa_wb, &cpa_wt,     &cpa_wp,	      &cpa_wc,	    &cpa_uc_minus,
	&cpa_uc, &cpa_global, &cpa_nonglobal, &cpa_np,	    &cpa_p,
	&cpa_4k, &cpa_any,    &cpa_invalid,   &cpa_default, NULL
};

/* ---- Going through the pages --------------------------------------------- */

/* What is done to each part of the request that lies in one region. */
typedef enum err (*part_fn)(struct cpa *cpa, const struct cpa_part *part);

/* A memory type goes to all mappings of the memory; rights do not. */
static enum err each_alias(struct cpa *cpa, const struct cpa_part *part,
			   part_fn fn)
{
	const struct region_table *regions = cpa->space->regions;
	uint64_t done = 0;
	struct alias alias;

	if (part->change.type == MT_KEEP) {
		return OK;
	}
	while (done < part->bytes &&
	       region_next_alias(regions, part->region,
				 vaddr_add(part->start, done),
				 part->bytes - done, &alias)) {
		struct cpa_part other = {
			.region = region_find(regions, alias.start),
			.start = alias.start,
			.bytes = alias.bytes,
			.change = { .type = part->change.type },
			.alias = true,
		};
		enum err error = fn(cpa, &other);

		if (error != OK) {
			return error;
		}
		done += alias.offset + alias.bytes;
	}
	return OK;
}

static enum err each_part_of(struct cpa *cpa, vaddr_t start, uint64_t bytes,
			     part_fn fn)
{
	struct cpa_part part = { .start = start, .change = cpa->change };

	while (bytes != 0) {
		enum err error;

		part.region = region_find(cpa->space->regions, part.start);
		if (part.region == NULL || part.region->hole ||
		    !is_aligned(part.start.va, PAGE_BYTES)) {
			return cpa_stop(cpa, part.start, ERR_RANGE);
		}
		part.bytes = min_u64(
			bytes, part.region->bytes -
				       (part.start.va - part.region->start.va));
		error = fn(cpa, &part);
		if (error == OK) {
			error = each_alias(cpa, &part, fn);
		}
		if (error != OK) {
			return error;
		}
		part.start = vaddr_add(part.start, part.bytes);
		bytes -= part.bytes;
	}
	return OK;
}

static enum err page_address(struct cpa *cpa, uint64_t i, vaddr_t *address)
{
	const struct cpa_pages *pages = cpa->pages;

	if (pages->form == CPA_ADDRESSES) {
		*address = pages->addresses[i];
		return OK;
	}
	*address = direct_map_vaddr(pfn_paddr(pages->frames[i]));
	/* Other numbers would be addresses of something else. */
	return pages->frames[i].pfn < DIRECT_MAP_BYTES / PAGE_BYTES
		       ? OK
		       : cpa_stop(cpa, *address, ERR_RANGE);
}

static enum err each_part(struct cpa *cpa, part_fn fn)
{
	const struct cpa_pages *pages = cpa->pages;
	enum err error = OK;

	if (pages->form == CPA_RANGE) {
		return pages->count > UINT64_MAX / PAGE_BYTES
			       ? cpa_stop(cpa, pages->start, ERR_RANGE)
			       : each_part_of(cpa, pages->start,
					      pages->count << PAGE_SHIFT, fn);
	}
	for (uint64_t i = 0; i < pages->count && error == OK; i++) {
		vaddr_t address;

		error = page_address(cpa, i, &address);
		if (error == OK) {
			error = each_part_of(cpa, address, PAGE_BYTES, fn);
		}
	}
	return error;
}

/* ---- Phases -------------------------------------------------------------- */

/* Nothing has been changed yet. */
static enum err check_part(struct cpa *cpa, const struct cpa_part *part)
{
	struct cpa_step step;

	for (uint64_t at = 0; at < part->bytes; at += step.bytes) {
		enum err error = cpa_plan(cpa, part, at, &step);

		if (error != OK) {
			return error;
		}
		cpa->result->narrowed += step.narrowed ? 1 : 0;
		if (step.resize && step.found.place.level > cpa->top) {
			cpa->top = step.found.place.level;
		}
	}
	return OK;
}

/* Of the leaves of one level, those that are changed in part are cut up; and
 * ways are made to those that are missing. */
static enum err size_part(struct cpa *cpa, const struct cpa_part *part)
{
	struct cpa_step step;

	for (uint64_t at = 0; at < part->bytes; at += step.bytes) {
		enum err error = cpa_plan(cpa, part, at, &step);

		if (error == OK && step.resize &&
		    step.found.place.level == cpa->level) {
			error = cpa_resize(cpa, &step);
		}
		if (error != OK) {
			return error;
		}
	}
	return OK;
}

/* From the largest leaves down: each split is flushed before pages of the new
 * size are cut up in turn (AUDIT-1). */
static enum err size_all(struct cpa *cpa)
{
	enum err error = OK;

	for (cpa->level = cpa->top; cpa->level > L1 && error == OK;
	     cpa->level = (level_t)(cpa->level - 1)) {
		uint64_t split = cpa->result->split;

		cpa->resized = false;
		error = each_part(cpa, size_part);
		if (cpa->result->split != split) {
			cpa_flush_all(cpa);
		}
	}
	return error;
}

static enum err log_part(struct cpa *cpa, const struct cpa_part *part)
{
	struct cpa_step step;

	for (uint64_t at = 0; at < part->bytes; at += step.bytes) {
		enum err error = cpa_plan(cpa, part, at, &step);

		if (error == OK && step.store) {
			error = cpa_log_add(cpa, part, &step);
		}
		if (error != OK) {
			return error;
		}
	}
	return OK;
}

static void flush_run(struct cpa *cpa, const struct cpa_run *run)
{
	if (run->owes) {
		batch_flush_range(&cpa->batch, run->start,
				  run->leaves * level_bytes(run->level));
		cpa->result->flushes++;
	}
}

/* Each run is a debt of its own, which only its own flush need pay. */
_Static_assert(CPA_FLUSH_PAGES_MAX <= DEBTS_MAX, "the ledger keeps runs apart");

/* Of each run, or of everything if they are too many. */
static void add_flush(struct cpa *cpa)
{
	uint64_t pages = cpa_log_pages_owing(cpa);

	if (pages > CPA_FLUSH_PAGES_MAX) {
		batch_flush_all(&cpa->batch);
		cpa->result->flushes++;
	} else {
		cpa_log_each(cpa, flush_run);
	}
}

static void write_back_run(struct cpa *cpa, const struct cpa_run *run)
{
	if (run->leaves_write_back) {
		cpa->result->cache_lines += cache_write_back(
			run->start, run->leaves * level_bytes(run->level));
	}
}

static enum err store_all(struct cpa *cpa)
{
	enum err error = cpa_log_store(cpa);

	if (error == OK) {
		if (!cpa->op->no_flush) {
			add_flush(cpa);
		}
		error = cpa_log_commit(cpa);
	}
	if (error != OK) {
		cpa_log_undo(cpa);
		return error;
	}
	cpa_log_each(cpa, write_back_run);
	return OK;
}

static enum err join_part(struct cpa *cpa, const struct cpa_part *part)
{
	cpa_join(cpa, part);
	return OK;
}

/* What was split for nothing is made whole again as well. */
static void join_all(struct cpa *cpa, bool done)
{
	if (cpa->result->changed == 0 && cpa->result->split == 0 &&
	    !(done && cpa->op->kind == CPA_LARGE)) {
		return;
	}
	for (cpa->level = L2; cpa->level <= L3;
	     cpa->level = (level_t)(cpa->level + 1)) {
		(void)each_part(cpa, join_part);
		cpa_join_finish(cpa);
	}
}

static enum err mark_part(struct cpa *cpa, const struct cpa_part *part)
{
	cpa_mark(cpa, part);
	return OK;
}

static enum err change(struct cpa *cpa)
{
	enum err error = each_part(cpa, check_part);

	if (error != OK) {
		return error;
	}
	error = size_all(cpa);
	if (error == OK) {
		error = each_part(cpa, log_part);
	}
	if (error == OK && cpa->log_count != 0) {
		error = store_all(cpa);
	}
	if (error == OK) {
		(void)each_part(cpa, mark_part);
	}
	join_all(cpa, error == OK);
	return error;
}

enum err cpa_change(const struct cpa_space *space, const struct cpa_op *op,
		    const struct cpa_pages *pages, struct cpa_result *result)
{
	/* Too large for the stack. */
	static struct cpa cpa;
	static struct cpa_result ignored;
	struct cpa_result *out = result == NULL ? &ignored : result;

	*out = (struct cpa_result){ .type = MT_KEEP };
	if (pages->count == 0) {
		return OK;
	}
	cpa.space = space;
	cpa.op = op;
	cpa.pages = pages;
	cpa.change = op->change;
	cpa.result = out;
	cpa.top = L1;
	cpa.log_count = 0;
	cpa.frees = 0;
	if (op->change.type != MT_KEEP) {
		cpa.change.type = memtype_possible(&pt_paging(space->pt)->pat,
						   op->change.type);
		out->type = cpa.change.type;
	}
	return change(&cpa);
}
