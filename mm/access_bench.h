/* SPDX-License-Identifier: MIT */
/*
 * The bench of the access matrix.
 *
 * Sets tables up as a combination has them, makes the access, and tells what
 * became of it and of the entries. Bare metal and guests do it each in their
 * own way.
 *
 * BENCH-1 Afterwards tables, registers and memory are what they were.
 */
#ifndef MM_ACCESS_BENCH_H
#define MM_ACCESS_BENCH_H

#include "mm/access_do.h"
#include "mm/access_space.h"

struct access_trial {
	struct access_path before; /* As the CPU found the entries, */
	uint64_t after[L5 + 1];	   /* and as it left them. */
	struct access_outcome outcome;
};

struct access_bench {
	/* ERR_NOMEM: then nothing has been done. */
	enum err (*open)(void);
	void (*close)(void);
	/* Between these interrupts are off, the processor is in that state, and
	 * nothing may be printed. */
	void (*enter)(const struct access_cpu *cpu);
	void (*leave)(void);
	/* All of the case that belongs to the state must be as in enter, but
	 * for PKRU. */
	void (*try)(const struct access_case *what, struct access_trial *trial);
};

extern const struct access_bench access_native; /* At ring 0. */
extern const struct access_bench access_guest;	/* Elsewhere. */

#endif
