// SPDX-License-Identifier: MIT
/*
 * A model of a TLB, with opinions.
 */
#include "tests/host/fake_tlb.h"

#include "arch/x86/cpu.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "tests/host/hw_tables.h"
#include "tests/host/machine.h"
#include "tests/host/sparse_memory.h"

#define LIST_MAX 8192

struct list {
	size_t count;
	struct hw_leaf leaves[LIST_MAX];
};

/* Where a page of memory is a table of the root in use. */
struct known_table {
	bool known;
	level_t level;
	vaddr_t va;
};

static bool on;
static enum fake_tlb_model model;
static struct hw_space space;
static const char *complaint;

static struct list cached; /* By an access. */
static struct list stale;
static struct list before; /* A store: what it may change. */
/* Ranges whose tables the CPU may remember by an upper entry that has been
 * changed since. */
static struct list former;
static struct known_table known_tables[SPARSE_PAGES_MAX];

static void complain(const char *text)
{
	if (complaint == NULL) {
		complaint = text;
	}
}

/* ---- Lists --------------------------------------------------------------- */

static void add(struct list *list, const struct hw_leaf *leaf)
{
	ASSERT(list->count < LIST_MAX);
	list->leaves[list->count++] = *leaf;
}

static void add_visited(const struct hw_leaf *leaf, void *context)
{
	add(context, leaf);
}

static bool overlap(vaddr_t a, uint64_t a_bytes, vaddr_t b, uint64_t b_bytes)
{
	return a.va - b.va < b_bytes || b.va - a.va < a_bytes;
}

static bool covers(const struct hw_leaf *leaf, vaddr_t address)
{
	return address.va - leaf->va.va < leaf->bytes;
}

/* Without CR4.PGE the bit means nothing. */
static bool is_global(const struct hw_leaf *leaf)
{
	return (leaf->bits & HW_GLOBAL) != 0 && (cpu_read_cr4() & CR4_PGE) != 0;
}

static bool not_global(const struct hw_leaf *leaf, UNUSED vaddr_t address)
{
	return !is_global(leaf);
}

static void drop(struct list *list,
		 bool (*which)(const struct hw_leaf *leaf, vaddr_t address),
		 vaddr_t address)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (!which(&list->leaves[i], address)) {
			list->leaves[kept++] = list->leaves[i];
		}
	}
	list->count = kept;
}

/* ---- Tables -------------------------------------------------------------- */

static struct known_table *known(const void *entry)
{
	size_t page = sparse_memory_page_of(entry);

	return page == SIZE_MAX ? NULL : &known_tables[page];
}

static void learn_table(mfn_t frame, level_t level, vaddr_t first,
			UNUSED void *context)
{
	struct known_table *table = known(machine_table(frame));

	ASSERT(table != NULL);
	*table = (struct known_table){ true, level, first };
}

static void forget_table(mfn_t frame, UNUSED level_t level,
			 UNUSED vaddr_t first, UNUSED void *context)
{
	known(machine_table(frame))->known = false;
}

static void each_table(vaddr_t start, uint64_t bytes,
		       void (*visit)(mfn_t frame, level_t level, vaddr_t first,
				     void *context))
{
	struct hw_visitor visitor = { .table = visit };

	hw_visit(space, start, vaddr_add(start, bytes - 1), &visitor);
}

static void each_leaf(vaddr_t start, uint64_t bytes,
		      void (*visit)(const struct hw_leaf *leaf, void *context),
		      void *context)
{
	struct hw_visitor visitor = { .leaf = visit, .context = context };

	hw_visit(space, start, vaddr_add(start, bytes - 1), &visitor);
}

static void learn_space(void)
{
	bool five = (cpu_read_cr4() & CR4_LA57) != 0;
	struct hw_visitor visitor = { .table = learn_table };

	space.root = mfn(cpu_read_cr3() >> PAGE_SHIFT);
	space.levels = five ? L5 : L4;
	memset(known_tables, 0, sizeof(known_tables));
	hw_visit_all(space, &visitor);
}

/* ---- Changes ------------------------------------------------------------- */

static bool same_at(const struct hw_leaf *a, const struct hw_leaf *b,
		    vaddr_t address)
{
	return mfn_eq(hw_frame_at(a, address), hw_frame_at(b, address)) &&
	       a->bits == b->bits;
}

/* What was possible before and is not as it was. */
static void note_changes(void)
{
	for (size_t i = 0; i < before.count; i++) {
		const struct hw_leaf *was = &before.leaves[i];
		struct hw_leaf is;

		if (!hw_walk(space, was->va, &is) || is.bytes != was->bytes ||
		    !same_at(was, &is, was->va)) {
			add(&stale, was);
		}
	}
}

static void check_size(const struct hw_leaf *leaf, UNUSED void *context)
{
	for (size_t i = 0; i < stale.count; i++) {
		const struct hw_leaf *old = &stale.leaves[i];
		vaddr_t both = vaddr(max_u64(old->va.va, leaf->va.va));

		if (overlap(old->va, old->bytes, leaf->va, leaf->bytes) &&
		    old->bytes != leaf->bytes && !same_at(old, leaf, both)) {
			complain("a page size changes together with frame or "
				 "attributes");
		}
	}
}

static bool is_table(level_t level, uint64_t entry)
{
	return level > L1 && (entry & HW_PRESENT) != 0 &&
	       (level > L3 || (entry & ENTRY_PS) == 0);
}

static void note_old_table(vaddr_t va, uint64_t bytes, uint64_t old,
			   uint64_t value)
{
	uint64_t meaning = ~(uint64_t)(HW_USED | HW_GLOBAL);

	if ((old & meaning) != (value & meaning)) {
		add(&former, &(struct hw_leaf){ .va = va, .bytes = bytes });
	}
}

void fake_tlb_store(uint64_t *entry, uint64_t value)
{
	const struct known_table *table = on ? known(entry) : NULL;
	uint64_t old = *entry;
	uint64_t bytes;
	vaddr_t va;

	if (table == NULL || !table->known) {
		WRITE_ONCE(*entry, value);
		return;
	}
	bytes = level_bytes(table->level);
	va = vaddr_add(table->va,
		       (uintptr_t)entry / sizeof(*entry) % ENTRY_COUNT * bytes);
	before.count = 0;
	each_leaf(va, bytes, add_visited, &before);
	if (is_table(table->level, old)) {
		note_old_table(va, bytes, old, value);
		each_table(va, bytes, forget_table);
	}
	WRITE_ONCE(*entry, value);
	/* Those on the way are met again. */
	each_table(va, bytes, learn_table);
	note_changes();
	each_leaf(va, bytes, check_size, NULL);
}

/* ---- Flushes ------------------------------------------------------------- */

void fake_tlb_flush_page(vaddr_t page)
{
	drop(&cached, covers, page);
	drop(&stale, covers, page);
	/* SDM vol. 3, 4.10.4.1: INVLPG drops what is known of tables, whatever
	 * the address. */
	former.count = 0;
}

void fake_tlb_cr3_written(void)
{
	if (!on) {
		return;
	}
	drop(&cached, not_global, vaddr(0));
	drop(&stale, not_global, vaddr(0));
	former.count = 0;
	if (cpu_read_cr3() >> PAGE_SHIFT == space.root.mfn) {
		return;
	}
	/* Global ones of the old tables may be there for good. */
	before.count = 0;
	if (space.root.mfn != 0) {
		each_leaf(vaddr(0), 0, add_visited, &before);
	}
	drop(&before, not_global, vaddr(0));
	learn_space();
	note_changes();
}

void fake_tlb_flush_all(void)
{
	cached.count = 0;
	stale.count = 0;
	former.count = 0;
}

/* ---- Accesses ------------------------------------------------------------ */

static bool permits(const struct hw_leaf *leaf, enum fake_access how)
{
	switch (how) {
	case FAKE_READ:
		return true;
	case FAKE_WRITE:
		return (leaf->bits & HW_WRITE) != 0;
	case FAKE_EXECUTE:
		return (leaf->bits & HW_NOEXEC) == 0;
	}
	return false;
}

static const struct hw_leaf *find(const struct list *list, vaddr_t address)
{
	for (size_t i = 0; i < list->count; i++) {
		if (covers(&list->leaves[i], address)) {
			return &list->leaves[i];
		}
	}
	return NULL;
}

/* The first that says something else than the tables, or NULL. */
static const struct hw_leaf *find_wrong(vaddr_t address,
					const struct hw_leaf *walked)
{
	for (size_t i = 0; i < stale.count; i++) {
		const struct hw_leaf *leaf = &stale.leaves[i];

		if (covers(leaf, address) &&
		    (walked == NULL || !same_at(leaf, walked, address))) {
			return leaf;
		}
	}
	return NULL;
}

/* What the model uses for the access; NULL if there is nothing. */
static const struct hw_leaf *choose(vaddr_t address, enum fake_access how,
				    const struct hw_leaf *walked)
{
	const struct hw_leaf *kept;

	if (model == FAKE_TLB_KEEPS) {
		kept = find_wrong(address, walked);
		return kept != NULL ? kept : walked;
	}
	kept = find(&cached, address);
	if (kept != NULL && permits(kept, how)) {
		return kept;
	}
	drop(&cached, covers, address);
	if (walked != NULL) {
		add(&cached, walked);
	}
	return walked;
}

struct fake_use fake_tlb_access(vaddr_t address, enum fake_access how)
{
	struct hw_leaf leaf;
	const struct hw_leaf *walked =
		hw_walk(space, address, &leaf) ? &leaf : NULL;
	const struct hw_leaf *used = choose(address, how, walked);
	bool fault = used == NULL || !permits(used, how);

	ASSERT(on);
	if (used != NULL &&
	    (walked == NULL || !same_at(used, walked, address))) {
		complain("an access meets a stale translation");
	}
	if (find(&former, address) != NULL) {
		complain("an access may go by a former table");
	}
	return (struct fake_use){
		.fault = fault,
		.frame = fault ? MFN_NONE : hw_frame_at(used, address),
	};
}

static bool reaches(const struct list *list, vaddr_t start, uint64_t bytes)
{
	for (size_t i = 0; i < list->count; i++) {
		if (overlap(list->leaves[i].va, list->leaves[i].bytes, start,
			    bytes)) {
			return true;
		}
	}
	return false;
}

bool fake_tlb_stale(vaddr_t start, uint64_t bytes)
{
	return reaches(&stale, start, bytes) || reaches(&former, start, bytes);
}

/* ---- On and off ---------------------------------------------------------- */

void fake_tlb_on(enum fake_tlb_model which)
{
	fake_tlb_flush_all();
	model = which;
	complaint = NULL;
	space = (struct hw_space){ mfn(0), L4 };
	on = true;
	if (cpu_read_cr3() != 0) {
		learn_space();
	}
}

const char *fake_tlb_complaint(void)
{
	const char *first = complaint;

	complaint = NULL;
	return first;
}

const char *fake_tlb_off(void)
{
	if (on && (stale.count != 0 || former.count != 0)) {
		complain("changes are left without a flush");
	}
	on = false;
	return fake_tlb_complaint();
}
