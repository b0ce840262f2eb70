/* SPDX-License-Identifier: MIT */
/*
 * Change page attributes: the parts of the work.
 *
 * Between cpa.c, which has the order, and cpa_plan.c, cpa_size.c, cpa_log.c.
 */
#ifndef MM_CPA_STEPS_H
#define MM_CPA_STEPS_H

#include "mm/cpa.h"
#include "mm/direct_map.h"

/* Stores of one commit, so that flushes have room behind them. */
#define CPA_BATCH_STORES 512

/* A part of the request that lies in one region. */
struct cpa_part {
	const struct region *region;
	vaddr_t start;
	uint64_t bytes;
	struct attrs_change change;
	bool alias; /* Another mapping of what was named. */
};

/* What an entry holds, but for the frame, which stays. */
struct cpa_state {
	bool present;
	attrs_t attrs;
};

/* Leaves in order that were alike before, and will be after. */
struct cpa_run {
	const struct region *region;
	vaddr_t start;
	uint64_t leaves;
	level_t level;
	struct cpa_state was;
	struct cpa_state will;
	bool owes;		/* A flush. */
	bool leaves_write_back; /* And is not there as an alias already. */
};

#define CPA_LOG_MAX   1024
#define CPA_FREES_MAX 64

struct cpa {
	const struct cpa_space *space;
	const struct cpa_op *op;
	const struct cpa_pages *pages;
	struct attrs_change change; /* With a type that is possible. */
	struct cpa_result *result;
	struct batch batch;
	level_t top;   /* Of what must lead to smaller leaves, the largest. */
	level_t level; /* Of the leaves that are cut up or joined just now. */
	bool resized;  /* Any of them. */
	size_t log_count;
	struct cpa_run log[CPA_LOG_MAX];
	size_t frees; /* Tables to be freed after the flush. */
	pfn_t free[CPA_FREES_MAX];
};

/* Notes where it ends, and passes the error on. */
static inline enum err cpa_stop(struct cpa *cpa, vaddr_t where, enum err error)
{
	cpa->result->where = where;
	return error;
}

/* ---- cpa_plan.c ---------------------------------------------------------- */

/* What becomes of one leaf, or of an entry without one. */
struct cpa_step {
	struct found found;
	uint64_t bytes; /* Of the part, that are done with it. */
	bool resize;	/* The entry must lead to smaller ones first. */
	bool store;
	struct cpa_state will;
	bool narrowed;
};

enum err cpa_plan(struct cpa *cpa, const struct cpa_part *part, uint64_t offset,
		  struct cpa_step *step) MUST_CHECK;

/* ---- cpa_size.c ---------------------------------------------------------- */

/* Cuts the leaf up, into those of the next level; or puts a table where there
 * is nothing. The flush is the caller's. ERR_NOMEM without memory for the
 * table. */
enum err cpa_resize(struct cpa *cpa, const struct cpa_step *step) MUST_CHECK;

void cpa_flush_all(struct cpa *cpa);

/* Makes leaves of the level at hand of what is alike in the blocks that the
 * part touches; then flushes, and frees the tables. */
void cpa_join(struct cpa *cpa, const struct cpa_part *part);
void cpa_join_finish(struct cpa *cpa);

/* Keeps tables of 4 KiB leaves, or lets them go, as the operation says. */
void cpa_mark(struct cpa *cpa, const struct cpa_part *part);

/* ---- cpa_log.c ----------------------------------------------------------- */

/* Adds what the step stores, unless it is there: a page may be named twice.
 * ERR_FULL if what is there is of too many kinds in turn. */
enum err cpa_log_add(struct cpa *cpa, const struct cpa_part *part,
		     const struct cpa_step *step) MUST_CHECK;

/* How many pages of 4 KiB owe a flush. */
uint64_t cpa_log_pages_owing(const struct cpa *cpa);

typedef void (*cpa_run_fn)(struct cpa *cpa, const struct cpa_run *run);
void cpa_log_each(struct cpa *cpa, cpa_run_fn fn);

/* Does all that is in the log; the last stores are left in the batch. */
enum err cpa_log_store(struct cpa *cpa) MUST_CHECK;

/* Commits the batch, and counts what was done. */
enum err cpa_log_commit(struct cpa *cpa) MUST_CHECK;

/* Takes back, in reverse order, the stores that were done, and flushes; names
 * the page that was refused. */
void cpa_log_undo(struct cpa *cpa);

#endif
