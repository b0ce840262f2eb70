/* SPDX-License-Identifier: MIT */
/*
 * Store auditor and flush ledger.
 *
 * Every entry store and every flush of this kernel passes here. The auditor
 * refuses stores that break a rule whatever the caller meant; the ledger keeps
 * what must be flushed until it has been. Both are always on: they are what
 * makes the old mistakes impossible instead of unlikely.
 *
 * AUDIT-1 No store changes the size of a page together with its frame or its
 *	   attributes (Intel SDM vol. 3, 4.10.2.3: the TLB may use either).
 *	   Nor do two stores without a flush between them.
 * AUDIT-2 Building never overwrites a present entry.
 * AUDIT-3 Where tables are read-only, no frame that is one becomes writable.
 * AUDIT-4 An entry that is not present holds nothing.
 * AUDIT-5 A present entry whose rights, type, frame or presence changed owes a
 *	   flush of what it covers, and only a flush that covers it pays.
 */
#ifndef MM_AUDIT_H
#define MM_AUDIT_H

#include "arch/x86/pv.h"
#include "mm/page_alloc.h"

/* What is owed: translations of a root that the CPU may still have. */
struct debt {
	pfn_t root;
	vaddr_t start;
	uint64_t bytes;
	bool global; /* A change of root does not pay for it. */
	/* The level of the leaf that was there, if what comes there may have
	 * pages of another size; DEBT_TABLE if a table was; else 0. */
	unsigned int size;
};

#define DEBT_TABLE (L5 + 1)

/* More are merged, into one that covers them all. */
#define DEBTS_MAX 40

struct audit {
	uint64_t stores;	/* Entries written, */
	uint64_t kept;		/* and present ones left alone by a build. */
	uint64_t flushes_all;	/* Whole flushes, with globals or not, */
	uint64_t flushes_range; /* and flushes of ranges. */
	size_t debt_count;
	struct debt debts[DEBTS_MAX];
};

enum audit_phase { AUDIT_BUILD, AUDIT_CHANGE };

/* A store before it is done. */
struct audit_store {
	const struct pv *pv;
	const struct page_alloc *pages;
	enum audit_phase phase;
	level_t level;
	pte_t old;
	pte_t new;
	/* A debt for pages of another size is open for what it covers. */
	bool size_owed;
};

/* The rule it breaks, in words, or NULL. Changes nothing. */
const char *audit_check(const struct audit_store *store);

/* Does a store of new over old owe a flush? (AUDIT-5) */
bool audit_owes(const struct paging *paging, level_t level, pte_t old,
		pte_t new);

void ledger_owe(struct audit *audit, struct debt debt);

/* A flush of the range, in the root in use, has been done: of whole pages, and
 * not of none. */
void ledger_pay_range(struct audit *audit, pfn_t root, vaddr_t start,
		      uint64_t bytes);

/* A flush of everything, with global translations or without. */
void ledger_pay_all(struct audit *audit, bool globals);

/* The size of the debt that a store of new over old makes. */
unsigned int audit_size(level_t level, pte_t old, pte_t new);

/* Is a flush owed for any of what the entry at start of that level covers,
 * because of pages that need not be of its size? */
bool ledger_owes_size(const struct audit *audit, pfn_t root, vaddr_t start,
		      level_t level, pte_t entry);

/* Is a flush owed for any of the bytes, in the root? */
bool ledger_owes(const struct audit *audit, pfn_t root, vaddr_t start,
		 uint64_t bytes);

#endif
