// SPDX-License-Identifier: MIT
/*
 * Pages for page tables.
 */
#include "mm/table.h"

#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/direct_map.h"
#include "mm/walk.h"

/* ---- The mapping of a table ---------------------------------------------- */

/* Makes the mappings of frames in the direct map writable, or no longer. */
static void set_writable(struct pgtable *pt, struct frame_range frames,
			 bool writable)
{
	/* Too large for the stack. */
	static struct batch batch;
	struct attrs_change change = { .type = MT_KEEP };
	vaddr_t start = direct_map_vaddr(pfn_paddr(frames.start));
	uint64_t bytes = frames.count << PAGE_SHIFT;

	*(writable ? &change.set : &change.clear) = rights(RIGHT_WRITE);
	if (pt->mapper != NULL) {
		pt = pt->mapper;
	}
	batch_begin(&batch, pt, AUDIT_CHANGE);
	for (uint64_t at = 0; at < bytes; at += PAGE_BYTES) {
		struct found found = walk_to(pt, vaddr_add(start, at), L1);
		attrs_t attrs = pte_attrs(pt_paging(pt), L1, found.entry);

		ASSERT(found.place.level == L1);
		batch_store(&batch, found.place,
			    pte_leaf(pt_paging(pt), L1,
				     pte_mfn(L1, found.entry),
				     attrs_apply(attrs, change)));
	}
	batch_flush_range(&batch, start, bytes);
	batch_finish(&batch);
}

/* ---- The pool ------------------------------------------------------------ */

/* The first word of a page in the pool is the number of the next one. */
static uint64_t *link_of(uint64_t frame)
{
	return phys_ptr(pfn_paddr(pfn(frame)));
}

enum err table_pool_fill(struct pgtable *pt, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		pfn_t frame;
		enum err error = page_alloc(pt->pages, PAGE_TABLE, &frame);

		if (error != OK) {
			return error;
		}
		*link_of(frame.pfn) = pt->pool;
		pt->pool = frame.pfn;
	}
	return OK;
}

static pfn_t take_from_pool(struct pgtable *pt)
{
	pfn_t frame = pfn(pt->pool);
	uint64_t *link = link_of(frame.pfn);

	pt->pool = *link;
	*link = 0;
	return frame;
}

/* ---- Tables -------------------------------------------------------------- */

enum err table_alloc(struct pgtable *pt, pfn_t *frame)
{
	enum err error;

	if (pt->pool != 0) {
		*frame = take_from_pool(pt);
		error = OK;
	} else {
		error = page_alloc(pt->pages, PAGE_TABLE, frame);
	}
	if (error == OK && pt_is_readonly(pt)) {
		set_writable(pt, (struct frame_range){ *frame, 1 }, false);
	}
	return error;
}

void table_free(struct pgtable *pt, pfn_t frame)
{
	ASSERT(page_kind_of(pt->pages, frame) == PAGE_TABLE);
	if (pt_is_readonly(pt)) {
		page_set_kind(pt->pages, frame, PAGE_RETIRED);
		set_writable(pt, (struct frame_range){ frame, 1 }, true);
	}
	page_free(pt->pages, frame);
}

void table_recycle(struct pgtable *pt, struct frame_range tables)
{
	if (tables.count == 0) {
		return;
	}
	/* Free before it is writable: no table may be (AUDIT-3). */
	page_alloc_unreserve(pt->pages, tables);
	if (pt_is_readonly(pt)) {
		set_writable(pt, tables, true);
	}
	memset(phys_ptr(pfn_paddr(tables.start)), 0,
	       tables.count << PAGE_SHIFT);
}
