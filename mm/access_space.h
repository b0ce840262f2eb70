/* SPDX-License-Identifier: MIT */
/*
 * The combinations of the access matrix.
 *
 * A combination is one value in each of some dimensions: bits of a leaf, of an
 * entry above it, the kind of access, the state of the processor. They are
 * numbered, the state of the processor in the highest digits, so that all of
 * them can be gone through, or any be picked.
 *
 * SPACE-1 Numbers and combinations are one to one.
 * SPACE-2 What a combination asks for exists on the machine: no feature that
 *	   is missing, no reserved bit that is not reserved.
 */
#ifndef MM_ACCESS_SPACE_H
#define MM_ACCESS_SPACE_H

#include "mm/access_model.h"

enum access_dim {
	DIM_SHAPE, /* The levels of the leaf, and of the entry above it. */
	DIM_LEAF_P,
	DIM_LEAF_RW,
	DIM_LEAF_US,
	DIM_LEAF_XD,
	DIM_LEAF_A,
	DIM_LEAF_D,
	DIM_UPPER_P,
	DIM_UPPER_RW,
	DIM_UPPER_US,
	DIM_UPPER_XD,
	DIM_UPPER_A,
	DIM_UPPER_D,
	DIM_RESERVED, /* Which reserved bit is set, by enum access_flaw. */
	DIM_KEY,
	DIM_DENY, /* What PKRU denies to the key, and not to the others. */
	DIM_KIND,
	DIM_WHO,
	DIM_TIMES, /* Once, or twice in a row. */
	DIM_WP,	   /* From here on the state of the processor. */
	DIM_NXE,
	DIM_SMEP,
	DIM_SMAP,
	DIM_PKE,
	ACCESS_DIMS
};

enum access_flaw {
	FLAW_NONE,
	FLAW_LEAF_TOP, /* Bit 51 of the leaf. */
	FLAW_LEAF_LOW, /* Its lowest one that is reserved. */
	FLAW_UPPER_TOP,
	FLAW_UPPER_PS, /* The bit of a leaf, where there are none. */
	FLAWS
};

enum access_who { WHO_USER, WHO_KERNEL, WHO_KERNEL_AC };

#define ACCESS_VALUES_MAX 96 /* Of all dimensions together. */

struct access_space {
	struct access_cpu has; /* What can be turned on. */
	level_t top;
	level_t leaf_max;
	unsigned int shapes;
	struct access_shape {
		level_t leaf;
		level_t upper;
	} shape[L5 * L5];
	uint8_t counts[ACCESS_DIMS]; /* Values of each dimension. */
	uint64_t states;	     /* Of the processor; */
	uint64_t cases; /* and all else: combinations of one state. */
	uint64_t exist; /* Of all combinations (SPACE-2). */
};

/* The numbers of the values. */
struct access_values {
	uint8_t of[ACCESS_DIMS];
};

/* A combination in terms of the machine. */
struct access_case {
	struct access_shape shape;
	/* Without frames; present or not is theirs to say. */
	uint64_t leaf;
	uint64_t upper;
	struct access_cpu cpu;
	struct access_try attempt;
	unsigned int times;
};

/* All that a processor with these abilities has, under tables of these levels.
 * A guest has no part in the state of the processor, nor in reserved bits. */
void access_space_init(struct access_space *space, const struct access_cpu *has,
		       level_t top, level_t leaf_max);

/* number must be below states * cases. False: there is no such combination
 * (SPACE-2). */
bool access_space_pick(const struct access_space *space, uint64_t number,
		       struct access_values *values) MUST_CHECK;

struct access_case access_case_of(const struct access_space *space,
				  const struct access_values *values);

/* ---- What was covered ---------------------------------------------------- */

/* Which pairs of values of two dimensions were among the combinations. */
struct access_cover {
	uint8_t met[ACCESS_VALUES_MAX][ACCESS_VALUES_MAX / 8];
};

void access_cover_add(struct access_cover *cover,
		      const struct access_space *space,
		      const struct access_values *values);

/* How many pairs there are, and how many of them were not met. */
struct access_pairs {
	unsigned int all;
	unsigned int missing;
};

struct access_pairs access_cover_pairs(const struct access_cover *cover,
				       const struct access_space *space);

#endif
