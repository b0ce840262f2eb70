/* SPDX-License-Identifier: MIT */
/*
 * A set of page tables, and how to change it.
 *
 * All stores go through here: past the auditor, and into the ledger if the
 * CPU may be using the tables.
 */
#ifndef MM_PGTABLE_H
#define MM_PGTABLE_H

#include "arch/x86/pv.h"
#include "mm/audit.h"

struct pgtable {
	const struct pv *pv;
	struct page_alloc *pages;
	struct audit *audit;
	pfn_t root;
	level_t levels; /* The level of the root: L4 or L5. */
	bool live;	/* The CPU may be using it. */
	uint64_t pool;	/* Tables taken in advance (table.h): the first's frame
			   number, 0: none. */
	struct pgtable *mapper; /* The tables with the direct map, in which the
				   tables of this one are mapped; NULL: these
				   themselves. */
};

/* The entry of a table. */
struct place {
	pfn_t table;
	level_t level;
	unsigned int index;
	vaddr_t va; /* The first address the entry covers. */
};

static inline const struct paging *pt_paging(const struct pgtable *pt)
{
	return pt->pv->paging;
}

pte_t pt_read(struct place place);

/* As pte_count_none and pte_count_alike, of the entries of the table from the
 * place on. */
unsigned int pt_count_none(struct place place, unsigned int max);
unsigned int pt_count_alike(struct place place, unsigned int max);

/* Must entries be written by commit? They are read-only for us then. */
static inline bool pt_is_readonly(const struct pgtable *pt)
{
	return pt->live && pt_paging(pt)->tables_readonly;
}

/* What of the attributes a leaf for the frame may have: where tables are
 * read-only, none is writable. */
attrs_t pt_allowed(const struct pgtable *pt, mfn_t frame, attrs_t attrs);

/*
 * Writes n entries of a table, which are empty: entry to the first, and to each
 * further one entry with its frame advanced by step_frames. Nothing needs a
 * flush. Entries that lead to tables make those live. ERR_REFUSED, only if
 * pt_is_readonly: then those before the one that is refused are written.
 */
enum err pt_fill(struct pgtable *pt, struct place first, unsigned int n,
		 pte_t entry, uint64_t step_frames) MUST_CHECK;

/*
 * The address as a pointer, for who has just changed its mapping: a panic if a
 * flush is owed for any of the bytes, because what the CPU does there may be
 * decided by the old mapping.
 */
void *pt_access(const struct pgtable *pt, vaddr_t address, uint64_t bytes);

/* ---- Batches ------------------------------------------------------------- */

/* 512 pages, and each of some flushes. */
#define BATCH_MAX 560

/* Some 22 KiB: not for the stack. */
struct batch {
	struct pgtable *pt;
	enum audit_phase phase;
	size_t count;
	uint64_t met[16]; /* A bit for each place stored to, or some of them. */
	struct batch_op ops[BATCH_MAX];
};

void batch_begin(struct batch *batch, struct pgtable *pt,
		 enum audit_phase phase);

/* Each adds one step; a range is of whole pages. A batch that is full is
 * committed on the way, which is a panic if the platform refuses. A place may
 * be stored to once in a batch. */
void batch_store(struct batch *batch, struct place place, pte_t entry);
void batch_flush_range(struct batch *batch, vaddr_t start, uint64_t bytes);
void batch_flush_all(struct batch *batch);

/*
 * Does all steps in their order and empties the batch. A store that breaks a
 * rule of the auditor is a panic, before anything is done. ERR_REFUSED if the
 * platform refuses a store: then those before it are done, *done tells how
 * many; the flushes behind it may have been done, but do not count.
 */
enum err batch_commit(struct batch *batch, size_t *done) MUST_CHECK;

/* The same for who knows that nothing can be refused: a panic otherwise. */
void batch_finish(struct batch *batch);

#endif
