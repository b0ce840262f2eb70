// SPDX-License-Identifier: MIT
/*
 * A set of page tables, and how to change it.
 */
#include "mm/pgtable.h"

#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/log.h"

static uint64_t *raw_of(pfn_t table, unsigned int index)
{
	uint64_t *entries = phys_ptr(pfn_paddr(table));

	ASSERT(entries != NULL && index < ENTRY_COUNT);
	return &entries[index];
}

pte_t pt_read(struct place place)
{
	return pte_read(raw_of(place.table, place.index));
}

static void check(const struct pgtable *pt, enum audit_phase phase,
		  struct place place, pte_t entry)
{
	struct audit_store store = {
		.pv = pt->pv,
		.pages = pt->pages,
		.phase = phase,
		.level = place.level,
		.old = pt_read(place),
		.new = entry,
	};
	const char *broken = audit_check(&store);
	char text[PTE_TEXT_MAX];

	if (broken == NULL) {
		return;
	}
	pte_format(text, store.pv->paging, store.level, store.old);
	print("# at %016lx, level %u: old %s\n", place.va.va, place.level,
	      text);
	pte_format(text, store.pv->paging, store.level, store.new);
	print("# new %s\n", text);
	PANIC("page-table store refused: %s", broken);
}

/* A table is live as long as an entry leads to it. */
static void set_table_kind(struct pgtable *pt, level_t level, pte_t entry,
			   enum page_kind kind)
{
	if (pte_kind(entry, level) == PTE_TABLE) {
		page_set_kind(pt->pages,
			      pt->pv->mfn_to_pfn(pte_mfn(level, entry)), kind);
	}
}

static void keep_account(struct pgtable *pt, struct place place, pte_t old,
			 pte_t new)
{
	const struct paging *paging = pt_paging(pt);

	pt->audit->stores++;
	if (pte_kind(old, place.level) == PTE_TABLE &&
	    pte_mfn(place.level, old).mfn != pte_mfn(place.level, new).mfn) {
		set_table_kind(pt, place.level, old, PAGE_TABLE);
	}
	set_table_kind(pt, place.level, new, PAGE_TABLE_LIVE);
	if (pt->live && audit_owes(paging, place.level, old, new)) {
		ledger_owe(pt->audit,
			   (struct debt){
				   .root = pt->root,
				   .start = place.va,
				   .bytes = level_bytes(place.level),
				   /* Below a table there may be anything. */
				   .global = paging->global,
			   });
	}
}

void pt_fill(struct pgtable *pt, struct place first, unsigned int n,
	     pte_t entry, uint64_t step_frames)
{
	const struct paging *paging = pt_paging(pt);

	for (unsigned int i = 0; i < n; i++) {
		check(pt, AUDIT_BUILD, first, entry);
		pte_write(raw_of(first.table, first.index), entry);
		keep_account(pt, first, pte_none(), entry);
		if (i + 1 == n) {
			break;
		}
		first.index++;
		first.va.va += level_bytes(first.level);
		entry = pte_advance(paging, first.level, entry, step_frames);
	}
}

void *pt_access(const struct pgtable *pt, vaddr_t address, uint64_t bytes)
{
	if (ledger_owes(pt->audit, pt->root, address, bytes)) {
		PANIC("%016lx is touched before the flush it is owed",
		      address.va);
	}
	return vaddr_ptr(address);
}

/* ---- Batches ------------------------------------------------------------- */

void batch_begin(struct batch *batch, struct pgtable *pt,
		 enum audit_phase phase)
{
	batch->pt = pt;
	batch->phase = phase;
	batch->count = 0;
}

static struct batch_op *add(struct batch *batch, enum batch_kind kind)
{
	struct batch_op *op;

	if (batch->count == BATCH_MAX) {
		batch_finish(batch);
	}
	op = &batch->ops[batch->count++];
	*op = (struct batch_op){ .kind = kind };
	return op;
}

void batch_store(struct batch *batch, struct place place, pte_t entry)
{
	struct batch_op *op = add(batch, BATCH_STORE);

	op->level = place.level;
	op->index = place.index;
	op->table = place.table;
	op->entry = entry;
	op->va = place.va;
}

void batch_flush_range(struct batch *batch, vaddr_t start, uint64_t bytes)
{
	struct batch_op *op = add(batch, BATCH_FLUSH_RANGE);

	op->va = start;
	op->bytes = bytes;
}

void batch_flush_all(struct batch *batch)
{
	add(batch, BATCH_FLUSH_ALL);
}

static struct place place_of(const struct batch_op *op)
{
	return (struct place){ op->table, op->level, op->index, op->va };
}

/* What the entries held before the batch, in the order of its steps. */
static void read_old(const struct batch *batch, pte_t old[BATCH_MAX])
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct batch_op *op = &batch->ops[i];

		if (op->kind == BATCH_STORE) {
			old[i] = pt_read(place_of(op));
			check(batch->pt, batch->phase, place_of(op), op->entry);
		}
	}
}

static void account_step(struct pgtable *pt, const struct batch_op *op,
			 pte_t old)
{
	switch (op->kind) {
	case BATCH_STORE:
		keep_account(pt, place_of(op), old, op->entry);
		break;
	case BATCH_FLUSH_RANGE:
		ledger_pay_range(pt->audit, pt->root, op->va, op->bytes);
		break;
	case BATCH_FLUSH_LOCAL:
		ledger_pay_all(pt->audit, false);
		break;
	case BATCH_FLUSH_ALL:
		ledger_pay_all(pt->audit, true);
		break;
	}
}

enum err batch_commit(struct batch *batch, size_t *done)
{
	/* Too large for the stack; commits do not nest. */
	static pte_t old[BATCH_MAX];
	enum err error;

	read_old(batch, old);
	error = batch->pt->pv->commit(batch->ops, batch->count, done);
	for (size_t i = 0; i < *done; i++) {
		account_step(batch->pt, &batch->ops[i], old[i]);
	}
	batch->count = 0;
	return error;
}

void batch_finish(struct batch *batch)
{
	size_t count = batch->count;
	size_t done;

	if (batch_commit(batch, &done) != OK) {
		PANIC("the platform refuses step %lu of %lu", done, count);
	}
}
