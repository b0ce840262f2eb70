// SPDX-License-Identifier: MIT
/*
 * Old mistakes with page tables, made again.
 *
 * Each was made in a kernel that people used. The auditor must refuse it, the
 * ledger must have it on its books, or the fake TLB must see it.
 */
#include "arch/x86/cpu.h"
#include "lib/selftest.h"
#include "mm/direct_map.h"
#include "mm/walk.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/machine.h"
#include "tests/host/panics.h"

/* A large leaf, and pages behind it. */
#define LARGE	  (16 * MIB)
#define PAGES	  (LARGE + 2 * MIB)
#define PAGE_MANY UINT64_C(64)

static struct memory_map ram;
static const struct region_table no_regions;

static vaddr_t page_va(uint64_t page)
{
	return vaddr(DIRECT_MAP_VADDR + PAGES + page * PAGE_BYTES);
}

static vaddr_t large_va(void)
{
	return vaddr(DIRECT_MAP_VADDR + LARGE);
}

/* A direct map that is in use, with everything writable. */
static void make_map(void)
{
	ram.count = 1;
	ram.ranges[0] = (struct memory_range){
		paddr(LARGE), paddr(PAGES + PAGE_MANY * PAGE_BYTES), MEMORY_RAM
	};
	machine_start(&ram);
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &no_regions), OK);
	machine_load();
}

static attrs_t read_only(void)
{
	return attrs_possible(&machine.paging, attrs(RIGHT_GLOBAL, MT_WB));
}

static attrs_t writable(void)
{
	return attrs_possible(&machine.paging,
			      attrs(RIGHT_WRITE | RIGHT_GLOBAL, MT_WB));
}

static struct batch batch;

/* Stores an entry to where the address is mapped, in a batch of its own. */
static void store(vaddr_t va, enum audit_phase phase, pte_t entry)
{
	batch_begin(&batch, &machine.pt, phase);
	batch_store(&batch, walk_to(&machine.pt, va, L1).place, entry);
	batch_finish(&batch);
}

static void flush_range(vaddr_t va, uint64_t bytes)
{
	batch_begin(&batch, &machine.pt, AUDIT_CHANGE);
	batch_flush_range(&batch, va, bytes);
	batch_finish(&batch);
}

static void flush_all(enum batch_kind kind)
{
	batch_begin(&batch, &machine.pt, AUDIT_CHANGE);
	batch.ops[batch.count++] = (struct batch_op){ .kind = kind };
	batch_finish(&batch);
}

/* The entry for the same frame with other attributes. */
static pte_t leaf_with(vaddr_t va, attrs_t a)
{
	struct found found = walk_to(&machine.pt, va, L1);

	return pte_leaf(&machine.paging, found.place.level,
			pte_mfn(found.place.level, found.entry), a);
}

/* ---- Refused ------------------------------------------------------------- */

static unsigned int store_again(const struct found *found, UNUSED void *context)
{
	batch_store(&batch, found->place,
		    leaf_with(found->place.va, writable()));
	return 1;
}

static void second_pass_builds(void)
{
	batch_begin(&batch, &machine.pt, AUDIT_BUILD);
	walk_all_leaves(&machine.pt, store_again, NULL);
	batch_finish(&batch);
}

static void fill_again(void)
{
	struct found found = walk_to(&machine.pt, page_va(0), L1);

	(void)!pt_fill(&machine.pt, found.place, PAGE_MANY,
		       leaf_with(page_va(0), writable()), 1);
}

/* A table for the large leaf. */
static pte_t make_table(attrs_t a)
{
	struct found found = walk_to(&machine.pt, large_va(), L1);
	struct place place = { .level = L1, .va = large_va() };

	if (page_alloc(&machine.pages, PAGE_TABLE, &place.table) != OK ||
	    pt_fill(&machine.pt, place, ENTRY_COUNT,
		    pte_leaf(&machine.paging, L1, pte_mfn(L2, found.entry), a),
		    1) != OK) {
		return pte_none();
	}
	return pte_table(&machine.paging, L2,
			 machine.pv.pfn_to_mfn(place.table),
			 rights(RIGHT_WRITE | RIGHT_EXECUTE));
}

static void split_and_protect(void)
{
	store(large_va(), AUDIT_CHANGE, make_table(read_only()));
}

static void keep_address(void)
{
	uint64_t raw = 0x1234000;

	store(page_va(1), AUDIT_CHANGE, pte_read(&raw));
}

/* The border of a region in the middle of a large leaf. */
static void cross_border(void)
{
	static const struct region_table halves = {
		.count = 1,
		.regions = { { .start = { DIRECT_MAP_VADDR },
			       .bytes = LARGE + MIB } },
	};

	regions_apply(&machine.pt, &halves);
}

static void play_refused(void)
{
	uint64_t stores;

	CHECK_CALL(make_map());
	stores = machine.audit.stores;
	CHECK_CALL(check_panics(second_pass_builds,
				"building overwrites a present entry"));
	CHECK_CALL(check_panics(fill_again,
				"building overwrites a present entry"));
	CHECK_CALL(check_panics(split_and_protect,
				"page size changes together with frame or "
				"attributes"));
	CHECK_CALL(check_panics(keep_address,
				"an entry that is not present holds "
				"something"));
	CHECK_CALL(check_panics(cross_border,
				"assertion failed: offset")); /* DM-3 */
	CHECK_EQ(machine.audit.stores, stores);
}

SELFTEST(refused, "AUDIT-1, AUDIT-2, AUDIT-4, DM-3: such stores are not done")
{
	CHECK_CALL(machine_run(L2, L4, play_refused));
}

static void large_where_small(void)
{
	pte_leaf(&machine.paging, L2, mfn(0x200), writable());
}

static void play_large(void)
{
	CHECK_CALL(
		check_panics(large_where_small, "level <= paging->leaf_max"));
}

SELFTEST(large, "PTE-2: where leaves are small a large one is not made")
{
	CHECK_CALL(machine_run(L1, L4, play_large));
}

/* ---- Past the auditor ---------------------------------------------------- */

/* What an entry is in memory. */
static void store_directly(vaddr_t va, pte_t entry)
{
	struct place place = walk_to(&machine.pt, va, L1).place;
	uint64_t raw;

	memcpy(&raw, &entry, sizeof(raw));
	cpu_write_entry(
		&machine_table(machine.pv.pfn_to_mfn(place.table))[place.index],
		raw);
}

static void play_size(void)
{
	const char *complaint;

	CHECK_CALL(make_map());
	fake_tlb_on(FAKE_TLB_KEEPS);
	store_directly(large_va(), make_table(read_only()));
	complaint = fake_tlb_off();
	CHECK(complaint != NULL);
	CHECK_STR(complaint, "a page size changes together with frame or "
			     "attributes");
}

SELFTEST(size, "a size changed with attributes is seen by the TLB too")
{
	CHECK_CALL(machine_run(L2, L4, play_size));
	CHECK_CALL(machine_run(L2, L5, play_size));
}

/* ---- Without a flush ----------------------------------------------------- */

static enum fake_tlb_model model;

static bool owes(uint64_t page)
{
	return ledger_owes(&machine.audit, machine.pt.root, page_va(page),
			   PAGE_BYTES);
}

/* A page with the first attributes that is used, then given the others without
 * a flush, and written to. */
static struct fake_use change_and_write(attrs_t first, attrs_t then)
{
	store(page_va(2), AUDIT_CHANGE, leaf_with(page_va(2), first));
	flush_range(page_va(2), PAGE_BYTES);
	fake_tlb_on(model);
	fake_tlb_access(page_va(2), FAKE_READ);
	store(page_va(2), AUDIT_CHANGE, leaf_with(page_va(2), then));
	return fake_tlb_access(page_va(2), FAKE_WRITE);
}

static void play_raise(void)
{
	bool keeps = model == FAKE_TLB_KEEPS;

	CHECK_CALL(make_map());
	CHECK_EQ(change_and_write(read_only(), writable()).fault, keeps);
	CHECK_EQ(fake_tlb_complaint() != NULL, keeps);
	CHECK(owes(2) && !owes(1) && !owes(3)); /* AUDIT-5 */
	flush_range(page_va(2), PAGE_BYTES);
	CHECK(!owes(2));
	CHECK(!fake_tlb_access(page_va(2), FAKE_WRITE).fault);
	CHECK(fake_tlb_off() == NULL);
}

SELFTEST(raise, "AUDIT-5: read-only to writable without a flush is owed")
{
	model = FAKE_TLB_KEEPS;
	CHECK_CALL(machine_run(L2, L4, play_raise));
	model = FAKE_TLB_WALKS;
	CHECK_CALL(machine_run(L2, L4, play_raise));
}

static void play_lower(void)
{
	CHECK_CALL(make_map());
	CHECK(!change_and_write(writable(), read_only()).fault);
	CHECK(fake_tlb_complaint() != NULL);
	CHECK(owes(2));
	flush_range(page_va(2), PAGE_BYTES);
	CHECK(!owes(2));
	CHECK(fake_tlb_access(page_va(2), FAKE_WRITE).fault);
	CHECK(fake_tlb_off() == NULL);
}

SELFTEST(lower, "AUDIT-5: writable to read-only without a flush is owed")
{
	model = FAKE_TLB_KEEPS;
	CHECK_CALL(machine_run(L2, L4, play_lower));
	model = FAKE_TLB_WALKS;
	CHECK_CALL(machine_run(L2, L4, play_lower));
}

/* ---- The ledger against the TLB ------------------------------------------ */

static void change_randomly(struct random *random, vaddr_t va)
{
	attrs_t a = random_below(random, 2) == 0 ? read_only() : writable();
	level_t level = walk_to(&machine.pt, va, L1).place.level;
	mfn_t frame = machine.pv.pfn_to_mfn(
		paddr_pfn(paddr(va.va - DIRECT_MAP_VADDR)));

	store(va, AUDIT_CHANGE,
	      random_below(random, 4) == 0
		      ? pte_none()
		      : pte_leaf(&machine.paging, level, frame, a));
}

static void act_randomly(struct random *random)
{
	uint64_t page = random_below(random, PAGE_MANY);

	switch (random_below(random, 16)) {
	case 0:
		flush_all(BATCH_FLUSH_LOCAL);
		break;
	case 1:
		if (random_below(random, 4) == 0) {
			flush_all(BATCH_FLUSH_ALL);
		}
		break;
	case 2:
	case 3:
	case 4:
	case 5:
		flush_range(page_va(page),
			    (1 + random_below(random, 8)) * PAGE_BYTES);
		break;
	case 6:
		change_randomly(random, large_va());
		break;
	case 7:
		flush_range(vaddr_add(large_va(), page * PAGE_BYTES),
			    2 * MIB - page * PAGE_BYTES);
		break;
	default:
		change_randomly(random, page_va(page));
		break;
	}
}

static void check_books(void)
{
	for (uint64_t page = 0; page < PAGE_MANY; page++) {
		CHECK(!fake_tlb_stale(page_va(page), PAGE_BYTES) || owes(page));
	}
	if (!fake_tlb_stale(large_va(), 2 * MIB)) {
		return;
	}
	/* All of it is stale, or nothing. */
	for (uint64_t at = 0; at < 2 * MIB; at += PAGE_BYTES) {
		CHECK(ledger_owes(&machine.audit, machine.pt.root,
				  vaddr_add(large_va(), at), PAGE_BYTES));
	}
}

static void play_books(void)
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(1000);

	CHECK_CALL(make_map());
	fake_tlb_on(FAKE_TLB_KEEPS);
	for (uint64_t i = 0; i < rounds; i++) {
		act_randomly(&random);
		CHECK_CALL(check_books());
	}
	flush_all(BATCH_FLUSH_ALL);
	CHECK_EQ(machine.audit.debt_count, 0);
	CHECK(fake_tlb_off() == NULL);
}

SELFTEST(books, "AUDIT-5: whatever the TLB has stale, the ledger knows of")
{
	CHECK_CALL(machine_run(L2, L4, play_books));
}

SELFTEST_SUITE(mistakes, &refused, &large, &size, &raise, &lower, &books);
