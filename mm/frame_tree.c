// SPDX-License-Identifier: MIT
/*
 * Frames by number.
 */
#include "mm/frame_tree.h"

#include "arch/x86/phys.h"
#include "arch/x86/regs.h"
#include "lib/assert.h"

#define BITS_EACH 9

/* What stands in a page of the tree: frame numbers. Nobody has frame 0. */
static uint64_t *entries_of(uint64_t node)
{
	uint64_t *entries = phys_ptr(pfn_paddr(pfn(node)));

	ASSERT(entries != NULL);
	return entries;
}

static unsigned int shift_of(unsigned int level)
{
	return BITS_EACH * (level - 1);
}

static bool is_number(const struct frame_tree *tree, uint64_t number)
{
	return number >> shift_of(tree->levels + 1) == 0;
}

pfn_t frame_tree_find(const struct frame_tree *tree, uint64_t number)
{
	uint64_t found = tree->root;

	ASSERT(is_number(tree, number));
	for (unsigned int level = tree->levels; level != 0 && found != 0;
	     level--) {
		found = entries_of(
			found)[number >> shift_of(level) & (ENTRY_COUNT - 1)];
	}
	return found == 0 ? PFN_NONE : pfn(found);
}

enum err frame_tree_add(struct frame_tree *tree, uint64_t number, pfn_t frame)
{
	uint64_t *entry = &tree->root;

	ASSERT(is_number(tree, number) && frame.pfn != 0);
	for (unsigned int level = tree->levels; level != 0; level--) {
		pfn_t node;

		if (*entry == 0) {
			if (page_alloc(tree->pages, PAGE_USER, &node) != OK) {
				/* What was made on the way. */
				(void)frame_tree_take(tree, number, number);
				return ERR_NOMEM;
			}
			*entry = node.pfn;
		}
		entry = &entries_of(
			*entry)[number >> shift_of(level) & (ENTRY_COUNT - 1)];
	}
	ASSERT(*entry == 0);
	*entry = frame.pfn;
	return OK;
}

static bool is_empty(const uint64_t *entries)
{
	for (unsigned int i = 0; i < ENTRY_COUNT; i++) {
		if (entries[i] != 0) {
			return false;
		}
	}
	return true;
}

/* From what the entry above the level leads to; the numbers count from the
 * first one below it. */
static pfn_t take(struct frame_tree *tree, uint64_t *above, unsigned int level,
		  uint64_t first, uint64_t last)
{
	uint64_t node = *above;
	pfn_t taken = PFN_NONE;
	uint64_t *entries;
	uint64_t rest;

	if (level == 0 || node == 0) {
		*above = 0;
		return node == 0 ? PFN_NONE : pfn(node);
	}
	entries = entries_of(node);
	rest = BIT(shift_of(level)) - 1;
	for (uint64_t i = first >> shift_of(level);
	     i <= last >> shift_of(level) && pfn_eq(taken, PFN_NONE); i++) {
		taken = take(tree, &entries[i], level - 1,
			     i == first >> shift_of(level) ? first & rest : 0,
			     i == last >> shift_of(level) ? last & rest : rest);
	}
	if (is_empty(entries)) {
		*above = 0;
		page_free(tree->pages, pfn(node)); /* FRAMES-1 */
	}
	return taken;
}

pfn_t frame_tree_take(struct frame_tree *tree, uint64_t first, uint64_t last)
{
	ASSERT(first <= last && is_number(tree, last));
	return take(tree, &tree->root, tree->levels, first, last);
}
