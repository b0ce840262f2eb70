// SPDX-License-Identifier: MIT
/*
 * Tests of the interval tree.
 */
#include "mm/interval.h"

#include "lib/bits.h"
#include "lib/selftest.h"

#define SPAN 12U

static struct interval_tree tree;

/* How often each range, [start][end], is in the tree. */
static unsigned int counts[SPAN][SPAN + 1];

static void begin(void)
{
	memset(&tree, 0, sizeof(tree));
	memset(counts, 0, sizeof(counts));
}

/* Some value for each range, of three. */
static int value_of(uint64_t start, uint64_t end)
{
	return (int)((start * 5 + end) % 3);
}

static bool insert(uint64_t start, uint64_t end)
{
	return interval_insert(&tree, start, end, value_of(start, end)) == OK;
}

static bool take_out(uint64_t start, uint64_t end)
{
	return interval_remove(&tree, start, end, value_of(start, end));
}

static const struct interval *previous;
static size_t nodes;

/* INTERVAL-1, of a node that comes next. */
static bool ascends(const struct interval *node)
{
	bool right =
		node->start < node->end &&
		(previous == NULL || previous->start < node->start ||
		 (previous->start == node->start && previous->end < node->end));

	previous = node;
	nodes++;
	return right;
}

/* INTERVAL-1, INTERVAL-2, INTERVAL-3; nothing has height 0, and ends at 0. */
static bool is_sound(const struct interval *node)
{
	static const struct interval nothing;
	const struct interval *left = node->child[0];
	const struct interval *right = node->child[1];

	if ((left != NULL && !is_sound(left)) || !ascends(node) ||
	    (right != NULL && !is_sound(right))) {
		return false;
	}
	left = left == NULL ? &nothing : left;
	right = right == NULL ? &nothing : right;
	return left->height <= right->height + 1 &&
	       right->height <= left->height + 1 &&
	       node->height == 1 + (left->height > right->height
					    ? left->height
					    : right->height) &&
	       node->top == max_u64(node->end, max_u64(left->top, right->top));
}

static bool is_tree_of(size_t expected)
{
	previous = NULL;
	nodes = 0;
	return (tree.root == NULL || is_sound(tree.root)) && nodes == expected;
}

/* Does interval_find find what is found by looking at all there are? */
static bool finds(uint64_t start, uint64_t end, int except_value)
{
	const struct interval *found =
		interval_find(&tree, start, end, except_value);

	for (uint64_t s = 0; s < end && s < SPAN; s++) {
		for (uint64_t e = max_u64(s, start) + 1; e <= SPAN; e++) {
			if (counts[s][e] != 0 &&
			    value_of(s, e) != except_value) {
				return found != NULL && found->start == s &&
				       found->end == e &&
				       found->value == value_of(s, e) &&
				       found->count == counts[s][e];
			}
		}
	}
	return found == NULL;
}

/* INTERVAL-1, INTERVAL-2, INTERVAL-3 */
SELFTEST(any_order, "after any changes the tree is in balance and finds the "
		    "same as a table")
{
	struct random random = selftest_random();
	size_t expected = 0;

	begin();
	for (uint64_t i = selftest_rounds(800); i != 0; i--) {
		uint64_t start = random_below(&random, SPAN);
		uint64_t end = start + 1 + random_below(&random, SPAN - start);
		unsigned int *count = &counts[start][end];

		/* It fills up, and runs empty. */
		if (random_below(&random, 8) < (i & 128 ? 5 : 3)) {
			CHECK(insert(start, end));
			expected += (*count)++ == 0;
		} else {
			CHECK_EQ(take_out(start, end), *count != 0);
			expected -= *count == 1;
			*count -= *count != 0;
		}
		start = random_below(&random, SPAN + 2);
		end = start + 1 + random_below(&random, SPAN);
		CHECK(is_tree_of(expected));
		CHECK(finds(start, end, (int)random_below(&random, 4) - 1));
	}
}

/* The n-th of all: up, down, or criss-cross. */
static uint64_t in_order(unsigned int order, uint64_t n)
{
	return order == 0   ? n
	       : order == 1 ? INTERVALS_MAX - 1 - n
			    : n * 37 % INTERVALS_MAX;
}

static bool fills(unsigned int order)
{
	begin();
	for (uint64_t i = 0; i < INTERVALS_MAX; i++) {
		if (!insert(in_order(order, i), INTERVALS_MAX) ||
		    !is_tree_of(i + 1)) {
			return false;
		}
	}
	/* One that is there needs no node. */
	return !insert(3, 4) && !take_out(3, 4) && insert(3, INTERVALS_MAX) &&
	       take_out(3, INTERVALS_MAX) &&
	       !interval_remove(&tree, 3, INTERVALS_MAX, 99) &&
	       is_tree_of(INTERVALS_MAX);
}

static bool empties(unsigned int order)
{
	for (uint64_t i = INTERVALS_MAX; i-- != 0;) {
		if (!take_out(in_order(order, i), INTERVALS_MAX) ||
		    !insert(i, INTERVALS_MAX + 1) ||
		    !take_out(i, INTERVALS_MAX + 1) || !is_tree_of(i)) {
			return false;
		}
	}
	return true;
}

/* INTERVAL-2 */
SELFTEST(full, "a tree that is filled and emptied in order stays in balance")
{
	for (unsigned int i = 0; i < 9; i++) {
		CHECK(fills(i / 3));
		CHECK(empties(i % 3));
	}
}

SELFTEST_SUITE(interval, &any_order, &full);
