// SPDX-License-Identifier: MIT
/*
 * Tests of filling tables.
 *
 * Entries that are the same but for their frame are judged once and written in
 * one go. That is right only where all of them would be judged as the first
 * is; here one that is not the first is the odd one. And tables in use, which
 * only the platform writes to, and which it may refuse to.
 */
#include "arch/x86/phys.h"
#include "lib/selftest.h"
#include "mm/direct_map.h"
#include "mm/table.h"
#include "tests/host/machine.h"
#include "tests/host/panics.h"

#define RAM_START (16 * MIB)
#define RAM_BYTES (8 * MIB)
/* Far from all memory that there is. */
#define DEVICE_MFN UINT64_C(0x30000000)

static struct memory_map ram;
static struct place start;

static void begin(void)
{
	struct found found;

	ram.count = 1;
	ram.ranges[0] = (struct memory_range){ paddr(RAM_START),
					       paddr(RAM_START + RAM_BYTES),
					       MEMORY_RAM };
	machine_start(&ram);
	CHECK_EQ(
		map_make_way(&machine.pt, vaddr(IOMAP_VADDR), L1, NULL, &found),
		OK);
	start = found.place;
}

static struct place place_at(struct place first, unsigned int i)
{
	first.index += i;
	first.va.va += i * level_bytes(first.level);
	return first;
}

static attrs_t writable(void)
{
	return attrs_possible(&machine.paging,
			      attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB));
}

/* ---- In one go ----------------------------------------------------------- */

#define MANY 4
#define ODD  2

/* Not to be handed out for long. */
static pfn_t plain(void)
{
	return paddr_pfn(paddr(RAM_START + RAM_BYTES / 2));
}

static pfn_t frame;

static void fill(void)
{
	pte_t entry = pte_leaf(&machine.paging, L1,
			       machine.pv.pfn_to_mfn(frame), writable());

	(void)!pt_fill(&machine.pt, start, MANY, entry, 1);
}

static void check_filled(void)
{
	for (unsigned int i = 0; i < MANY; i++) {
		pte_t entry = pt_read(place_at(start, i));

		CHECK_EQ(pte_kind(entry, L1), PTE_LEAF);
		CHECK_EQ(pte_mfn(L1, entry).mfn,
			 machine.pv.pfn_to_mfn(frame).mfn + i);
		CHECK(attrs_eq(pte_attrs(&machine.paging, L1, entry),
			       writable()));
	}
}

/* With nothing odd, to tell what is refused because of it. */
static void play_plain(void)
{
	uint64_t stores;

	for (unsigned int readonly = 0; readonly < 2; readonly++) {
		machine.paging.tables_readonly = readonly != 0;
		CHECK_CALL(begin());
		frame = plain();
		stores = machine.audit.stores;
		fill();
		CHECK_EQ(machine.audit.stores - stores, MANY);
		CHECK_EQ(machine.audit.debt_count, 0);
		CHECK_CALL(check_filled());
		machine.pages = (struct page_alloc){ .range_count = 0 };
	}
}

SELFTEST(at_once, "a run of entries is filled, with the frames in order")
{
	CHECK_CALL(machine_run(L2, L4, play_plain));
}

static void play_present(void)
{
	CHECK_CALL(begin());
	frame = plain();
	CHECK_EQ(pt_fill(&machine.pt, place_at(start, ODD), 1,
			 pte_leaf(&machine.paging, L1,
				  machine.pv.pfn_to_mfn(frame), writable()),
			 0),
		 OK);
	CHECK_CALL(check_panics(fill, "building overwrites a present entry"));
}

/* AUDIT-2 */
SELFTEST(present, "a run with a present entry in the middle is refused")
{
	CHECK_CALL(machine_run(L2, L4, play_present));
}

/* Takes pages until so many lie one after the other. */
static void take_run(pfn_t run[MANY])
{
	unsigned int n = 0;

	for (unsigned int i = 0; n < MANY && i < 64; i++) {
		CHECK_EQ(page_alloc(&machine.pages, PAGE_TEST, &run[n]), OK);
		if (n != 0 && run[n].pfn != run[n - 1].pfn + 1) {
			run[0] = run[n];
			n = 0;
		}
		n++;
	}
	CHECK_EQ(n, MANY);
}

static void play_table(void)
{
	pfn_t run[MANY];

	machine.paging.tables_readonly = true;
	CHECK_CALL(begin());
	CHECK_CALL(take_run(run));
	page_set_kind(&machine.pages, run[ODD], PAGE_TABLE);
	frame = run[0];
	CHECK_CALL(check_panics(fill, "a page table becomes writable"));
	machine.paging.tables_readonly = false;
	fill();
	CHECK_CALL(check_filled());
}

/* AUDIT-3 */
SELFTEST(table, "a writable run with a table in the middle is refused")
{
	CHECK_CALL(machine_run(L2, L4, play_table));
}

/* Two frames that have changed places. */
static pfn_t swapped[2];
static mfn_t (*pfn_to_mfn)(pfn_t);
static pfn_t (*mfn_to_pfn)(mfn_t);

static pfn_t swap(pfn_t one)
{
	if (pfn_eq(one, swapped[0])) {
		return swapped[1];
	}
	return pfn_eq(one, swapped[1]) ? swapped[0] : one;
}

static mfn_t swapped_mfn(pfn_t one)
{
	return pfn_to_mfn(swap(one));
}

static pfn_t swapped_pfn(mfn_t one)
{
	return swap(mfn_to_pfn(one));
}

static uint64_t swapped_in_order(pfn_t first, uint64_t max)
{
	uint64_t n = 1;

	while (n < max && swapped_mfn(pfn(first.pfn + n)).mfn ==
				  swapped_mfn(first).mfn + n) {
		n++;
	}
	return n;
}

/* Frames that are no tables, but in the place of one of them the CPU finds the
 * root. */
static void play_order(void)
{
	machine.paging.tables_readonly = true;
	pfn_to_mfn = machine.pv.pfn_to_mfn;
	mfn_to_pfn = machine.pv.mfn_to_pfn;
	CHECK_CALL(begin());
	frame = plain();
	swapped[0] = pfn(frame.pfn + ODD);
	swapped[1] = machine.pt.root;
	machine.pv.pfn_to_mfn = swapped_mfn;
	machine.pv.mfn_to_pfn = swapped_pfn;
	machine.pv.count_in_order = swapped_in_order;
	CHECK_CALL(check_panics(fill, "a page table becomes writable"));
}

/* AUDIT-3 */
SELFTEST(order, "tables are found where frames are not in order for us")
{
	CHECK_CALL(machine_run(L2, L4, play_order));
}

static void play_debt(void)
{
	CHECK_CALL(begin());
	frame = plain();
	ledger_owe(&machine.audit,
		   (struct debt){ .root = machine.pt.root,
				  .start = place_at(start, ODD).va,
				  .bytes = PAGE_BYTES,
				  .size = L2 });
	CHECK_CALL(check_panics(fill, "a page of another size may still be "
				      "cached"));
	ledger_pay_range(&machine.audit, machine.pt.root,
			 place_at(start, ODD).va, PAGE_BYTES);
	fill();
	CHECK_CALL(check_filled());
}

/* AUDIT-1 */
SELFTEST(debt, "a run over pages of a size that is owed a flush is refused")
{
	CHECK_CALL(machine_run(L2, L4, play_debt));
}

/* Two tables, as far apart as leaves there would be. */
static void fill_tables(void)
{
	struct found found = walk_to(&machine.pt, vaddr(IOMAP_VADDR), L2);
	pte_t entry =
		pte_table(&machine.paging, L2, machine.pv.pfn_to_mfn(frame),
			  rights(RIGHT_WRITE | RIGHT_EXECUTE));

	(void)!pt_fill(&machine.pt, place_at(found.place, 1), 2, entry,
		       ENTRY_COUNT);
}

static void play_tables(void)
{
	CHECK_CALL(begin());
	CHECK_EQ(page_alloc(&machine.pages, PAGE_TABLE, &frame), OK);
	CHECK_CALL(check_panics(fill_tables, "assertion failed"));
}

/* Else only the first of them would become live. */
SELFTEST(leaves_only, "a run of entries that lead to tables is refused")
{
	CHECK_CALL(machine_run(L2, L4, play_tables));
}

/* ---- Through the platform ------------------------------------------------ */

/* More than one table has, and more than a batch holds. */
#define PAGES	   (BATCH_MAX + UINT64_C(40))
#define FIRST	   100
#define TABLE_POOL 16

static enum err (*commit)(const struct batch_op *, size_t, size_t *);
static uint64_t store_count;
static uint64_t refuse_at; /* 0: none. */

static enum err commit_some(const struct batch_op *ops, size_t count,
			    size_t *done)
{
	for (*done = 0; *done < count; (*done)++) {
		size_t one;

		if (ops[*done].kind == BATCH_STORE &&
		    ++store_count == refuse_at) {
			return ERR_REFUSED;
		}
		if (commit(&ops[*done], 1, &one) != OK) {
			return ERR_RANGE;
		}
	}
	return OK;
}

static vaddr_t device_va(uint64_t page)
{
	return vaddr(IOMAP_VADDR + (FIRST + page) * PAGE_BYTES);
}

/* Tables that are read-only and in use, and two empty ones. */
static void begin_live(void)
{
	static const struct region_table no_regions;
	struct found found;

	machine.paging.tables_readonly = true;
	CHECK_CALL(begin());
	CHECK_EQ(table_pool_fill(&machine.pt, TABLE_POOL), OK);
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &no_regions), OK);
	CHECK_EQ(map_make_way(&machine.pt, device_va(PAGES), L1, NULL, &found),
		 OK);
	machine_load();
	commit = machine.pv.commit;
	machine.pv.commit = commit_some;
}

/* How many pages from the first one on are mapped; none behind them is. */
static void check_mapped(uint64_t pages)
{
	for (uint64_t i = 0; i < PAGES; i++) {
		struct found found = walk_to(&machine.pt, device_va(i), L1);

		CHECK_EQ(found.place.level, L1);
		CHECK_EQ(found.kind, i < pages ? PTE_LEAF : PTE_NONE);
		if (i < pages) {
			CHECK_EQ(pte_mfn(L1, found.entry).mfn, DEVICE_MFN + i);
		}
	}
}

static void unmap(uint64_t pages)
{
	static struct batch batch;

	refuse_at = 0;
	batch_begin(&batch, &machine.pt, AUDIT_CHANGE);
	for (uint64_t i = 0; i < pages; i++) {
		batch_store(&batch,
			    walk_to(&machine.pt, device_va(i), L1).place,
			    pte_none());
	}
	batch_flush_all(&batch);
	batch_finish(&batch);
}

static void check_refused_at(uint64_t n)
{
	uint64_t stores = machine.audit.stores;
	bool refused = n != 0 && n <= PAGES;
	uint64_t expected = refused ? n - 1 : PAGES;

	refuse_at = n;
	store_count = 0;
	CHECK_EQ(map_device(&machine.pt, device_va(0), PAGES * PAGE_BYTES,
			    mfn(DEVICE_MFN), attrs(RIGHT_WRITE, MT_WB)),
		 refused ? ERR_REFUSED : OK);
	CHECK_EQ(store_count, refused ? n : PAGES);
	CHECK_EQ(machine.audit.stores - stores, expected);
	CHECK_EQ(machine.audit.debt_count, 0);
	CHECK_CALL(check_mapped(expected));
	unmap(expected);
	CHECK_CALL(check_mapped(0));
}

static void play_refused(void)
{
	CHECK_CALL(begin_live());
	CHECK_CALL(check_refused_at(0));
	CHECK_CALL(check_refused_at(1));
	CHECK_CALL(check_refused_at(2));
	/* The last of the first table, the first of the second. */
	CHECK_CALL(check_refused_at(ENTRY_COUNT - FIRST));
	CHECK_CALL(check_refused_at(ENTRY_COUNT - FIRST + 1));
	CHECK_CALL(check_refused_at(BATCH_MAX + 1));
	CHECK_CALL(check_refused_at(PAGES));
}

SELFTEST(refused_late,
	 "of a fill that the platform refuses, just what came before is done")
{
	CHECK_CALL(machine_run(L1, L4, play_refused));
}

SELFTEST_SUITE(fill, &at_once, &present, &table, &order, &debt, &leaves_only,
	       &refused_late);
