// SPDX-License-Identifier: MIT
/*
 * Store auditor and flush ledger.
 */
#include "mm/audit.h"

#include "arch/x86/phys.h"
#include "lib/assert.h"

/* ---- Auditor ------------------------------------------------------------- */

/* Does the table map just what the leaf does? The entry that leads to it takes
 * rights away from all in it. */
static bool same_translations(const struct pv *pv, level_t level, pte_t leaf,
			      pte_t table)
{
	pfn_t frame = pv->mfn_to_pfn(pte_mfn(level, table));
	const pte_t *entries = phys_ptr(pfn_paddr(frame));
	level_t below = (level_t)(level - 1);
	uint64_t pages = level_bytes(below) >> PAGE_SHIFT;
	unsigned int above = pte_rights(pv->paging, table).bits | RIGHT_GLOBAL;
	attrs_t attrs = pte_attrs(pv->paging, level, leaf);
	uint64_t first = pte_mfn(level, leaf).mfn;

	/* Not a table of ours. */
	if (entries == NULL) {
		return false;
	}
	for (unsigned int i = 0; i < ENTRY_COUNT; i++) {
		attrs_t found;

		if (pte_kind(entries[i], below) != PTE_LEAF ||
		    pte_mfn(below, entries[i]).mfn != first + i * pages) {
			return false;
		}
		found = pte_attrs(pv->paging, below, entries[i]);
		found.rights.bits &= (uint8_t)above;
		if (!attrs_eq(found, attrs)) {
			return false;
		}
	}
	return true;
}

/* AUDIT-1 */
static bool changes_size_and_more(const struct audit_store *s)
{
	enum pte_kind old = pte_kind(s->old, s->level);
	enum pte_kind new = pte_kind(s->new, s->level);

	if (old == PTE_LEAF && new == PTE_TABLE) {
		return !same_translations(s->pv, s->level, s->old, s->new);
	}
	if (old == PTE_TABLE && new == PTE_LEAF) {
		return !same_translations(s->pv, s->level, s->new, s->old);
	}
	return false;
}

/* AUDIT-3 */
static bool makes_table_writable(const struct audit_store *s)
{
	if (!s->pv->paging->tables_readonly ||
	    pte_kind(s->new, s->level) != PTE_LEAF ||
	    !attrs_has(pte_attrs(s->pv->paging, s->level, s->new),
		       RIGHT_WRITE)) {
		return false;
	}
	/* Such a platform has leaves of one page only. */
	return page_is_table(s->pages,
			     s->pv->mfn_to_pfn(pte_mfn(s->level, s->new)));
}

/* Linking it a second time, or linking what is no table, would leave the
 * allocator with a wrong idea of it. */
static bool links_no_free_table(const struct audit_store *s)
{
	mfn_t table = pte_mfn(s->level, s->new);

	if (pte_kind(s->new, s->level) != PTE_TABLE ||
	    (pte_kind(s->old, s->level) == PTE_TABLE &&
	     mfn_eq(pte_mfn(s->level, s->old), table))) {
		return false;
	}
	return page_kind_of(s->pages, s->pv->mfn_to_pfn(table)) != PAGE_TABLE;
}

const char *audit_check(const struct audit_store *s)
{
	if (pte_is_dirty_none(s->new)) {
		return "an entry that is not present holds something";
	}
	if (s->phase == AUDIT_BUILD && pte_kind(s->old, s->level) != PTE_NONE) {
		return "building overwrites a present entry";
	}
	if (s->size_owed && pte_kind(s->new, s->level) != PTE_NONE) {
		return "a page of another size may still be cached";
	}
	if (links_no_free_table(s)) {
		return "what is linked is no table that is free for it";
	}
	if (changes_size_and_more(s)) {
		return "page size changes together with frame or attributes";
	}
	if (makes_table_writable(s)) {
		return "a page table becomes writable";
	}
	return NULL;
}

/* ---- Ledger -------------------------------------------------------------- */

bool audit_owes(const struct paging *paging, level_t level, pte_t old,
		pte_t new)
{
	enum pte_kind kind = pte_kind(old, level);

	if (kind == PTE_NONE) {
		return false;
	}
	if (kind != pte_kind(new, level) ||
	    pte_mfn(level, old).mfn != pte_mfn(level, new).mfn) {
		return true;
	}
	if (kind == PTE_TABLE) {
		return pte_rights(paging, old).bits !=
		       pte_rights(paging, new).bits;
	}
	return !attrs_eq(pte_attrs(paging, level, old),
			 pte_attrs(paging, level, new));
}

/* The end as a distance from the lowest address, so that it does not wrap. */
static uint64_t last_of(vaddr_t start, uint64_t bytes)
{
	ASSERT(bytes != 0);
	return start.va + bytes - 1;
}

static bool overlaps(const struct debt *debt, pfn_t root, vaddr_t start,
		     uint64_t bytes)
{
	return pfn_eq(debt->root, root) &&
	       debt->start.va <= last_of(start, bytes) &&
	       start.va <= last_of(debt->start, debt->bytes);
}

/* Ranges that only touch are joined too: builders and changes go through
 * memory from bottom to top. Nothing lies behind the highest address. */
static bool goes_on(const struct debt *known, const struct debt *debt)
{
	return pfn_eq(known->root, debt->root) && debt->start.va != 0 &&
	       last_of(known->start, known->bytes) == debt->start.va - 1;
}

static void cover_both(struct debt *debt, const struct debt *other)
{
	uint64_t last = max_u64(last_of(debt->start, debt->bytes),
				last_of(other->start, other->bytes));

	debt->start.va = min_u64(debt->start.va, other->start.va);
	debt->bytes = last - debt->start.va + 1;
	debt->global |= other->global;
	if (debt->size != other->size) {
		debt->size = DEBT_TABLE;
	}
}

void ledger_owe(struct audit *audit, struct debt debt)
{
	for (size_t i = 0; i < audit->debt_count; i++) {
		struct debt *known = &audit->debts[i];

		if (known->global == debt.global && known->size == debt.size &&
		    (overlaps(known, debt.root, debt.start, debt.bytes) ||
		     goes_on(known, &debt))) {
			cover_both(known, &debt);
			return;
		}
	}
	if (audit->debt_count < DEBTS_MAX) {
		audit->debts[audit->debt_count++] = debt;
		return;
	}
	for (size_t i = 0; i < audit->debt_count; i++) {
		if (pfn_eq(audit->debts[i].root, debt.root)) {
			cover_both(&audit->debts[i], &debt);
			return;
		}
	}
	PANIC("the flush ledger is full of other roots' debts");
}

static void forget(struct audit *audit, size_t i)
{
	audit->debts[i] = audit->debts[--audit->debt_count];
}

void ledger_pay_range(struct audit *audit, pfn_t root, vaddr_t start,
		      uint64_t bytes)
{
	size_t i = 0;

	audit->flushes_range++;
	while (i < audit->debt_count) {
		struct debt *debt = &audit->debts[i];
		uint64_t debt_last = last_of(debt->start, debt->bytes);
		uint64_t last = last_of(start, bytes);

		if (!overlaps(debt, root, start, bytes)) {
			i++;
		} else if (start.va <= debt->start.va && last >= debt_last) {
			forget(audit, i);
		} else if (start.va <= debt->start.va) {
			debt->start.va = last + 1;
			debt->bytes = debt_last - last;
			i++;
		} else {
			/* What is left above, if any, is a debt of its own. */
			struct debt above = *debt;

			debt->bytes = start.va - debt->start.va;
			if (last < debt_last) {
				above.start.va = last + 1;
				above.bytes = debt_last - last;
				ledger_owe(audit, above);
			}
			i++;
		}
	}
}

void ledger_pay_all(struct audit *audit, bool globals)
{
	size_t i = 0;

	audit->flushes_all++;
	while (i < audit->debt_count) {
		if (globals || !audit->debts[i].global) {
			forget(audit, i);
		} else {
			i++;
		}
	}
}

unsigned int audit_size(level_t level, pte_t old, pte_t new)
{
	enum pte_kind was = pte_kind(old, level);

	if (level == L1 || was == PTE_NONE) {
		return 0;
	}
	if (was == PTE_LEAF) {
		return pte_kind(new, level) == PTE_LEAF ? 0 : level;
	}
	return pte_kind(new, level) == PTE_TABLE &&
			       mfn_eq(pte_mfn(level, old), pte_mfn(level, new))
		       ? 0
		       : DEBT_TABLE;
}

bool ledger_owes_size(const struct audit *audit, pfn_t root, vaddr_t start,
		      level_t level, pte_t entry)
{
	bool leaf = pte_kind(entry, level) == PTE_LEAF;

	for (size_t i = 0; i < audit->debt_count; i++) {
		const struct debt *debt = &audit->debts[i];

		if (debt->size != 0 && !(leaf && debt->size == level) &&
		    overlaps(debt, root, start, level_bytes(level))) {
			return true;
		}
	}
	return false;
}

bool ledger_owes(const struct audit *audit, pfn_t root, vaddr_t start,
		 uint64_t bytes)
{
	for (size_t i = 0; i < audit->debt_count; i++) {
		if (overlaps(&audit->debts[i], root, start, bytes)) {
			return true;
		}
	}
	return false;
}
