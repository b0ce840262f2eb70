// SPDX-License-Identifier: MIT
/*
 * Change page attributes: a model of it.
 */
#include "mm/cpa_model_steps.h"

#include "lib/assert.h"
#include "lib/string.h"

static const struct model_op ops[] = {
	{ "ro", CHANGE, 0, MODEL_WRITE, MT_KEEP, false },
	{ "rw", CHANGE, MODEL_WRITE, 0, MT_KEEP, false },
	{ "x", CHANGE, MODEL_EXECUTE, 0, MT_KEEP, false },
	{ "nx", CHANGE, 0, MODEL_EXECUTE, MT_KEEP, false },
	{ "rox", CHANGE, MODEL_EXECUTE, MODEL_WRITE, MT_KEEP, false },
	{ "wb", CHANGE, 0, 0, MT_WB, false },
	{ "wt", CHANGE, 0, 0, MT_WT, false },
	{ "wp", CHANGE, 0, 0, MT_WP, false },
	{ "wc", CHANGE, 0, 0, MT_WC, false },
	{ "uc-", CHANGE, 0, 0, MT_UC_MINUS, false },
	{ "uc", CHANGE, 0, 0, MT_UC, false },
	{ "global", CHANGE, MODEL_GLOBAL, 0, MT_KEEP, false },
	{ "nonglobal", CHANGE, 0, MODEL_GLOBAL, MT_KEEP, false },
	{ "np", UNMAP, 0, 0, MT_KEEP, false },
	{ "p", MAP, 0, 0, MT_KEEP, false },
	{ "4k", SMALL, 0, 0, MT_KEEP, false },
	{ "any", LARGE, 0, 0, MT_KEEP, false },
	{ "invalid", UNMAP, 0, 0, MT_KEEP, true },
	{ "default", MAP, 0, 0, MT_KEEP, true },
};

/* ---- Pages --------------------------------------------------------------- */

model_page model_page_of(unsigned int rights, enum memtype type)
{
	return (model_page)(rights | (unsigned int)type << MODEL_TYPE_SHIFT |
			    MODEL_PRESENT);
}

/* What the platform makes of rights. */
static unsigned int possible(const struct model_facts *facts,
			     unsigned int rights)
{
	return (facts->global ? rights : rights & ~(unsigned int)MODEL_GLOBAL) |
	       (facts->nx ? 0 : MODEL_EXECUTE);
}

model_page model_home(const struct model *model, enum model_area area)
{
	(void)area;
	return model_page_of(
		possible(&model->facts, MODEL_WRITE | MODEL_GLOBAL), MT_WB);
}

/* The direct map is never executable, data of the image may become code. */
static unsigned int model_never(enum model_area area)
{
	return area == MODEL_IMAGE ? 0 : MODEL_EXECUTE;
}

static enum memtype type_given(const struct model_facts *facts,
			       enum memtype type)
{
	if (!facts->has_type[type] && type != MT_UC) {
		type = facts->has_type[MT_UC_MINUS] ? MT_UC_MINUS : MT_UC;
	}
	return type;
}

model_page *model_page_at(const struct work *work, enum model_area area,
			  const struct unit *unit)
{
	return unit->rest ? &work->model->rest
			  : &work->model->page[area][unit->page];
}

static model_page changed_page(const struct work *work, const struct part *part,
			       model_page old)
{
	unsigned int rights = old & MODEL_RIGHTS;
	enum memtype type = work->out->type;

	if (!part->alias) {
		rights &= ~work->op->clear;
		rights |= work->op->set;
		rights &= ~model_never(part->area);
	}
	return model_page_of(possible(&work->model->facts, rights),
			     type == MT_KEEP ? model_type(old) : type);
}

/* One memory has one type, so it is that of the other mapping. */
static model_page mapped_page(const struct work *work, const struct part *part,
			      unsigned int i)
{
	model_page home = model_home(work->model, part->area);
	enum model_area other =
		part->area == MODEL_IMAGE ? MODEL_ALIAS : MODEL_IMAGE;
	model_page twin;

	if (part->area == MODEL_POOL) {
		return home;
	}
	twin = work->model->page[other][i];
	return is_present(twin)
		       ? model_page_of(home & MODEL_RIGHTS, model_type(twin))
		       : home;
}

model_page model_will_be(const struct work *work, const struct part *part,
			 const struct unit *unit)
{
	model_page old = *model_page_at(work, part->area, unit) & MODEL_MEANING;

	switch (work->op->kind) {
	case CHANGE:
		return changed_page(work, part, old);
	case UNMAP:
		return 0;
	case MAP:
		return is_present(old) ? old
				       : mapped_page(work, part, unit->page);
	case SMALL:
	case LARGE:
		break;
	}
	return old;
}

/* ---- Going through ------------------------------------------------------- */

static bool has_type(const struct work *work)
{
	return work->op->type != MT_KEEP;
}

static void with_alias(struct work *work, struct part part, part_fn fn)
{
	if (work->out->error == OK) {
		fn(work, &part);
	}
	if (work->out->error != OK || !has_type(work) ||
	    part.area == MODEL_POOL) {
		return;
	}
	part.area = part.area == MODEL_IMAGE ? MODEL_ALIAS : MODEL_IMAGE;
	part.alias = true;
	fn(work, &part);
}

void model_each_part(struct work *work, part_fn fn)
{
	const struct model_request *r = work->request;

	if (!r->list) {
		with_alias(work,
			   (struct part){ r->first.area, r->first.page,
					  r->count, r->all, false },
			   fn);
		return;
	}
	for (unsigned int i = 0; i < r->count; i++) {
		with_alias(work,
			   (struct part){ r->names[i].area, r->names[i].page, 1,
					  false, false },
			   fn);
	}
}

void model_each_unit(struct work *work, const struct part *part, unit_fn fn)
{
	struct model *model = work->model;
	unsigned int end = part->first + part->count;
	unsigned int i = part->first;

	if (part->area == MODEL_POOL && model->giant) {
		fn(work, part, &(struct unit){ 3, i, part->all, false });
		return;
	}
	while (i < end && work->out->error == OK) {
		unsigned int block = i / MODEL_BLOCK_PAGES;
		unsigned int next = i + 1;
		bool large = part->area == MODEL_POOL && model->large[block];

		if (large) {
			next = (block + 1) * MODEL_BLOCK_PAGES;
			next = next < end ? next : end;
		}
		fn(work, part,
		   &(struct unit){ large ? 2 : 1, i,
				   !large || next - i == MODEL_BLOCK_PAGES,
				   false });
		i = next;
	}
	if (part->all && model->rest_blocks != 0 && work->out->error == OK) {
		fn(work, part, &(struct unit){ 2, end, true, true });
	}
}

uint64_t model_address(const struct work *work, const struct part *part,
		       const struct unit *unit)
{
	return work->model->start[part->area] + unit->page * MODEL_PAGE_BYTES;
}

uint64_t model_leaves(const struct work *work, const struct unit *unit)
{
	return unit->rest ? work->model->rest_blocks : 1;
}

/* ---- Checks -------------------------------------------------------------- */

static void check_unit(struct work *work, const struct part *part,
		       const struct unit *unit)
{
	const struct model_facts *facts = &work->model->facts;
	model_page old = *model_page_at(work, part->area, unit);
	model_page will = model_will_be(work, part, unit);
	unsigned int both = MODEL_WRITE | MODEL_EXECUTE;

	if (work->op->kind != CHANGE) {
		return;
	}
	if (!is_present(old)) {
		work->out->error = ERR_RANGE;
	} else if (facts->nx && (will & both) == both) {
		work->out->error = ERR_DENIED;
	} else if (!facts->memtypes && model_type(will) != MT_WB) {
		work->out->error = ERR_REFUSED;
	}
	if (work->out->error != OK) {
		work->out->where = model_address(work, part, unit);
	} else if (!part->alias &&
		   (work->op->set & model_never(part->area)) != 0) {
		work->out->narrowed += model_leaves(work, unit);
	}
}

static void check_part(struct work *work, const struct part *part)
{
	model_each_unit(work, part, check_unit);
}

/* ---- All ----------------------------------------------------------------- */

void model_reset(struct model *model)
{
	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		memset(model->page[area], model_home(model, area),
		       sizeof(model->page[area]));
	}
	memset(model->large, !model->facts.small, sizeof(model->large));
	memset(model->pinned, 0, sizeof(model->pinned));
	model->rest = model_home(model, MODEL_POOL);
	model->giant = model->rest_blocks != 0;
	model->owed = false;
}

bool model_is_home(const struct model *model)
{
	static struct model home;

	home = *model;
	model_reset(&home);
	return memcmp(home.page, model->page, sizeof(home.page)) == 0 &&
	       memcmp(home.large, model->large, sizeof(home.large)) == 0 &&
	       memcmp(home.pinned, model->pinned, sizeof(home.pinned)) == 0 &&
	       home.rest == model->rest && home.giant == model->giant;
}

static const struct model_op *find_op(const char *name)
{
	size_t i = 0;

	while (strcmp(ops[i].name, name) != 0) {
		i++;
		ASSERT(i < ARRAY_COUNT(ops));
	}
	return &ops[i];
}

/* An error. A flush is not taken back, nor are tables that map nothing. */
static void take_back(struct work *work, const struct model *before)
{
	static struct model after;
	struct model *model = work->model;

	after = *model;
	*model = *before;
	if (work->op->kind == MAP) {
		memcpy(model->large, after.large, sizeof(model->large));
		memcpy(model->pinned, after.pinned, sizeof(model->pinned));
		model->giant = after.giant;
	}
	if (work->out->flushes_all != 0) {
		model_flush(model);
	}
}

void model_do(struct model *model, const struct model_request *request,
	      struct model_outcome *outcome)
{
	static struct model before;
	struct work work = { .model = model,
			     .op = find_op(request->op),
			     .request = request,
			     .out = outcome };

	before = *model;
	*outcome = (struct model_outcome){ .error = OK, .type = MT_KEEP };
	if (has_type(&work)) {
		outcome->type = type_given(&model->facts, work.op->type);
	}
	model_each_part(&work, check_part);
	if (outcome->error == OK) {
		model_cut_all(&work);
	}
	if (outcome->error == OK) {
		model_change_all(&work);
	}
	if (outcome->error != OK) {
		take_back(&work, &before);
		return;
	}
	model_pin_all(&work);
	model_join_all(&work);
}
