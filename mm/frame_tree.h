/* SPDX-License-Identifier: MIT */
/*
 * Frames by number.
 *
 * Which page of memory belongs to which page of addresses? The page tables tell
 * only as long as the page is mapped, and an entry that is not present must
 * hold nothing. So what must outlive its mapping stands here: a tree of pages
 * of frame numbers, with the shape of page tables.
 *
 * FRAMES-1 A tree without frames has no page of its own either.
 */
#ifndef MM_FRAME_TREE_H
#define MM_FRAME_TREE_H

#include "mm/page_alloc.h"

struct frame_tree {
	struct page_alloc *pages;
	unsigned int levels; /* Numbers have 9 bits for each of them. */
	uint64_t root;	     /* The frame number of its top; 0: it is empty. */
};

/* The frame of a number, or PFN_NONE. */
pfn_t frame_tree_find(const struct frame_tree *tree, uint64_t number);

/* Adds one where there is none. ERR_NOMEM without memory for the tree: then
 * nothing has changed. */
enum err frame_tree_add(struct frame_tree *tree, uint64_t number,
			pfn_t frame) MUST_CHECK;

/* Takes out the first frame there is from one number to another, both included,
 * and what the tree does not need any more; PFN_NONE if there is none. */
pfn_t frame_tree_take(struct frame_tree *tree, uint64_t first, uint64_t last);

#endif
