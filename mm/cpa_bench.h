/* SPDX-License-Identifier: MIT */
/*
 * Change page attributes: machine and model side by side.
 *
 * What the tests of cpa.h share: pages that nobody else uses, a model of them,
 * and one function that predicts a call, makes it, and compares all there is to
 * compare: the error, what it cost, every entry, and what the CPU lets through.
 * For tests.
 */
#ifndef MM_CPA_BENCH_H
#define MM_CPA_BENCH_H

#include "mm/cpa.h"
#include "mm/cpa_look.h"
#include "mm/own_tables.h"

#define BENCH_NAMES_MAX	  MODEL_BLOCK_PAGES
#define BENCH_GIANT_PAGES (UINT64_C(512) * 512)

struct bench {
	struct cpa_space space;
	struct model model;
	struct look look;
	bool probes; /* Memory is there, and the tables are in use. */
	bool all;    /* The rest is the bench's as well. */
	bool open;
	uint64_t digest;
	uint64_t tables;
	uint64_t calls;
	/* Of the last call. */
	struct model_outcome expected;
	struct cpa_result result;
};

extern struct bench bench;

struct bench_call {
	const struct cpa_op *op;
	enum cpa_form form;
	struct model_name first; /* CPA_RANGE */
	bool all;
	unsigned int count;
	const struct model_name *names; /* The other forms. */
	uint64_t fail_at;		/* Of page_alloc; 0: none. */
};

/* Where the pages of a bench are; the pool's are aligned to blocks. */
struct bench_place {
	pfn_t pool;
	unsigned int blocks;
	vaddr_t image;
	bool all;
	bool probes;
};

/* Takes pages of the kernel's own; what there is no room for, or NULL. */
const char *bench_take(void);

/* A machine that is only played has no console. */
#define bench_note(...)                             \
	do {                                        \
		if (bench.probes) {                 \
			selftest_note(__VA_ARGS__); \
		}                                   \
	} while (0)

/* In a test: takes pages of the kernel's own, or skips. */
#define BENCH_TAKE()                      \
	do {                              \
		const char *lack;         \
                                          \
		SKIP_WITHOUT_TABLES();    \
		lack = bench_take();      \
		if (lack != NULL) {       \
			SKIP("%s", lack); \
		}                         \
	} while (0)

/* For tables and pages of the caller's. */
void bench_begin(struct cpa_space space, const struct bench_place *place);

/* A check: model and machine agree on what the call does. */
void bench_do(const struct bench_call *call);

/* The same for a range, and for names in either form. */
void bench_range(const struct cpa_op *op, enum model_area area,
		 unsigned int first, unsigned int count);
void bench_list(const struct cpa_op *op, enum cpa_form form,
		const struct model_name *names, unsigned int count);

/* Pays what an operation without a flush has left. */
void bench_flush(void);

/* A check: by the operations themselves all comes to be as it was, sizes too.
 */
void bench_restore(void);

/* Remembers all there is in the tables, bit for bit: not for every test, where
 * leaves are many. */
void bench_watch_tree(void);

/* A check: restores, and that is as it was. */
void bench_check_tree(void);

/* The same, and gives the pages back. */
void bench_end(void);

/* Compares; for tests of the comparison itself. */
bool bench_result_differs(enum err error, struct mismatch *mismatch);

/* What stands at the beginning of a page: which frame it is; it can be called.
 */
uint64_t bench_mark(enum model_area area, unsigned int page);
#define BENCH_RET 0xc3

vaddr_t bench_address(struct model_name name);

/* Runs of pages as names. */
unsigned int bench_names(struct model_name *names, enum model_area area,
			 unsigned int first, unsigned int count);

#endif
