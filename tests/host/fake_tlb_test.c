// SPDX-License-Identifier: MIT
/*
 * Tests of the model of a TLB.
 *
 * Each of its complaints is provoked, by entries that are written bit by bit;
 * and the sequences that a careful kernel would use are met with silence. On
 * the tables here:
 *
 *	SMALL	a page, writable
 *	OTHER	a page, read-only and executable
 *	LARGE	2 MiB, writable
 */
#include "arch/x86/cpu.h"
#include "arch/x86/phys.h"
#include "lib/selftest.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/hw_tables.h"
#include "tests/host/machine.h"

#define SMALL vaddr(0)
#define OTHER vaddr(PAGE_BYTES)
#define LARGE vaddr(2 * MIB)
#define EMPTY vaddr(4 * MIB)

#define TABLE	   (HW_PRESENT | HW_WRITE | BIT(5))
#define READABLE   (HW_PRESENT | HW_USED)
#define READ_ONLY  (READABLE | HW_NOEXEC)
#define READ_WRITE (READ_ONLY | HW_WRITE)
#define TWO_MIB	   BIT(7)

/* Frames, all of them at multiples of 2 MiB. */
enum { L4_AT = 0x1000, L3_AT = 0x1200, L2_AT = 0x1400, L1_AT = 0x1600 };
enum { SPARE_L1_AT = 0x1800, DATA_AT = 0x2000, DATA2_AT = 0x2200 };
enum { SPARE_L4_AT = 0x2400 };

static uint64_t *table_at(uint64_t frame)
{
	return phys_ptr(pfn_paddr(pfn(frame)));
}

static uint64_t entry(uint64_t frame, uint64_t bits)
{
	return machine.pv.pfn_to_mfn(pfn(frame)).mfn << PAGE_SHIFT | bits;
}

static void set(uint64_t table, unsigned int index, uint64_t value)
{
	cpu_write_entry(&table_at(table)[index], value);
}

static void set_small(uint64_t bits)
{
	set(L1_AT, 0, entry(DATA_AT, bits));
}

static void load(uint64_t root)
{
	cpu_write_cr3(entry(root, 0));
}

static void toggle_globals(void)
{
	uint64_t cr4 = cpu_read_cr4();

	cpu_write_cr4(cr4 ^ CR4_PGE);
	cpu_write_cr4(cr4);
}

static void make_tables(void)
{
	static const unsigned int tables[] = {
		L4_AT, L3_AT, L2_AT, L1_AT, SPARE_L1_AT, SPARE_L4_AT
	};

	for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
		memset(table_at(tables[i]), 0, PAGE_BYTES);
	}
	set(L4_AT, 0, entry(L3_AT, TABLE));
	set(L3_AT, 0, entry(L2_AT, TABLE));
	set(L2_AT, 0, entry(L1_AT, TABLE));
	set(L1_AT, 0, entry(DATA_AT, READ_WRITE));
	set(L1_AT, 1, entry(DATA_AT + 1, READABLE));
	set(L2_AT, 1, entry(DATA2_AT, READ_WRITE | TWO_MIB));
	cpu_write_cr4(cpu_read_cr4() | CR4_PGE);
	load(L4_AT);
}

static void (*scene)(void);
static enum fake_tlb_model model;

static void play(void)
{
	make_tables();
	fake_tlb_on(model);
	scene();
}

/* The scene is played before each model. */
static void with_both(void (*which)(void))
{
	scene = which;
	model = FAKE_TLB_KEEPS;
	CHECK_CALL(machine_run(L2, L4, play));
	model = FAKE_TLB_WALKS;
	CHECK_CALL(machine_run(L2, L4, play));
}

static void check_access(vaddr_t address, enum fake_access how, bool fault,
			 uint64_t frame)
{
	struct fake_use use = fake_tlb_access(address, how);

	CHECK_EQ(use.fault, fault);
	CHECK_EQ(use.frame.mfn,
		 (fault ? MFN_NONE : machine.pv.pfn_to_mfn(pfn(frame))).mfn);
}

static void check_complaint(const char *words)
{
	const char *complaint = fake_tlb_complaint();

	CHECK_STR(complaint == NULL ? "none" : complaint, words);
}

static void check_end(const char *words)
{
	const char *complaint = fake_tlb_off();

	CHECK_STR(complaint == NULL ? "none" : complaint, words);
}

#define MEETS_STALE  "an access meets a stale translation"
#define BY_FORMER    "an access may go by a former table"
#define CHANGES_SIZE "a page size changes together with frame or attributes"
#define LEFT	     "changes are left without a flush"

static void play_accesses(void)
{
	CHECK_CALL(check_access(SMALL, FAKE_READ, false, DATA_AT));
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, false, DATA_AT));
	CHECK_CALL(check_access(SMALL, FAKE_EXECUTE, true, 0));
	CHECK_CALL(check_access(OTHER, FAKE_WRITE, true, 0));
	CHECK_CALL(check_access(OTHER, FAKE_EXECUTE, false, DATA_AT + 1));
	CHECK_CALL(check_access(vaddr_add(LARGE, 0x5678), FAKE_WRITE, false,
				DATA2_AT + 5));
	CHECK_CALL(check_access(EMPTY, FAKE_READ, true, 0));
	CHECK_CALL(check_end("none"));
}

SELFTEST(accesses, "accesses go where the tables lead, or fault")
{
	with_both(play_accesses);
}

static void play_careful(void)
{
	/* What is new needs no flush. */
	set(L2_AT, 2, entry(DATA_AT, READ_ONLY | TWO_MIB));
	CHECK_CALL(check_access(EMPTY, FAKE_READ, false, DATA_AT));
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, false, DATA_AT));
	set_small(READ_ONLY);
	cpu_invlpg(SMALL);
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, true, 0));
	set_small(READ_WRITE);
	cpu_invlpg(SMALL);
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, false, DATA_AT));
	/* From one large page to small ones with other attributes. */
	set(L2_AT, 1, 0);
	cpu_invlpg(LARGE);
	set(SPARE_L1_AT, 0, entry(DATA_AT, READ_ONLY));
	set(L2_AT, 1, entry(SPARE_L1_AT, TABLE));
	CHECK_CALL(check_access(LARGE, FAKE_WRITE, true, 0));
	set(L2_AT, 1, 0);
	toggle_globals();
	CHECK_CALL(check_access(LARGE, FAKE_READ, true, 0));
	CHECK_CALL(check_end("none"));
}

SELFTEST(careful, "changes that are flushed are met with silence")
{
	with_both(play_careful);
}

static void play_same(void)
{
	set_small(READ_WRITE);
	set_small(READ_WRITE & ~(uint64_t)HW_USED);
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, false, DATA_AT));
	CHECK_CALL(check_end("none"));
}

SELFTEST(same, "a store that changes no translation needs no flush")
{
	with_both(play_same);
}

static void play_raise(void)
{
	bool keeps = model == FAKE_TLB_KEEPS;

	CHECK_CALL(check_access(OTHER, FAKE_READ, false, DATA_AT + 1));
	set(L1_AT, 1, entry(DATA_AT + 1, READ_WRITE));
	CHECK(fake_tlb_stale(OTHER, 1));
	CHECK_CALL(check_access(OTHER, FAKE_WRITE, keeps, DATA_AT + 1));
	CHECK_CALL(check_complaint(keeps ? MEETS_STALE : "none"));
	CHECK_CALL(check_end(LEFT));
}

SELFTEST(raise, "read-only to writable: one model faults, both complain")
{
	with_both(play_raise);
}

static void play_lower(void)
{
	CHECK_CALL(check_access(SMALL, FAKE_READ, false, DATA_AT));
	set_small(READ_ONLY);
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, false, DATA_AT));
	CHECK_CALL(check_complaint(MEETS_STALE));
	CHECK_CALL(check_end(LEFT));
}

SELFTEST(lower, "writable to read-only: the write goes through, and is stale")
{
	with_both(play_lower);
}

static void play_gone(void)
{
	CHECK_CALL(check_access(OTHER, FAKE_EXECUTE, false, DATA_AT + 1));
	set(L1_AT, 1, 0);
	CHECK_CALL(check_access(OTHER, FAKE_EXECUTE, false, DATA_AT + 1));
	CHECK_CALL(check_complaint(MEETS_STALE));
	/* Another frame. */
	set(L1_AT, 1, entry(DATA_AT + 9, READABLE));
	CHECK_CALL(check_access(OTHER, FAKE_READ, false, DATA_AT + 1));
	CHECK_CALL(check_complaint(MEETS_STALE));
	cpu_invlpg(OTHER);
	CHECK_CALL(check_access(OTHER, FAKE_READ, false, DATA_AT + 9));
	CHECK_CALL(check_end("none"));
}

SELFTEST(gone, "what is unmapped or moved is stale until it is flushed")
{
	with_both(play_gone);
}

static void fill_spare(uint64_t frame, uint64_t bits)
{
	for (unsigned int i = 0; i < ENTRY_COUNT; i++) {
		set(SPARE_L1_AT, i, entry(frame + i, bits));
	}
}

static void play_size(void)
{
	fill_spare(DATA2_AT, READ_ONLY);
	set(L2_AT, 1, entry(SPARE_L1_AT, TABLE));
	CHECK_CALL(check_complaint(CHANGES_SIZE));
	set(L2_AT, 1, entry(DATA2_AT, READ_WRITE | TWO_MIB));
	CHECK_CALL(check_complaint(CHANGES_SIZE));
	toggle_globals();
	/* A step over an empty entry does not help without a flush. */
	set(L2_AT, 1, 0);
	set(L2_AT, 1, entry(SPARE_L1_AT, TABLE));
	CHECK_CALL(check_complaint(CHANGES_SIZE));
	toggle_globals();
	CHECK_CALL(check_end("none"));
}

SELFTEST(size, "a page size that changes with attributes is found")
{
	with_both(play_size);
}

static void play_split(void)
{
	fill_spare(DATA2_AT, READ_WRITE);
	set(L2_AT, 1, entry(SPARE_L1_AT, TABLE));
	CHECK_CALL(check_access(LARGE, FAKE_WRITE, false, DATA2_AT));
	CHECK_CALL(check_complaint("none"));
	/* The large one may be there still: this is the same mistake. */
	set(SPARE_L1_AT, 3, entry(DATA2_AT + 3, READ_ONLY));
	CHECK_CALL(check_complaint(CHANGES_SIZE));
	CHECK_CALL(check_end(LEFT));
}

SELFTEST(split, "a page size may change alone, and is flushed before more")
{
	with_both(play_split);
}

static void play_globals(void)
{
	set_small(READ_WRITE | HW_GLOBAL);
	toggle_globals();
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, false, DATA_AT));
	CHECK_CALL(check_access(LARGE, FAKE_WRITE, false, DATA2_AT));
	set_small(READ_ONLY | HW_GLOBAL);
	set(L2_AT, 1, entry(DATA2_AT, READ_ONLY | TWO_MIB));
	load(L4_AT);
	CHECK_CALL(check_access(LARGE, FAKE_WRITE, true, 0));
	CHECK_CALL(check_complaint("none"));
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, false, DATA_AT));
	CHECK_CALL(check_complaint(MEETS_STALE));
	toggle_globals();
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, true, 0));
	set_small(READ_WRITE | HW_GLOBAL);
	cpu_invlpg(SMALL);
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, false, DATA_AT));
	CHECK_CALL(check_end("none"));
}

SELFTEST(globals, "global translations outlive CR3, not CR4.PGE and INVLPG")
{
	with_both(play_globals);
}

static void play_pages(void)
{
	set_small(READ_ONLY);
	set(L2_AT, 1, 0);
	/* Its neighbour's, which helps nobody, */
	cpu_invlpg(OTHER);
	CHECK(fake_tlb_stale(SMALL, 1));
	CHECK(!fake_tlb_stale(OTHER, PAGE_BYTES));
	/* and any address in a large page. */
	cpu_invlpg(vaddr_add(LARGE, MIB));
	CHECK(!fake_tlb_stale(LARGE, 2 * MIB));
	CHECK_CALL(check_end(LEFT));
}

SELFTEST(pages, "INVLPG reaches the pages with the address, and no other")
{
	with_both(play_pages);
}

static void play_tables(void)
{
	memcpy(table_at(SPARE_L1_AT), table_at(L1_AT), PAGE_BYTES);
	set(L2_AT, 0, entry(SPARE_L1_AT, TABLE));
	CHECK_CALL(check_access(SMALL, FAKE_READ, false, DATA_AT));
	CHECK_CALL(check_complaint(BY_FORMER));
	cpu_invlpg(SMALL);
	/* The table that is in use now is seen, the former one is not. */
	set(L1_AT, 0, 0);
	CHECK_CALL(check_access(SMALL, FAKE_READ, false, DATA_AT));
	CHECK_CALL(check_complaint("none"));
	set(SPARE_L1_AT, 0, 0);
	CHECK_CALL(check_complaint("none"));
	CHECK_CALL(check_end(LEFT));
}

SELFTEST(tables, "another table with the same entries is flushed too")
{
	with_both(play_tables);
}

static void play_narrow(void)
{
	set(L3_AT, 0, entry(L2_AT, TABLE & ~(uint64_t)HW_WRITE));
	CHECK(fake_tlb_stale(SMALL, 1) && fake_tlb_stale(LARGE, 1));
	CHECK(!fake_tlb_stale(vaddr(GIB), GIB));
	load(L4_AT);
	CHECK_CALL(check_access(SMALL, FAKE_WRITE, true, 0));
	CHECK_CALL(check_access(LARGE, FAKE_WRITE, true, 0));
	CHECK_CALL(check_end("none"));
}

SELFTEST(narrow, "a right taken by an upper entry is one taken from each leaf")
{
	with_both(play_narrow);
}

static void play_roots(void)
{
	set_small(READ_WRITE | HW_GLOBAL);
	toggle_globals();
	load(SPARE_L4_AT);
	CHECK_CALL(check_access(LARGE, FAKE_READ, true, 0));
	CHECK_CALL(check_complaint("none"));
	CHECK(fake_tlb_stale(SMALL, 1));
	toggle_globals();
	CHECK_CALL(check_access(SMALL, FAKE_READ, true, 0));
	CHECK_CALL(check_end("none"));
}

SELFTEST(roots, "another root leaves global translations of the former one")
{
	with_both(play_roots);
}

SELFTEST_SUITE(fake_tlb, &accesses, &careful, &same, &raise, &lower, &gone,
	       &size, &split, &globals, &pages, &tables, &narrow, &roots);
