// SPDX-License-Identifier: MIT
/*
 * Address spaces: sizes of leaves.
 *
 * A size changes alone, between a leaf and a table that says the same (Intel
 * SDM vol. 3, 4.10.2.3), and is flushed before anything else is changed.
 */
#include "lib/assert.h"
#include "mm/aspace_steps.h"
#include "mm/table.h"
#include "mm/walk.h"

static enum err store_and_flush(struct pgtable *pt, struct place place,
				pte_t entry)
{
	/* Too large for the stack. */
	static struct batch batch;
	size_t done;

	batch_begin(&batch, pt, AUDIT_CHANGE);
	batch_store(&batch, place, entry);
	batch_flush_all(&batch);
	return batch_commit(&batch, &done);
}

static struct place first_of(const struct pgtable *pt,
			     const struct found *found)
{
	return (struct place){
		.table = pt->pv->mfn_to_pfn(pte_mfn(L2, found->entry)),
		.level = L1,
		.va = found->place.va,
	};
}

/* ---- Smaller ------------------------------------------------------------- */

static enum err split(struct pgtable *pt, const struct found *found)
{
	const struct paging *paging = pt_paging(pt);
	struct place first = { .level = L1, .va = found->place.va };
	pte_t leaf = pte_leaf(paging, L1, pte_mfn(L2, found->entry),
			      pte_attrs(paging, L2, found->entry));
	enum err error = table_alloc(pt, &first.table);

	if (error != OK) {
		return error;
	}
	error = pt_fill(pt, first, ENTRY_COUNT, leaf, 1);
	if (error == OK) {
		error = store_and_flush(
			pt, found->place,
			pte_table(paging, L2, pt->pv->pfn_to_mfn(first.table),
				  rights(RIGHT_WRITE | RIGHT_EXECUTE |
					 RIGHT_USER)));
	}
	if (error != OK) {
		table_free(pt, first.table);
	}
	return error;
}

/* ---- Larger -------------------------------------------------------------- */

/* Leaves of the same attributes, for frames in order, from one that is aligned
 * on? */
static bool is_joinable(struct place first)
{
	uint64_t frame;

	if (pte_kind(pt_read(first), L1) != PTE_LEAF ||
	    pt_count_alike(first, ENTRY_COUNT) != ENTRY_COUNT) {
		return false;
	}
	frame = pte_mfn(L1, pt_read(first)).mfn;
	for (; first.index < ENTRY_COUNT; first.index++) {
		if (pte_mfn(L1, pt_read(first)).mfn != frame + first.index) {
			return false;
		}
	}
	return is_aligned(frame, ENTRY_COUNT);
}

static enum err join(struct pgtable *pt, const struct found *found)
{
	const struct paging *paging = pt_paging(pt);
	struct place first = first_of(pt, found);
	enum err error;

	if (!is_joinable(first)) {
		return ERR_RANGE;
	}
	error = store_and_flush(
		pt, found->place,
		pte_leaf(paging, L2, pte_mfn(L1, pt_read(first)),
			 pte_attrs(paging, L1, pt_read(first))));
	if (error == OK) {
		table_free(pt, first.table);
	}
	return error;
}

/* ---- On demand ----------------------------------------------------------- */

/* Is that what a large leaf may cover? */
static bool is_block(const struct aspace *aspace, vaddr_t start)
{
	const struct aspace_area *area = aspace_find(aspace, start);

	return area != NULL && is_aligned(start.va, level_bytes(L2)) &&
	       area->bytes - (start.va - area->start.va) >= level_bytes(L2);
}

enum err aspace_use_large(struct aspace *aspace, vaddr_t start)
{
	struct found found;

	if (pt_paging(aspace->pt)->leaf_max < L2) {
		return ERR_REFUSED;
	}
	if (!is_block(aspace, start) ||
	    aspace_find(aspace, start)->backing == ASPACE_ANONYMOUS) {
		return ERR_RANGE;
	}
	found = walk_to(aspace->pt, start, L2);
	if (found.place.level != L2 || found.kind == PTE_NONE) {
		return ERR_RANGE;
	}
	return found.kind == PTE_LEAF ? OK : join(aspace->pt, &found);
}

enum err aspace_use_small(struct aspace *aspace, vaddr_t start)
{
	struct found found;

	if (pt_paging(aspace->pt)->leaf_max < L2) {
		return ERR_REFUSED;
	}
	if (!is_block(aspace, start)) {
		return ERR_RANGE;
	}
	found = walk_to(aspace->pt, start, L2);
	return found.kind == PTE_LEAF ? split(aspace->pt, &found) : OK;
}

enum err aspace_cut_leaf(struct aspace *aspace, vaddr_t border, bool *cut)
{
	struct found found;
	enum err error;

	*cut = false;
	if (is_aligned(border.va, level_bytes(L2))) {
		return OK;
	}
	found = walk_to(aspace->pt, border, L2);
	if (found.kind != PTE_LEAF || found.place.level != L2) {
		return OK;
	}
	error = split(aspace->pt, &found);
	*cut = error == OK;
	return error;
}

void aspace_mend_leaf(struct aspace *aspace, vaddr_t border)
{
	struct found found = walk_to(aspace->pt, border, L2);

	/* Some of it may be gone. */
	if (found.kind == PTE_TABLE && found.place.level == L2) {
		(void)!join(aspace->pt, &found);
	}
}
