/* SPDX-License-Identifier: MIT */
/*
 * What becomes of an access, by the manual.
 *
 * A second opinion on page tables: bits and rules are written down here once
 * more, from the Intel SDM vol. 3 (4.5 entries, 4.6 access rights, 4.7 faults,
 * 4.8 accessed and dirty), and shared with nothing that builds tables.
 *
 * ACCESS-1 The first entry on the way that is not present, or has a reserved
 *	    bit, decides; rights are asked of those that lead all the way.
 * ACCESS-2 What is granted sets accessed in every entry on the way and, if it
 *	    writes, dirty in the last; what faults sets no dirty.
 */
#ifndef MM_ACCESS_MODEL_H
#define MM_ACCESS_MODEL_H

#include "arch/x86/pte.h"

enum access_kind { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH };

/* How the processor is set up. */
struct access_cpu {
	bool wp;   /* CR0. */
	bool smep; /* CR4, as the next two. */
	bool smap;
	bool pke;
	bool nxe; /* EFER. */
	uint32_t pkru;
	unsigned int paddr_bits; /* MAXPHYADDR. */
	bool gb;		 /* It has leaves of 1 GiB. */
	/* It is a hypervisor's, which runs its guest's kernel at ring 3 too. */
	bool guest;
};

struct access_try {
	enum access_kind kind;
	bool user; /* User mode's; else the kernel's, */
	bool ac;   /* with RFLAGS.AC. */
};

/* The entries on the way of an address, those from leaf to top. A leaf may come
 * earlier than the way goes on: then what is below does not count. */
struct access_path {
	level_t top;
	level_t leaf;
	uint64_t entries[L5 + 1]; /* By level. */
};

struct access_result {
	bool fault;
	uint64_t error; /* The code of the page fault. */
	level_t last;	/* Of the last entry that was looked at. */
	bool last_present;
};

struct access_result access_predict(const struct access_cpu *cpu,
				    const struct access_path *path,
				    struct access_try attempt);

/* Can the entry of the level, which was before, have become after? On the way
 * to a fault the CPU may set accessed in what was present (SDM vol. 3, 4.8,
 * does not say when it "uses" an entry that is at fault). */
bool access_leaves(const struct access_result *result,
		   struct access_try attempt, level_t level, uint64_t before,
		   uint64_t after);

/* The bits that must not be set in a present entry of the level. */
uint64_t access_reserved(const struct access_cpu *cpu, level_t level,
			 uint64_t entry);

#endif
