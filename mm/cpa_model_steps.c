// SPDX-License-Identifier: MIT
/*
 * Change page attributes: a model of it: sizes and changes.
 */
#include "mm/cpa_model_steps.h"

#include "lib/assert.h"
#include "lib/string.h"

#define TABLE_PAGES 512

static uint64_t pages_each(const struct unit *unit)
{
	return unit->level == 3	  ? MODEL_GIANT_BLOCKS * MODEL_BLOCK_PAGES
	       : unit->level == 2 ? MODEL_BLOCK_PAGES
				  : 1;
}

/* ---- What is owed -------------------------------------------------------- */

void model_flush(struct model *model)
{
	if (!model->owed) {
		return;
	}
	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		for (unsigned int i = 0; i < model->pages[area]; i++) {
			model->page[area][i] &= MODEL_MEANING;
		}
	}
	model->rest &= MODEL_MEANING;
	model->owed = false;
}

static bool is_owed(struct model *model)
{
	unsigned int found = model->rest;

	if (!model->owed) {
		return false;
	}
	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		for (unsigned int i = 0; i < model->pages[area]; i++) {
			found |= model->page[area][i];
		}
	}
	model->owed = (found & MODEL_OWED) != 0;
	return model->owed;
}

static void flush_all(struct work *work)
{
	work->out->flushes_all++;
	model_flush(work->model);
}

/* ---- Sizes --------------------------------------------------------------- */

static bool is_to_be_cut(const struct work *work, const struct part *part,
			 const struct unit *unit)
{
	model_page old = *model_page_at(work, part->area, unit) & MODEL_MEANING;

	if (unit->level != work->level) {
		return false;
	}
	if (work->op->kind == SMALL) {
		return is_present(old);
	}
	return !unit->whole && model_will_be(work, part, unit) != old;
}

static void cut_unit(struct work *work, const struct part *part,
		     const struct unit *unit)
{
	struct model *model = work->model;
	unsigned int block = unit->page / MODEL_BLOCK_PAGES;

	if (!is_to_be_cut(work, part, unit)) {
		return;
	}
	if (!work->begun && is_owed(model)) {
		flush_all(work);
	}
	if (++work->out->allocs == work->request->fail_at) {
		work->out->error = ERR_NOMEM;
		return;
	}
	work->out->stores++;
	if (is_present(*model_page_at(work, part->area, unit))) {
		work->out->stores += TABLE_PAGES;
		work->out->split++;
		work->begun = true;
	}
	if (unit->level == 3) {
		model->giant = false;
	} else {
		/* All of the rest is cut only where it stays large. */
		ASSERT(!unit->rest);
		model->large[block] = false;
		model->pinned[block] = false;
	}
}

static void cut_part(struct work *work, const struct part *part)
{
	model_each_unit(work, part, cut_unit);
}

void model_cut_all(struct work *work)
{
	for (work->level = 3; work->level > 1; work->level--) {
		work->begun = false;
		model_each_part(work, cut_part);
		if (work->begun) {
			flush_all(work);
		}
	}
}

/* ---- Changes ------------------------------------------------------------- */

static void put(struct work *work, const struct part *part,
		const struct unit *unit, model_page page)
{
	struct model *model = work->model;

	if (unit->level == 1) {
		model->page[part->area][unit->page] = page;
	} else if (unit->rest) {
		model->rest = page;
	} else if (unit->level == 2) {
		memset(&model->page[part->area][unit->page], page,
		       MODEL_BLOCK_PAGES);
	} else {
		memset(model->page[MODEL_POOL], page,
		       sizeof(model->page[MODEL_POOL]));
		model->rest = page;
	}
}

/* Counts a run if this is not the next leaf of the last one. */
static void count_run(struct work *work, const struct part *part,
		      const struct unit *unit, model_page was, model_page will)
{
	uint64_t at = model_address(work, part, unit);
	uint64_t bytes =
		model_leaves(work, unit) * pages_each(unit) * MODEL_PAGE_BYTES;
	/* Only by whom the cache is written back tells it from an alias. */
	bool primary = !part->alias && is_present(was) && is_present(will) &&
		       model_type(was) == MT_WB && model_type(will) != MT_WB;
	struct run run = { at + bytes, unit->level, was, will, primary };

	if (work->runs == 0 || work->run.end != at ||
	    work->run.level != run.level || work->run.was != was ||
	    work->run.will != will || work->run.primary != primary) {
		work->runs++;
		work->owing_runs += is_present(was) ? 1 : 0;
	}
	work->run = run;
	if (primary && work->model->facts.line_bytes != 0) {
		work->out->lines += bytes / work->model->facts.line_bytes;
	}
	if (is_present(was)) {
		work->owing_pages += bytes / MODEL_PAGE_BYTES;
	}
}

static void change_unit(struct work *work, const struct part *part,
			const struct unit *unit)
{
	model_page *page = model_page_at(work, part->area, unit);
	model_page was = *page & MODEL_MEANING;
	model_page will = model_will_be(work, part, unit);
	unsigned int owed = *page & MODEL_OWED;

	if (was == will) {
		return;
	}
	count_run(work, part, unit, was, will);
	if (work->runs > MODEL_RUNS_MAX) {
		work->out->error = ERR_FULL;
	}
	if (is_present(was)) {
		owed = work->op->no_flush ? MODEL_OWED : 0;
		work->model->owed |= work->op->no_flush;
	}
	put(work, part, unit, (model_page)(will | owed));
	work->out->changed += model_leaves(work, unit);
}

static void change_part(struct work *work, const struct part *part)
{
	model_each_unit(work, part, change_unit);
}

void model_change_all(struct work *work)
{
	model_each_part(work, change_part);
	work->out->stores += work->out->changed;
	if (work->op->no_flush || work->out->error != OK) {
		return;
	}
	if (work->owing_pages > work->model->facts.flush_pages_max) {
		flush_all(work);
	} else {
		work->out->flushes_range += work->owing_runs;
	}
}

/* ---- Large again --------------------------------------------------------- */

static void pin_part(struct work *work, const struct part *part)
{
	unsigned int last = (part->first + part->count - 1) / MODEL_BLOCK_PAGES;

	if (part->area != MODEL_POOL || work->model->giant) {
		return;
	}
	for (unsigned int b = part->first / MODEL_BLOCK_PAGES; b <= last; b++) {
		work->model->pinned[b] = work->op->kind == SMALL &&
					 !work->model->large[b] &&
					 !work->model->facts.small;
	}
}

void model_pin_all(struct work *work)
{
	if (work->op->kind == SMALL || work->op->kind == LARGE) {
		model_each_part(work, pin_part);
	}
}

static bool is_uniform(const struct model *model, unsigned int block)
{
	const model_page *first =
		&model->page[MODEL_POOL][(size_t)block * MODEL_BLOCK_PAGES];
	unsigned int differ = 0;

	for (unsigned int i = 1; i < MODEL_BLOCK_PAGES; i++) {
		differ |= first[i] ^ first[0];
	}
	return is_present(*first) && (differ & MODEL_MEANING) == 0;
}

static void join(struct work *work, bool first)
{
	if (first && is_owed(work->model)) {
		flush_all(work);
	}
	work->out->stores++;
	work->out->joined++;
}

static void join_part(struct work *work, const struct part *part)
{
	struct model *model = work->model;
	unsigned int last = (part->first + part->count - 1) / MODEL_BLOCK_PAGES;

	if (part->area != MODEL_POOL || model->giant || model->facts.small) {
		return;
	}
	for (unsigned int b = part->first / MODEL_BLOCK_PAGES; b <= last; b++) {
		if (!model->large[b] && !model->pinned[b] &&
		    is_uniform(model, b)) {
			join(work, !work->begun);
			model->large[b] = true;
			work->begun = true;
		}
	}
}

static bool is_giant(const struct model *model)
{
	unsigned int blocks = model->pages[MODEL_POOL] / MODEL_BLOCK_PAGES;

	for (unsigned int b = 0; b < blocks; b++) {
		model_page page =
			model->page[MODEL_POOL][(size_t)b * MODEL_BLOCK_PAGES];

		if (!model->large[b] || !is_present(page) ||
		    ((page ^ model->rest) & MODEL_MEANING) != 0) {
			return false;
		}
	}
	return model->rest_blocks != 0 && !model->giant;
}

static bool touches_pool(const struct model_request *r)
{
	bool found = !r->list && r->first.area == MODEL_POOL;

	for (unsigned int i = 0; r->list && i < r->count; i++) {
		found |= r->names[i].area == MODEL_POOL;
	}
	return found;
}

void model_join_all(struct work *work)
{
	if (work->out->changed == 0 && work->out->split == 0 &&
	    work->op->kind != LARGE) {
		return;
	}
	work->begun = false;
	model_each_part(work, join_part);
	if (work->begun) {
		flush_all(work);
	}
	if (touches_pool(work->request) && is_giant(work->model)) {
		join(work, true);
		work->model->giant = true;
		flush_all(work);
	}
}
