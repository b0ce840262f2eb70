// SPDX-License-Identifier: MIT
/*
 * Interval tree.
 */
#include "mm/interval.h"

#include "lib/assert.h"
#include "lib/bits.h"

/* An AVL tree of height 10 has at least 143 nodes (Knuth, The Art of Computer
 * Programming, vol. 3, 6.2.3). The link that leads to nothing is one more. */
#define HEIGHT_MAX 9
#define PATH_MAX   (HEIGHT_MAX + 1)

_Static_assert(INTERVALS_MAX < 143, "a path has room for the height");

/* The links from the root on, each within the node that the one before it leads
 * to. */
struct path {
	size_t length;
	struct interval **links[PATH_MAX];
};

/* ---- Balance ------------------------------------------------------------- */

static int height_of(const struct interval *node)
{
	return node == NULL ? 0 : node->height;
}

static void update(struct interval *node)
{
	int height = 0;

	node->top = node->end;
	for (int side = 0; side < 2; side++) {
		const struct interval *child = node->child[side];

		if (child != NULL) {
			node->top = max_u64(node->top, child->top);
			height =
				child->height > height ? child->height : height;
		}
	}
	node->height = height + 1;
}

/* The child of that side takes the node's place, and the node becomes its child
 * of the other side. The order stays. Not often, so there is one copy of it. */
static NOINLINE void lift(struct interval **link, int side)
{
	struct interval *node = *link;
	struct interval *child = node->child[side];

	node->child[side] = child->child[!side];
	child->child[!side] = node;
	update(node);
	update(child);
	*link = child;
}

/* The subtrees are in balance, and their heights differ by at most 2. */
static void balance(struct interval **link)
{
	struct interval *node = *link;
	int lean = height_of(node->child[1]) - height_of(node->child[0]);
	int side = lean > 0;
	struct interval *child = node->child[side];

	update(node);
	if (lean >= -1 && lean <= 1) {
		return;
	}
	/* What goes over to the other side is the inner grandchild: it must
	 * not be the higher one. */
	if (height_of(child->child[!side]) > height_of(child->child[side])) {
		lift(&node->child[side], !side);
	}
	lift(link, side);
}

static void balance_path(const struct path *path, size_t length)
{
	while (length != 0) {
		balance(path->links[--length]);
	}
}

/* ---- Paths --------------------------------------------------------------- */

static struct interval *step(struct path *path, struct interval **link)
{
	ASSERT(path->length < PATH_MAX);
	path->links[path->length++] = link;
	return *link;
}

static struct interval **last_link(const struct path *path)
{
	return path->links[path->length - 1];
}

/* Ends at the link to the node with the range, or where it is missing. */
static void descend(struct interval_tree *tree, uint64_t start, uint64_t end,
		    struct path *path)
{
	struct interval *node = step(path, &tree->root);

	while (node != NULL && (node->start != start || node->end != end)) {
		bool right = start > node->start ||
			     (start == node->start && end > node->end);

		node = step(path, &node->child[right]);
	}
}

/* ---- The pool ------------------------------------------------------------ */

static struct interval *take_node(struct interval_tree *tree)
{
	struct interval *node = tree->unused;

	if (node != NULL) {
		tree->unused = node->child[0];
		return node;
	}
	return tree->fresh < INTERVALS_MAX ? &tree->pool[tree->fresh++] : NULL;
}

static void give_node(struct interval_tree *tree, struct interval *node)
{
	node->child[0] = tree->unused;
	tree->unused = node;
}

/* ---- Changes ------------------------------------------------------------- */

enum err interval_insert(struct interval_tree *tree, uint64_t start,
			 uint64_t end, int value)
{
	struct path path = { .length = 0 };
	struct interval *node;

	ASSERT(start < end && value >= 0);
	descend(tree, start, end, &path);
	node = *last_link(&path);
	if (node != NULL) {
		ASSERT(node->value == value);
		node->count++;
		return OK;
	}
	node = take_node(tree);
	if (node == NULL) {
		return ERR_FULL;
	}
	*node = (struct interval){
		.start = start, .end = end, .count = 1, .value = value
	};
	*last_link(&path) = node;
	balance_path(&path, path.length);
	return OK;
}

/* The path leads to the node. One with two children hands its place to the next
 * range, whose node has one at most. */
static void remove_node(struct interval_tree *tree, struct path *path)
{
	struct interval *node = *last_link(path);
	struct interval *gone = node;

	if (node->child[0] != NULL && node->child[1] != NULL) {
		gone = step(path, &node->child[1]);
		while (gone->child[0] != NULL) {
			gone = step(path, &gone->child[0]);
		}
		node->start = gone->start;
		node->end = gone->end;
		node->count = gone->count;
		node->value = gone->value;
	}
	*last_link(path) = gone->child[gone->child[0] == NULL];
	balance_path(path, path->length - 1);
	give_node(tree, gone);
}

bool interval_remove(struct interval_tree *tree, uint64_t start, uint64_t end,
		     int value)
{
	struct path path = { .length = 0 };
	struct interval *node;

	descend(tree, start, end, &path);
	node = *last_link(&path);
	if (node == NULL || node->value != value) {
		return false;
	}
	if (--node->count == 0) {
		remove_node(tree, &path);
	}
	return true;
}

/* ---- Queries ------------------------------------------------------------- */

/* As deep as the tree is high. */
static const struct interval *find(const struct interval *node, uint64_t start,
				   uint64_t end, int except_value)
{
	const struct interval *found;

	if (node == NULL || node->top <= start) {
		return NULL;
	}
	found = find(node->child[0], start, end, except_value);
	if (found != NULL || node->start >= end) {
		return found;
	}
	if (node->end > start && node->value != except_value) {
		return node;
	}
	return find(node->child[1], start, end, except_value);
}

const struct interval *interval_find(const struct interval_tree *tree,
				     uint64_t start, uint64_t end,
				     int except_value)
{
	ASSERT(start < end);
	return find(tree->root, start, end, except_value);
}
