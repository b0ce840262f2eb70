// SPDX-License-Identifier: MIT
/*
 * Change page attributes: sizes of leaves.
 */
#include "lib/assert.h"
#include "mm/cpa_steps.h"
#include "mm/table.h"

static rights_t all_rights(void)
{
	return rights(RIGHT_WRITE | RIGHT_EXECUTE);
}

static void store_now(struct cpa *cpa, struct place place, pte_t entry)
{
	batch_begin(&cpa->batch, cpa->space->pt, AUDIT_CHANGE);
	batch_store(&cpa->batch, place, entry);
	batch_finish(&cpa->batch);
}

void cpa_flush_all(struct cpa *cpa)
{
	batch_begin(&cpa->batch, cpa->space->pt, AUDIT_CHANGE);
	batch_flush_all(&cpa->batch);
	batch_finish(&cpa->batch);
	cpa->result->flushes++;
}

/* An operation without a flush may have left translations behind, with other
 * attributes. They must be gone before pages of another size come (AUDIT-1). */
static void flush_owed(struct cpa *cpa)
{
	if (cpa->space->pt->audit->debt_count != 0) {
		cpa_flush_all(cpa);
	}
}

/* ---- Smaller ------------------------------------------------------------- */

/* A table with leaves for the same memory, with the same attributes; then the
 * entry leads to it. */
static enum err split(struct cpa *cpa, const struct found *found)
{
	struct pgtable *pt = cpa->space->pt;
	const struct paging *paging = pt_paging(pt);
	level_t level = found->place.level;
	level_t below = (level_t)(level - 1);
	struct place first = { .level = below, .va = found->place.va };
	enum err error = table_alloc(pt, &first.table);

	if (error != OK) {
		return error;
	}
	error = pt_fill(pt, first, ENTRY_COUNT,
			pte_leaf(paging, below, pte_mfn(level, found->entry),
				 pte_attrs(paging, level, found->entry)),
			level_bytes(below) >> PAGE_SHIFT);
	ASSERT(error == OK);
	store_now(cpa, found->place,
		  pte_table(paging, level, pt->pv->pfn_to_mfn(first.table),
			    all_rights()));
	cpa->result->split++;
	return OK;
}

enum err cpa_resize(struct cpa *cpa, const struct cpa_step *step)
{
	const struct found *found = &step->found;
	struct found way;

	if (!cpa->resized) {
		flush_owed(cpa);
		cpa->resized = true;
	}
	return found->kind == PTE_LEAF
		       ? split(cpa, found)
		       : map_make_way(cpa->space->pt, found->place.va,
				      (level_t)(found->place.level - 1),
				      cpa->space->regions, &way);
}

/* ---- Larger -------------------------------------------------------------- */

/* Could the table's entries be one leaf? Their attributes and frames decide;
 * and that no border lies in it (DM-3). */
static bool is_joinable(const struct cpa *cpa, const struct region *region,
			struct place first)
{
	struct pgtable *pt = cpa->space->pt;
	uint64_t size = level_bytes(first.level);
	uint64_t offset = first.va.va - region->start.va;
	uint64_t frame;

	if (first.va.va < region->start.va ||
	    region->bytes - offset < ENTRY_COUNT * size ||
	    page_kind_of(pt->pages, first.table) == PAGE_TABLE_KEPT ||
	    pte_kind(pt_read(first), first.level) != PTE_LEAF ||
	    pt_count_alike(first, ENTRY_COUNT) != ENTRY_COUNT) {
		return false;
	}
	frame = pte_mfn(first.level, pt_read(first)).mfn;
	for (; first.index < ENTRY_COUNT; first.index++) {
		if (pte_mfn(first.level, pt_read(first)).mfn !=
		    frame + first.index * (size >> PAGE_SHIFT)) {
			return false;
		}
	}
	return is_aligned(frame << PAGE_SHIFT, ENTRY_COUNT * size);
}

static void join(struct cpa *cpa, const struct found *found, struct place first)
{
	const struct paging *paging = pt_paging(cpa->space->pt);
	pte_t entry = pt_read(first);

	if (cpa->frees == 0) {
		flush_owed(cpa);
	}
	store_now(cpa, found->place,
		  pte_leaf(paging, found->place.level,
			   pte_mfn(first.level, entry),
			   pte_attrs(paging, first.level, entry)));
	cpa->result->joined++;
	cpa->free[cpa->frees++] = first.table;
	if (cpa->frees == CPA_FREES_MAX) {
		cpa_join_finish(cpa);
	}
}

static void join_block(struct cpa *cpa, const struct cpa_part *part,
		       vaddr_t block)
{
	const struct pgtable *pt = cpa->space->pt;
	struct found found = walk_to(pt, block, cpa->level);
	struct place first;

	if (found.kind != PTE_TABLE || found.place.level != cpa->level) {
		return;
	}
	first = (struct place){
		.table = pt->pv->mfn_to_pfn(pte_mfn(cpa->level, found.entry)),
		.level = (level_t)(cpa->level - 1),
		.va = block,
	};
	if (is_joinable(cpa, part->region, first)) {
		join(cpa, &found, first);
	}
}

void cpa_join(struct cpa *cpa, const struct cpa_part *part)
{
	uint64_t size = level_bytes(cpa->level);
	uint64_t last = part->start.va + part->bytes - 1;

	if (cpa->level > pt_paging(cpa->space->pt)->leaf_max) {
		return;
	}
	for (uint64_t at = align_down(part->start.va, size);
	     at <= last && at >= align_down(part->start.va, size); at += size) {
		join_block(cpa, part, vaddr(at));
	}
}

void cpa_join_finish(struct cpa *cpa)
{
	if (cpa->frees != 0) {
		cpa_flush_all(cpa);
	}
	while (cpa->frees != 0) {
		table_free(cpa->space->pt, cpa->free[--cpa->frees]);
	}
}

/* ---- To stay small ------------------------------------------------------- */

void cpa_mark(struct cpa *cpa, const struct cpa_part *part)
{
	struct pgtable *pt = cpa->space->pt;
	enum page_kind kind =
		cpa->op->kind == CPA_SMALL ? PAGE_TABLE_KEPT : PAGE_TABLE_LIVE;
	uint64_t last = part->start.va + part->bytes - 1;

	if ((cpa->op->kind != CPA_SMALL && cpa->op->kind != CPA_LARGE) ||
	    pt_paging(pt)->leaf_max == L1) {
		return;
	}
	for (uint64_t at = part->start.va; at <= last;
	     at = align_down(at, level_bytes(L2)) + level_bytes(L2)) {
		struct found found = walk_to(pt, vaddr(at), L2);

		if (found.kind == PTE_TABLE && found.place.level == L2) {
			page_set_kind(
				pt->pages,
				pt->pv->mfn_to_pfn(pte_mfn(L2, found.entry)),
				kind);
		}
	}
}
