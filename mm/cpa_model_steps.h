/* SPDX-License-Identifier: MIT */
/*
 * Change page attributes: a model of it, its parts.
 *
 * Between cpa_model.c and cpa_model_steps.c alone.
 */
#ifndef MM_CPA_MODEL_STEPS_H
#define MM_CPA_MODEL_STEPS_H

#include "mm/cpa_model.h"

#define MODEL_PAGE_BYTES UINT64_C(4096)

enum model_kind { CHANGE, UNMAP, MAP, SMALL, LARGE };

struct model_op {
	const char *name;
	enum model_kind kind;
	unsigned int set;
	unsigned int clear;
	enum memtype type;
	bool no_flush;
};

struct part {
	enum model_area area;
	unsigned int first;
	unsigned int count;
	bool all;
	bool alias;
};

/* A leaf, or an entry without one, as far as the part reaches into it. */
struct unit {
	unsigned int level;
	unsigned int page;
	bool whole;
	bool rest; /* Not this one, but all blocks of the rest. */
};

/* The run of leaves that were alike and will be, while it grows. */
struct run {
	uint64_t end;
	unsigned int level;
	model_page was;
	model_page will;
	bool primary;
};

struct work {
	struct model *model;
	const struct model_op *op;
	const struct model_request *request;
	struct model_outcome *out;
	unsigned int level;
	bool begun;
	uint64_t owing_pages;
	uint64_t owing_runs;
	uint64_t runs;
	struct run run;
};

typedef void (*part_fn)(struct work *work, const struct part *part);
typedef void (*unit_fn)(struct work *work, const struct part *part,
			const struct unit *unit);

static inline bool is_present(model_page page)
{
	return (page & MODEL_PRESENT) != 0;
}

/* ---- cpa_model.c --------------------------------------------------------- */

void model_each_part(struct work *work, part_fn fn);
void model_each_unit(struct work *work, const struct part *part, unit_fn fn);
model_page *model_page_at(const struct work *work, enum model_area area,
			  const struct unit *unit);
/* What the page is to be; less what is owed. */
model_page model_will_be(const struct work *work, const struct part *part,
			 const struct unit *unit);
uint64_t model_address(const struct work *work, const struct part *part,
		       const struct unit *unit);
/* How many leaves the unit stands for. */
uint64_t model_leaves(const struct work *work, const struct unit *unit);

/* ---- cpa_model_steps.c --------------------------------------------------- */

void model_cut_all(struct work *work);
void model_change_all(struct work *work);
void model_pin_all(struct work *work);
void model_join_all(struct work *work);

#endif
