/* SPDX-License-Identifier: MIT */
/*
 * Changes to page tables, as a list.
 *
 * What the platform's commit is handed: entry stores and flushes, done one
 * after the other. A list lets a platform that traps on each of them do the
 * whole in one trap.
 */
#ifndef ARCH_X86_BATCH_H
#define ARCH_X86_BATCH_H

#include "arch/x86/pte.h"

enum batch_kind {
	BATCH_STORE,	   /* entry into table[index]. */
	BATCH_FLUSH_RANGE, /* bytes from va: whole pages, globals included. */
	BATCH_FLUSH_LOCAL, /* Everything but global translations. */
	BATCH_FLUSH_ALL	   /* Everything. */
};

struct batch_op {
	enum batch_kind kind;
	level_t level; /* Of the table. */
	unsigned int index;
	union {
		pfn_t table;	/* Of a store, */
		uint64_t bytes; /* of a flush. */
	};
	pte_t entry;
	vaddr_t va; /* Of a store: the first address that the entry covers. */
};

#endif
