/* SPDX-License-Identifier: MIT */
/*
 * A model of a TLB, with opinions.
 *
 * While it is on, it sees all that the fake CPU (fake_cpu.c) is told: entry
 * stores, flushes, roots; and the accesses that a test declares. Nothing is
 * told to it of what the kernel means. It works on tables in sparse memory
 * (machine.h).
 *
 * What a store changes of a translation that was possible before is stale until
 * a flush that reaches it. Complaints:
 *
 *	- a store makes translations that differ in page size, and in frame or
 *	  attributes too, from a stale one (SDM vol. 3, 4.10.2.3);
 *	- an access may meet a stale translation that says something else than
 *	  the tables do;
 *	- a test ends with stale translations.
 */
#ifndef TESTS_HOST_FAKE_TLB_H
#define TESTS_HOST_FAKE_TLB_H

#include "arch/x86/addr.h"

enum fake_tlb_model {
	/* Has walked to everything at every moment, keeps all of it, and
	 * faults on what it kept. Hardware may. */
	FAKE_TLB_KEEPS,
	/* Keeps what was accessed, and walks anew before it faults. QEMU's
	 * TCG does. */
	FAKE_TLB_WALKS
};

enum fake_access { FAKE_READ, FAKE_WRITE, FAKE_EXECUTE };

struct fake_use {
	bool fault;
	mfn_t frame; /* That was reached, if it did not fault. */
};

/* On from now, empty, for the root in CR3. */
void fake_tlb_on(enum fake_tlb_model model);

/* Off; returns the first complaint, or NULL. May be off already. */
const char *fake_tlb_off(void);

/* The first complaint so far, which is forgotten; or NULL. */
const char *fake_tlb_complaint(void);

/* An access of the kernel's. */
struct fake_use fake_tlb_access(vaddr_t address, enum fake_access how);

/* Is a translation of any of the bytes stale? */
bool fake_tlb_stale(vaddr_t start, uint64_t bytes);

/* ---- For the fake CPU ---------------------------------------------------- */

void fake_tlb_store(uint64_t *entry, uint64_t value);
void fake_tlb_flush_page(vaddr_t page);
/* After CR3 was written, and after CR4.PGE changed. */
void fake_tlb_cr3_written(void);
void fake_tlb_flush_all(void);

#endif
