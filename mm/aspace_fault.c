// SPDX-License-Identifier: MIT
/*
 * Address spaces: pages on demand.
 */
#include "lib/assert.h"
#include "mm/aspace_steps.h"
#include "mm/prune.h"
#include "mm/direct_map.h"

static bool permits(const struct aspace *aspace, const struct aspace_area *area,
		    uint64_t error)
{
	bool nx = pt_paging(aspace->pt)->nx;
	unsigned int needed =
		ASPACE_READ | ((error & PF_WRITE) != 0 ? ASPACE_WRITE : 0) |
		((error & PF_FETCH) != 0 && nx ? ASPACE_EXECUTE : 0);

	return (area->protection & needed) == needed;
}

/* A new page for an address, or the one that there was. */
static enum err get_page(struct aspace *aspace, vaddr_t page, pfn_t *frame,
			 bool *new)
{
	struct frame_tree *frames = &aspace->frames;
	enum err error;

	*frame = frame_tree_find(frames, aspace_page(page));
	*new = pfn_eq(*frame, PFN_NONE);
	if (!*new) {
		return OK;
	}
	error = page_alloc(aspace->pt->pages, PAGE_USER, frame);
	if (error != OK) {
		return error;
	}
	error = frame_tree_add(frames, aspace_page(page), *frame);
	if (error != OK) {
		page_free(aspace->pt->pages, *frame);
	}
	return error;
}

static enum err store_leaf(const struct aspace *aspace,
			   const struct aspace_area *area, vaddr_t page,
			   mfn_t frame)
{
	struct pgtable *pt = aspace->pt;
	attrs_t a = { aspace_rights(aspace, area->protection), area->type };
	struct found found;
	enum err error = map_make_way(pt, page, L1, NULL, &found);

	if (error != OK || found.kind == PTE_LEAF) {
		return error;
	}
	return pt_fill(pt, found.place, 1,
		       pte_leaf(pt_paging(pt), L1, frame, a), 0);
}

static enum err map_anonymous(struct aspace *aspace,
			      const struct aspace_area *area, vaddr_t page)
{
	struct pgtable *pt = aspace->pt;
	pfn_t frame;
	bool new;
	enum err error = get_page(aspace, page, &frame, &new);

	if (error != OK) {
		return error;
	}
	error = store_leaf(aspace, area, page, pt->pv->pfn_to_mfn(frame));
	if (error != OK) {
		prune_tables(aspace->pt, page, PAGE_BYTES);
		if (new) {
			(void)frame_tree_take(&aspace->frames,
					      aspace_page(page),
					      aspace_page(page));
			page_free(pt->pages, frame);
		}
	}
	return error;
}

static enum err map_given(struct aspace *aspace, const struct aspace_area *area,
			  vaddr_t page)
{
	uint64_t n = (page.va - area->start.va) >> PAGE_SHIFT;
	mfn_t frame =
		area->backing == ASPACE_DEVICE
			? mfn(area->device.mfn + n)
			: aspace->pt->pv->pfn_to_mfn(pfn(area->ram.pfn + n));
	enum err error = store_leaf(aspace, area, page, frame);

	if (error != OK) {
		prune_tables(aspace->pt, page, PAGE_BYTES);
	}
	return error;
}

bool aspace_fault(struct aspace *aspace, const struct fault *fault)
{
	const struct aspace_area *area = aspace_find(aspace, fault->address);
	vaddr_t page = vaddr(align_down(fault->address.va, PAGE_BYTES));
	enum err error;

	/* A page that is there has the rights it is to have. */
	if (fault->vector != VECTOR_PF || area == NULL ||
	    (fault->error & ~(uint64_t)(PF_WRITE | PF_FETCH | PF_USER)) != 0 ||
	    !permits(aspace, area, fault->error)) {
		return false;
	}
	error = area->backing == ASPACE_ANONYMOUS
			? map_anonymous(aspace, area, page)
			: map_given(aspace, area, page);
	return error == OK;
}

/* ---- In the trap handler ------------------------------------------------- */

static struct aspace *in_use;
static trap_retry_t others;

static bool retry(const struct fault *fault)
{
	if (aspace_fault(in_use, fault)) {
		/* A page that was not there is: what was tried for nothing
		 * before does not count (TRAP-4). */
		trap_forget();
		return true;
	}
	return others != NULL && others(fault);
}

struct aspace *aspace_use(struct aspace *aspace)
{
	struct aspace *before = in_use;

	if (before == NULL && aspace != NULL) {
		others = trap_set_retry(retry);
	} else if (before != NULL && aspace == NULL) {
		trap_set_retry(others);
	}
	in_use = aspace;
	return before;
}
