/* SPDX-License-Identifier: MIT */
/*
 * Interval tree.
 *
 * Which of many ranges of numbers overlap a given one? A search tree, ordered
 * by start and then by end, in which each node knows the highest end below it,
 * so that whole subtrees are passed over (Cormen et al., Introduction to
 * Algorithms, "Interval trees"). Kept in balance as an AVL tree.
 *
 * The nodes are a fixed pool within the tree: whoever takes a range out must
 * not fail, whoever puts one in should fail for one reason only, and neither
 * should ask the page allocator, about whose pages the users of this decide.
 *
 * INTERVAL-1 The ranges ascend, are not empty, and no two are the same.
 * INTERVAL-2 The heights of two siblings differ by at most 1.
 * INTERVAL-3 Each node knows the highest end of its subtree.
 */
#ifndef MM_INTERVAL_H
#define MM_INTERVAL_H

#include "lib/err.h"
#include "lib/types.h"

#define INTERVALS_MAX 128

struct interval {
	uint64_t start;
	uint64_t end;	/* One past the last. */
	uint64_t top;	/* The highest end of the subtree. */
	uint64_t count; /* How often it was put in. */
	int value;
	int height; /* Of the subtree; of a leaf 1. */
	struct interval *child[2];
};

struct interval_tree {
	struct interval *root;
	struct interval *unused; /* Given back, linked by child[0]. */
	size_t fresh; /* Those of the pool from here on were never used. */
	struct interval pool[INTERVALS_MAX];
};

/* A tree that is all zero is empty. */

/* A value that no interval has. */
#define INTERVAL_NO_VALUE (-1)

/*
 * Puts [start, end), which must not be empty, in, with a value of at least 0.
 * The same range may be put in often, with the same value only; it takes one
 * node. ERR_FULL if there is no node.
 */
enum err interval_insert(struct interval_tree *tree, uint64_t start,
			 uint64_t end, int value) MUST_CHECK;

/* Takes it out, if it was put in often, then once. False if there is no such
 * range with that value: then nothing changes. */
bool interval_remove(struct interval_tree *tree, uint64_t start, uint64_t end,
		     int value) MUST_CHECK;

/*
 * The first range, by start and then by end, that overlaps [start, end), which
 * must not be empty, and whose value is not the one given; NULL if there is
 * none. Valid until the tree changes.
 */
const struct interval *interval_find(const struct interval_tree *tree,
				     uint64_t start, uint64_t end,
				     int except_value);

#endif
