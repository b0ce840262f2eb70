// SPDX-License-Identifier: MIT
/*
 * A set of page tables, and how to change it.
 */
#include "mm/pgtable.h"

#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "lib/string.h"

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

static unsigned int at_most_left(struct place place, unsigned int max)
{
	return (unsigned int)min_u64(max, ENTRY_COUNT - place.index);
}

unsigned int pt_count_none(struct place place, unsigned int max)
{
	return pte_count_none(raw_of(place.table, place.index),
			      at_most_left(place, max));
}

unsigned int pt_count_alike(struct place place, unsigned int max)
{
	return pte_count_alike(raw_of(place.table, place.index),
			       at_most_left(place, max), place.level);
}

/* With what the ledger would hold by then. */
static void check(const struct pgtable *pt, const struct audit *ledger,
		  enum audit_phase phase, struct place place, pte_t entry)
{
	struct audit_store store = {
		.pv = pt->pv,
		.pages = pt->pages,
		.phase = phase,
		.level = place.level,
		.old = pt_read(place),
		.new = entry,
		.size_owed = ledger_owes_size(ledger, pt->root, place.va,
					      place.level, entry),
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

/* Puts what a store owes into the ledger. */
static void owe(const struct pgtable *pt, struct audit *ledger,
		struct place place, pte_t old, pte_t new)
{
	const struct paging *paging = pt_paging(pt);

	if (!pt->live || !audit_owes(paging, place.level, old, new)) {
		return;
	}
	ledger_owe(ledger, (struct debt){
				   .root = pt->root,
				   .start = place.va,
				   .bytes = level_bytes(place.level),
				   /* Below a table there may be anything. */
				   .global = paging->global,
				   .size = audit_size(place.level, old, new),
			   });
}

static void pay(const struct pgtable *pt, struct audit *ledger,
		const struct batch_op *op)
{
	switch (op->kind) {
	case BATCH_STORE:
		break;
	case BATCH_FLUSH_RANGE:
		ledger_pay_range(ledger, pt->root, op->va, op->bytes);
		break;
	case BATCH_FLUSH_LOCAL:
		ledger_pay_all(ledger, false);
		break;
	case BATCH_FLUSH_ALL:
		ledger_pay_all(ledger, true);
		break;
	}
}

static void keep_account(struct pgtable *pt, struct place place, pte_t old,
			 pte_t new)
{
	pt->audit->stores++;
	if (pte_kind(old, place.level) == PTE_TABLE &&
	    !mfn_eq(pte_mfn(place.level, old), pte_mfn(place.level, new))) {
		set_table_kind(pt, place.level, old, PAGE_TABLE);
	}
	set_table_kind(pt, place.level, new, PAGE_TABLE_LIVE);
	owe(pt, pt->audit, place, old, new);
}

attrs_t pt_allowed(const struct pgtable *pt, mfn_t frame, attrs_t attrs)
{
	if (pt_paging(pt)->tables_readonly &&
	    page_is_table(pt->pages, pt->pv->mfn_to_pfn(frame))) {
		attrs.rights.bits &= (uint8_t)~RIGHT_WRITE;
	}
	return attrs;
}

/* ---- Filling ------------------------------------------------------------- */

static void fill_by_store(struct pgtable *pt, struct place place, pte_t entry)
{
	check(pt, pt->audit, AUDIT_BUILD, place, entry);
	pte_write(raw_of(place.table, place.index), entry);
	keep_account(pt, place, pte_none(), entry);
}

/* Are the frames in order for us as well, and none of them a table? */
static bool is_plain_run(const struct pgtable *pt, mfn_t first, unsigned int n,
			 uint64_t step_frames)
{
	pfn_t frame = pt->pv->mfn_to_pfn(first);

	if (pfn_eq(frame, PFN_NONE)) {
		return false;
	}
	return pt->pv->count_in_order(frame, n * step_frames) ==
		       n * step_frames &&
	       !page_is_table(pt->pages, frame) &&
	       page_run_of_tables(pt->pages, frame, n * step_frames) ==
		       n * step_frames;
}

/* Would the auditor say of each entry what it says of the first? Where that is
 * not plain to see the answer is no. */
static bool judged_as_first(const struct pgtable *pt, struct place first,
			    unsigned int n, pte_t entry, uint64_t step_frames)
{
	return pte_kind(entry, first.level) == PTE_LEAF &&
	       pt_count_none(first, n) == n && pt->audit->debt_count == 0 &&
	       (!pt_paging(pt)->tables_readonly ||
		is_plain_run(pt, pte_mfn(first.level, entry), n, step_frames));
}

/* The same as an entry after the other, of which most memory would have too
 * many. */
static void fill_at_once(struct pgtable *pt, struct place first, unsigned int n,
			 pte_t entry, uint64_t step_frames)
{
	check(pt, pt->audit, AUDIT_BUILD, first, entry);
	pte_fill(raw_of(first.table, first.index), n, first.level, entry,
		 step_frames);
	pt->audit->stores += n;
}

_Static_assert(BATCH_MAX >= ENTRY_COUNT, "a table is filled by one batch");

/* The batch is committed with the last entry. */
static enum err fill_by_commit(struct batch *batch, struct place place,
			       pte_t entry, bool last)
{
	size_t done;

	batch_store(batch, place, entry);
	return last ? batch_commit(batch, &done) : OK;
}

static enum err fill_one_by_one(struct pgtable *pt, struct place place,
				unsigned int n, pte_t entry,
				uint64_t step_frames)
{
	/* Too large for the stack. */
	static struct batch batch;
	enum err error = OK;

	batch_begin(&batch, pt, AUDIT_BUILD);
	for (unsigned int i = 0; i < n && error == OK; i++) {
		if (i != 0) {
			place.index++;
			place.va.va += level_bytes(place.level);
			entry = pte_advance(pt_paging(pt), place.level, entry,
					    step_frames);
		}
		if (pt_is_readonly(pt)) {
			error = fill_by_commit(&batch, place, entry,
					       i + 1 == n);
		} else {
			fill_by_store(pt, place, entry);
		}
	}
	return error;
}

enum err pt_fill(struct pgtable *pt, struct place first, unsigned int n,
		 pte_t entry, uint64_t step_frames)
{
	if (n > 1 && !pt_is_readonly(pt) &&
	    judged_as_first(pt, first, n, entry, step_frames)) {
		fill_at_once(pt, first, n, entry, step_frames);
		return OK;
	}
	return fill_one_by_one(pt, first, n, entry, step_frames);
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

static void empty(struct batch *batch)
{
	batch->count = 0;
	memset(batch->met, 0, sizeof(batch->met));
}

void batch_begin(struct batch *batch, struct pgtable *pt,
		 enum audit_phase phase)
{
	batch->pt = pt;
	batch->phase = phase;
	empty(batch);
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

/* Have no two places of the batch the same bit? Then this one is new. */
static bool is_new(struct batch *batch, struct place place)
{
	uint64_t number = place.table.pfn * 61 + place.index;
	uint64_t *word = &batch->met[number / 64 % ARRAY_COUNT(batch->met)];
	bool new = (*word & BIT(number % 64)) == 0;

	*word |= BIT(number % 64);
	return new;
}

static bool has_store_to(const struct batch *batch, struct place place)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->ops[i].kind == BATCH_STORE &&
		    batch->ops[i].index == place.index &&
		    pfn_eq(batch->ops[i].table, place.table)) {
			return true;
		}
	}
	return false;
}

void batch_store(struct batch *batch, struct place place, pte_t entry)
{
	struct batch_op *op;

	op = add(batch, BATCH_STORE);
	ASSERT(is_new(batch, place) || !has_store_to(batch, place));
	op->level = place.level;
	op->index = place.index;
	op->table = place.table;
	op->entry = entry;
	op->va = place.va;
}

void batch_flush_range(struct batch *batch, vaddr_t start, uint64_t bytes)
{
	struct batch_op *op;

	ASSERT(bytes != 0 && is_aligned(start.va | bytes, PAGE_BYTES) &&
	       start.va + bytes - 1 >= start.va);
	op = add(batch, BATCH_FLUSH_RANGE);
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

/*
 * Reads what the entries hold before the batch, and judges each store as if
 * the steps before it were done.
 */
static void check_steps(const struct batch *batch, pte_t old[BATCH_MAX])
{
	static struct audit ledger;

	ledger = *batch->pt->audit;
	for (size_t i = 0; i < batch->count; i++) {
		const struct batch_op *op = &batch->ops[i];

		if (op->kind == BATCH_STORE) {
			old[i] = pt_read(place_of(op));
			check(batch->pt, &ledger, batch->phase, place_of(op),
			      op->entry);
			owe(batch->pt, &ledger, place_of(op), old[i],
			    op->entry);
		}
		pay(batch->pt, &ledger, op);
	}
}

static void account_step(struct pgtable *pt, const struct batch_op *op,
			 pte_t old)
{
	if (op->kind == BATCH_STORE) {
		keep_account(pt, place_of(op), old, op->entry);
	}
	pay(pt, pt->audit, op);
}

enum err batch_commit(struct batch *batch, size_t *done)
{
	/* Too large for the stack. */
	static pte_t old[BATCH_MAX];
	static bool busy;
	enum err error;

	ASSERT(!busy);
	busy = true;
	check_steps(batch, old);
	error = batch->pt->pv->commit(batch->ops, batch->count, done);
	for (size_t i = 0; i < *done; i++) {
		account_step(batch->pt, &batch->ops[i], old[i]);
	}
	empty(batch);
	busy = false;
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
