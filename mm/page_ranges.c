// SPDX-License-Identifier: MIT
/*
 * Page allocator: what it may hand out.
 */
#include "mm/page_alloc.h"

#include "lib/assert.h"

void page_alloc_reserve(struct page_alloc *pages, paddr_t start, uint64_t bytes,
			enum page_kind kind)
{
	uint64_t end = align_up(start.pa + bytes, PAGE_BYTES) >> PAGE_SHIFT;

	if (bytes == 0) {
		return;
	}
	ASSERT(pages->reserved_count < PAGE_RESERVED_MAX);
	pages->reserved[pages->reserved_count++] =
		(struct page_reserved){ paddr_pfn(start), pfn(end), kind };
}

static void add_range(struct page_alloc *pages, uint64_t start, uint64_t end)
{
	if (start >= end) {
		return;
	}
	ASSERT(pages->range_count < ARRAY_COUNT(pages->ranges));
	pages->ranges[pages->range_count++] =
		(struct page_range){ pfn(start), pfn(start), pfn(end) };
}

/* Ranges ascend. */
static void insert_range(struct page_alloc *pages, pfn_t start, pfn_t end)
{
	size_t i = pages->range_count++;

	ASSERT(i < ARRAY_COUNT(pages->ranges));
	for (; i != 0 && pages->ranges[i - 1].start.pfn > start.pfn; i--) {
		pages->ranges[i] = pages->ranges[i - 1];
	}
	pages->ranges[i] = (struct page_range){ start, start, end };
}

static bool is_kept_out(const struct page_alloc *pages, pfn_t start, pfn_t end)
{
	for (size_t i = 0; i < pages->range_count; i++) {
		const struct page_range *range = &pages->ranges[i];

		if (range->start.pfn < end.pfn && start.pfn < range->end.pfn) {
			return false;
		}
	}
	return true;
}

void page_alloc_unreserve(struct page_alloc *pages, struct frame_range frames)
{
	pfn_t end = pfn(frames.start.pfn + frames.count);

	ASSERT(is_kept_out(pages, frames.start, end));
	if (frames.count != 0) {
		insert_range(pages, frames.start, end);
	}
}

/* The lowest reserved range that reaches into [start, end), or NULL. */
static const struct page_reserved *first_reserved(
	const struct page_alloc *pages, uint64_t start, uint64_t end)
{
	const struct page_reserved *first = NULL;

	for (size_t i = 0; i < pages->reserved_count; i++) {
		const struct page_reserved *r = &pages->reserved[i];

		if (r->start.pfn < end && r->end.pfn > start &&
		    (first == NULL || r->start.pfn < first->start.pfn)) {
			first = r;
		}
	}
	return first;
}

/* Adds what is not reserved of [start, end). */
static void add_free_parts(struct page_alloc *pages, uint64_t start,
			   uint64_t end)
{
	const struct page_reserved *hole;

	while ((hole = first_reserved(pages, start, end)) != NULL) {
		add_range(pages, start, hole->start.pfn);
		start = hole->end.pfn;
	}
	add_range(pages, start, end);
}

void page_alloc_init(struct page_alloc *pages, const struct memory_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];

		if (range->kind == MEMORY_RAM) {
			add_free_parts(pages, paddr_pfn(range->start).pfn,
				       paddr_pfn(range->end).pfn);
		}
	}
}

/* ---- Runs ---------------------------------------------------------------- */

enum err page_alloc_take_run(struct page_alloc *pages, uint64_t count,
			     uint64_t align, pfn_t *first)
{
	size_t i = pages->range_count;

	while (i-- != 0 && pages->reserved_count < PAGE_RESERVED_MAX) {
		struct page_range *range = &pages->ranges[i];
		uint64_t end = align_down(range->end.pfn, align);

		if (end < count || end - count < range->next.pfn) {
			continue;
		}
		*first = pfn(align_down(end - count, align));
		if (first->pfn < range->next.pfn) {
			continue;
		}
		pages->reserved[pages->reserved_count++] =
			(struct page_reserved){ *first, range->end, PAGE_TEST };
		range->end = *first;
		return OK;
	}
	return ERR_NOMEM;
}

void page_alloc_give_run(struct page_alloc *pages, pfn_t first)
{
	struct page_reserved *last = &pages->reserved[pages->reserved_count];
	size_t i = pages->range_count;

	/* One that begins there too would be empty, and comes later. */
	do {
		ASSERT(i != 0);
		i--;
	} while (!pfn_eq(pages->ranges[i].end, first));
	ASSERT(pages->reserved_count != 0 && pfn_eq(last[-1].start, first) &&
	       last[-1].kind == PAGE_TEST);
	pages->ranges[i].end = last[-1].end;
	pages->reserved_count--;
}
