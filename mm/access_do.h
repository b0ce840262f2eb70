/* SPDX-License-Identifier: MIT */
/*
 * An access that is really made.
 *
 * From either privilege level, to a page prepared for it. Whether it went
 * through is told by what became of it, and by memory: a store must be there if
 * it did, and must not if it faulted.
 */
#ifndef MM_ACCESS_DO_H
#define MM_ACCESS_DO_H

#include "arch/x86/traps.h"
#include "mm/access_model.h"

/* Where user mode runs: a page with a copy of user_code. */
#define ACCESS_CODE_VADDR UINT64_C(0x400000)

/* The page, where it is tried and where it can be reached in any case. */
struct access_page {
	vaddr_t at;
	uint8_t *alias;
};

/* Puts there what is read and called. */
void access_page_prepare(uint8_t *alias);

struct access_outcome {
	bool done;
	struct fault fault; /* If it is not. */
	vaddr_t address;    /* What was accessed. */
	bool honest;	    /* Memory and registers are as that has them. */
};

struct access_outcome access_do(const struct access_page *page,
				struct access_try attempt);

#endif
