// SPDX-License-Identifier: MIT
/*
 * Tests of the store auditor.
 *
 * For each rule a store that breaks it, and the harmless one beside it. The
 * facts of the platform are made up, so that all rules apply everywhere; its
 * frame numbers are real. The ledger is tested in ledger_test.c.
 */
#include "mm/audit.h"

#include "arch/x86/phys.h"
#include "arch/x86/pv.h"
#include "lib/selftest.h"
#include "mm/test_pages.h"

#define PAGES 3

static struct paging paging;
/* The platform of the run, with these facts. */
static struct pv platform;
static pfn_t first;
static pfn_t table;

static void begin(void)
{
	platform = *pv();
	platform.paging = &paging;
	paging = (struct paging){ .pat = pat_from_msr(PAT_MSR_NATIVE),
				  .leaf_max = L3,
				  .nx = true,
				  .global = true };
	first = test_pages_take(PAGES);
	if (pfn_eq(first, PFN_NONE) || !test_page_alloc_begin(first, PAGES)) {
		ERROR("no memory for the test");
	}
	CHECK_EQ(page_alloc(&test_page_alloc, PAGE_TABLE, &table), OK);
}

static void end(void)
{
	test_pages_give(first, PAGES);
}

static attrs_t data(void)
{
	return attrs(RIGHT_WRITE | RIGHT_GLOBAL, MT_WB);
}

static attrs_t constant(void)
{
	return attrs(RIGHT_GLOBAL, MT_WB);
}

static pte_t leaf(level_t level, uint64_t frame, attrs_t a)
{
	return pte_leaf(&paging, level, mfn(frame), a);
}

static pte_t to_table(level_t level, unsigned int right_bits)
{
	return pte_table(&paging, level, pv()->pfn_to_mfn(table),
			 rights(right_bits));
}

/* An entry that is not present and not empty. */
static pte_t dirty(void)
{
	static const uint64_t bits = UINT64_C(0x200000);

	return pte_read(&bits);
}

static const char *judge(enum audit_phase phase, level_t level, pte_t old,
			 pte_t new)
{
	struct audit_store store = {
		.pv = &platform,
		.pages = &test_page_alloc,
		.phase = phase,
		.level = level,
		.old = old,
		.new = new,
	};

	return audit_check(&store);
}

static bool is_fine(enum audit_phase phase, level_t level, pte_t old, pte_t new)
{
	return judge(phase, level, old, new) == NULL;
}

/* AUDIT-4 */
SELFTEST(dirty_none, "an entry that is not present must hold nothing")
{
	CHECK_CALL(begin());
	for (level_t level = L1; level <= L5; level = (level_t)(level + 1)) {
		CHECK_STR(judge(AUDIT_CHANGE, level, pte_none(), dirty()),
			  "an entry that is not present holds something");
		CHECK_STR(judge(AUDIT_BUILD, level, pte_none(), dirty()),
			  "an entry that is not present holds something");
		CHECK(is_fine(AUDIT_CHANGE, level, pte_none(), pte_none()));
	}
	/* What is there already may be cleared. */
	CHECK(is_fine(AUDIT_CHANGE, L1, dirty(), pte_none()));
	CHECK(is_fine(AUDIT_CHANGE, L1, leaf(L1, 1, data()), pte_none()));
	end();
}

/* AUDIT-2 */
SELFTEST(overwrites, "building leaves what is present, changing need not")
{
	pte_t old = leaf(L1, 7, data());

	CHECK_CALL(begin());
	CHECK_STR(judge(AUDIT_BUILD, L1, old, leaf(L1, 8, data())),
		  "building overwrites a present entry");
	CHECK(judge(AUDIT_BUILD, L1, old, old) != NULL);
	CHECK(judge(AUDIT_BUILD, L1, old, pte_none()) != NULL);
	CHECK(judge(AUDIT_BUILD, L3, to_table(L3, 0), to_table(L3, 0)) != NULL);
	CHECK(is_fine(AUDIT_BUILD, L1, pte_none(), old));
	CHECK(is_fine(AUDIT_CHANGE, L1, old, leaf(L1, 8, data())));
	CHECK(is_fine(AUDIT_CHANGE, L1, old, leaf(L1, 7, constant())));
	end();
}

/* ---- AUDIT-1 ------------------------------------------------------------- */

/* Two mebibytes, and the gibibyte that begins there. */
#define FRAMES_AT UINT64_C(0x40000)

static pte_t *entries(void)
{
	return phys_ptr(pfn_paddr(table));
}

/* The table with the same translations as the large leaf of the level. */
static void split(level_t level, attrs_t a)
{
	level_t below = (level_t)(level - 1);
	uint64_t frames = level_bytes(below) >> PAGE_SHIFT;

	for (unsigned int i = 0; i < ENTRY_COUNT; i++) {
		entries()[i] = leaf(below, FRAMES_AT + i * frames, a);
	}
}

static void check_both_ways(level_t level, bool fine)
{
	pte_t large = leaf(level, FRAMES_AT, data());
	pte_t small = to_table(level, RIGHT_WRITE);

	CHECK_EQ(is_fine(AUDIT_CHANGE, level, large, small), fine);
	CHECK_EQ(is_fine(AUDIT_CHANGE, level, small, large), fine);
}

/* Another entry at one index, from the first to the last. */
static void check_spoilt(level_t level, pte_t other)
{
	static const unsigned int indices[] = { 0, ENTRY_COUNT - 1 };

	for (size_t i = 0; i < ARRAY_COUNT(indices); i++) {
		pte_t *entry = &entries()[indices[i]];
		pte_t before = *entry;

		*entry = other;
		CHECK_CALL(check_both_ways(level, false));
		*entry = before;
	}
	CHECK_CALL(check_both_ways(level, true));
}

/* AUDIT-1 */
SELFTEST(size_alone, "a page is split, or tables joined, with nothing else")
{
	CHECK_CALL(begin());
	for (level_t level = L2; level <= L3; level = (level_t)(level + 1)) {
		level_t below = (level_t)(level - 1);

		split(level, data());
		CHECK_CALL(check_both_ways(level, true));
		CHECK_CALL(check_spoilt(level, pte_none()));
		CHECK_CALL(check_spoilt(level, leaf(below, 0, data())));
		split(level, constant());
		CHECK_CALL(check_both_ways(level, false));
		split(level, attrs(RIGHT_WRITE, MT_WB));
		CHECK_CALL(check_both_ways(level, false));
		split(level, attrs(RIGHT_WRITE | RIGHT_GLOBAL, MT_WC));
		CHECK_CALL(check_both_ways(level, false));
	}
	split(L3, data());
	CHECK_CALL(check_spoilt(L3, to_table(L2, RIGHT_WRITE)));
	CHECK_STR(judge(AUDIT_CHANGE, L3, leaf(L3, 0, data()),
			to_table(L3, RIGHT_WRITE)),
		  "page size changes together with frame or attributes");
	end();
}

/* The rights of the entry that leads to the table count as well. */
SELFTEST(size_and_rights, "a split must not take a right away above the pages")
{
	pte_t large = leaf(L2, FRAMES_AT, data());

	CHECK_CALL(begin());
	split(L2, data());
	CHECK(is_fine(AUDIT_CHANGE, L2, large, to_table(L2, RIGHT_WRITE)));
	CHECK(is_fine(AUDIT_CHANGE, L2, large,
		      to_table(L2, RIGHT_WRITE | RIGHT_EXECUTE)));
	CHECK(!is_fine(AUDIT_CHANGE, L2, large, to_table(L2, 0)));
	CHECK(!is_fine(AUDIT_CHANGE, L2, to_table(L2, RIGHT_EXECUTE), large));
	/* A table that nobody has is not looked into. */
	CHECK(!is_fine(AUDIT_CHANGE, L2, large,
		       pte_table(&paging, L2,
				 mfn((BIT(PADDR_BITS) >> PAGE_SHIFT) - 1),
				 rights(RIGHT_WRITE))));
	end();
}

/* ---- AUDIT-3 ------------------------------------------------------------- */

/* AUDIT-3 */
SELFTEST(tables_readonly, "where tables are read-only, none becomes writable")
{
	uint64_t frame;
	pfn_t page;

	CHECK_CALL(begin());
	CHECK_EQ(page_alloc(&test_page_alloc, PAGE_TEST, &page), OK);
	frame = pv()->pfn_to_mfn(table).mfn;
	paging.leaf_max = L1;
	paging.tables_readonly = true;
	CHECK_STR(judge(AUDIT_CHANGE, L1, leaf(L1, frame, constant()),
			leaf(L1, frame, data())),
		  "a page table becomes writable");
	CHECK(!is_fine(AUDIT_BUILD, L1, pte_none(), leaf(L1, frame, data())));
	CHECK(is_fine(AUDIT_BUILD, L1, pte_none(),
		      leaf(L1, frame, constant())));
	CHECK(is_fine(AUDIT_BUILD, L1, pte_none(),
		      leaf(L1, pv()->pfn_to_mfn(page).mfn, data())));
	CHECK(is_fine(AUDIT_BUILD, L2, pte_none(), to_table(L2, RIGHT_WRITE)));
	page_set_kind(&test_page_alloc, table, PAGE_TABLE_LIVE);
	CHECK(!is_fine(AUDIT_BUILD, L1, pte_none(), leaf(L1, frame, data())));
	/* A frame of nobody's is no table. */
	CHECK(is_fine(AUDIT_BUILD, L1, pte_none(),
		      leaf(L1, (BIT(PADDR_BITS) >> PAGE_SHIFT) - 1, data())));
	paging.tables_readonly = false;
	CHECK(is_fine(AUDIT_BUILD, L1, pte_none(), leaf(L1, frame, data())));
	end();
}

/* ---- AUDIT-5 ------------------------------------------------------------- */

static bool owes(level_t level, pte_t old, pte_t new)
{
	return audit_owes(&paging, level, old, new);
}

/* AUDIT-5 */
SELFTEST(owes_leaf, "a leaf owes a flush for whatever the CPU may have kept")
{
	pte_t old = leaf(L1, 7, data());
	uint64_t accessed;

	CHECK_CALL(begin());
	CHECK(owes(L1, old, pte_none()));
	CHECK(owes(L1, old, leaf(L1, 8, data())));
	CHECK(owes(L1, old, leaf(L1, 7, constant())));
	CHECK(owes(L1, leaf(L1, 7, constant()), old));
	CHECK(owes(L1, old, leaf(L1, 7, attrs(RIGHT_WRITE, MT_WB))));
	CHECK(owes(L1, old, leaf(L1, 7, attrs(data().rights.bits, MT_UC))));
	CHECK(owes(L2, leaf(L2, FRAMES_AT, data()), to_table(L2, RIGHT_WRITE)));
	CHECK(owes(L2, to_table(L2, RIGHT_WRITE), leaf(L2, FRAMES_AT, data())));
	CHECK(!owes(L1, pte_none(), old));
	CHECK(!owes(L1, pte_none(), pte_none()));
	CHECK(!owes(L1, old, old));
	/* The CPU sets the accessed and dirty bits by itself. */
	memcpy(&accessed, &old, sizeof(accessed));
	accessed &= ~UINT64_C(0x60);
	CHECK(!owes(L1, pte_read(&accessed), old));
	end();
}

/* AUDIT-5 */
SELFTEST(owes_table, "an entry for a table owes a flush for table and rights")
{
	mfn_t other;

	CHECK_CALL(begin());
	other = pv()->pfn_to_mfn(first);
	for (level_t level = L2; level <= L5; level = (level_t)(level + 1)) {
		pte_t old = to_table(level, RIGHT_WRITE);

		CHECK(owes(level, old, pte_none()));
		CHECK(owes(level, old, to_table(level, 0)));
		CHECK(owes(level, old,
			   to_table(level, RIGHT_WRITE | RIGHT_EXECUTE)));
		CHECK(owes(
			level, old,
			pte_table(&paging, level, other, rights(RIGHT_WRITE))));
		CHECK(!owes(level, old, old));
		CHECK(!owes(level, pte_none(), old));
	}
	end();
}

SELFTEST_SUITE(audit, &dirty_none, &overwrites, &size_alone, &size_and_rights,
	       &tables_readonly, &owes_leaf, &owes_table);
