/* SPDX-License-Identifier: MIT */
/*
 * Change page attributes: a model of it.
 *
 * What cpa.h promises, told a second time and in another way, so that one can
 * be held against the other: no tables, no entries, no walk, but a byte for
 * each page and a bit for each large leaf. It predicts what each call makes of
 * every page, the size of every leaf, and what it costs. Nothing of mm/ is used
 * by it. For tests.
 *
 *	MODEL_POOL	blocks of 2 MiB, which may be large leaves, and may lie
 *			in one of 1 GiB whose other blocks, the rest, are alike
 *	MODEL_IMAGE	some pages, 4 KiB each, mapped twice
 *	MODEL_ALIAS	the other mapping of these
 */
#ifndef MM_CPA_MODEL_H
#define MM_CPA_MODEL_H

#include "arch/x86/pat.h"
#include "lib/err.h"

/* A page: what it may be used for by all levels, type, presence. */
typedef uint8_t model_page;

#define MODEL_WRITE	 0x01
#define MODEL_EXECUTE	 0x02
#define MODEL_GLOBAL	 0x04
#define MODEL_RIGHTS	 0x07
#define MODEL_TYPE_SHIFT 3
#define MODEL_TYPE	 0x38
#define MODEL_PRESENT	 0x40
#define MODEL_OWED	 0x80 /* A flush. */
#define MODEL_MEANING	 ((uint8_t)~MODEL_OWED)

#define MODEL_BLOCKS	   3
#define MODEL_BLOCK_PAGES  512U
#define MODEL_POOL_PAGES   (MODEL_BLOCKS * MODEL_BLOCK_PAGES)
#define MODEL_IMAGE_PAGES  8U
#define MODEL_GIANT_BLOCKS 512
#define MODEL_RUNS_MAX	   1024

enum model_area { MODEL_POOL, MODEL_IMAGE, MODEL_ALIAS, MODEL_AREAS };

/* What the platform has. */
struct model_facts {
	bool nx;
	bool global;
	bool memtypes;
	bool small; /* All leaves are of 4 KiB. */
	bool has_type[MT_COUNT];
	uint64_t line_bytes; /* Of the cache; 0: it is flushed whole. */
	uint64_t flush_pages_max;
};

struct model {
	struct model_facts facts;
	uint64_t start[MODEL_AREAS]; /* Addresses. */
	unsigned int pages[MODEL_AREAS];
	model_page page[MODEL_AREAS][MODEL_POOL_PAGES];
	bool large[MODEL_BLOCKS];
	bool pinned[MODEL_BLOCKS];
	/* The blocks of 2 MiB around those of the pool that can be one leaf
	 * with them: none, or what is missing to 1 GiB. */
	unsigned int rest_blocks;
	bool giant;
	bool owed; /* Any page may have MODEL_OWED. */
	model_page rest;
};

/* A page by one of its mappings. */
struct model_name {
	enum model_area area;
	unsigned int page;
};

struct model_request {
	const char *op;
	bool list; /* Of names; else a range. */
	bool all;  /* The pool with all of the rest: a range. */
	struct model_name first;
	unsigned int count;
	const struct model_name *names;
	uint64_t fail_at; /* Of the pages that are asked for; 0: none. */
};

/* What is predicted. If error is not OK, all is as it was. */
struct model_outcome {
	enum err error;
	uint64_t where; /* ERR_RANGE, ERR_DENIED, ERR_REFUSED. */
	enum memtype type;
	uint64_t narrowed;
	uint64_t changed;
	uint64_t split;
	uint64_t joined;
	uint64_t lines;
	uint64_t stores;
	uint64_t allocs;
	uint64_t flushes_all;
	uint64_t flushes_range;
};

/* Pages that are present, without a flush that is owed. */
model_page model_page_of(unsigned int rights, enum memtype type);

static inline enum memtype model_type(model_page page)
{
	return (enum memtype)((page & MODEL_TYPE) >> MODEL_TYPE_SHIFT);
}

/* What a page of the area is mapped with when nobody has changed it. */
model_page model_home(const struct model *model, enum model_area area);

/* All as at boot; start, pages, facts, rest_blocks and giant are set. */
void model_reset(struct model *model);

/* Is it so? */
bool model_is_home(const struct model *model);

/* Predicts, and changes the model. */
void model_do(struct model *model, const struct model_request *request,
	      struct model_outcome *outcome);

/* Everything that is owed has been flushed. */
void model_flush(struct model *model);

#endif
