// SPDX-License-Identifier: MIT
/*
 * Tests of the flush ledger.
 *
 * The ledger may claim more than is owed when it runs out of room; it must
 * never claim less (AUDIT-5).
 */
#include "lib/selftest.h"
#include "mm/audit.h"

#define BASE UINT64_C(0xffffa00000000000)
/* More than there is room for. */
#define MANY ((uint64_t)DEBTS_MAX * 2)

static struct audit audit;
static const pfn_t root = { 0x123 };
static const pfn_t other_root = { 0x456 };

static uint64_t at(uint64_t page)
{
	return BASE + page * PAGE_BYTES;
}

static void owe_for(pfn_t whose, uint64_t page, uint64_t pages, bool global)
{
	ledger_owe(&audit, (struct debt){ .root = whose,
					  .start = vaddr(at(page)),
					  .bytes = pages * PAGE_BYTES,
					  .global = global });
}

static void owe(uint64_t page, uint64_t pages)
{
	owe_for(root, page, pages, true);
}

static void pay(uint64_t page, uint64_t pages)
{
	ledger_pay_range(&audit, root, vaddr(at(page)), pages * PAGE_BYTES);
}

static bool is_owed(uint64_t page)
{
	return ledger_owes(&audit, root, vaddr(at(page)), PAGE_BYTES);
}

/* Just the pages of [first, end) are owed, of the twenty that tests use. */
static void check_owed(uint64_t first, uint64_t end)
{
	for (uint64_t page = 0; page < 20; page++) {
		CHECK_EQ(is_owed(page), page >= first && page < end);
	}
}

static void begin(void)
{
	memset(&audit, 0, sizeof(audit));
}

SELFTEST(debts, "what is owed is owed, to the byte, and nothing beside it")
{
	begin();
	CHECK_CALL(check_owed(0, 0));
	owe(5, 3);
	CHECK_CALL(check_owed(5, 8));
	CHECK(ledger_owes(&audit, root, vaddr(at(8) - 1), 1));
	CHECK(!ledger_owes(&audit, root, vaddr(at(8)), 1));
	CHECK(ledger_owes(&audit, root, vaddr(at(0)), at(5) - at(0) + 1));
	CHECK(!ledger_owes(&audit, root, vaddr(at(0)), at(5) - at(0)));
	CHECK(ledger_owes(&audit, root, vaddr(0), UINT64_MAX));
}

SELFTEST(merge, "debts that overlap or touch become one, others stay apart")
{
	begin();
	owe(5, 2);
	owe(7, 1);
	owe(4, 2);
	owe(5, 1);
	CHECK_EQ(audit.debt_count, 1);
	CHECK_CALL(check_owed(4, 8));
	owe(10, 1);
	CHECK_EQ(audit.debt_count, 2);
	CHECK(!is_owed(8));
	CHECK(!is_owed(9));
	owe_for(other_root, 8, 1, true);
	CHECK(!is_owed(8));
	CHECK(ledger_owes(&audit, other_root, vaddr(at(8)), 1));
}

/* AUDIT-5 */
SELFTEST(paid, "only a flush of the whole debt pays it, one of a part a part")
{
	begin();
	owe(5, 10);
	pay(0, 5);
	pay(15, 5);
	CHECK_CALL(check_owed(5, 15));
	pay(0, 7);
	CHECK_CALL(check_owed(7, 15));
	pay(12, 8);
	CHECK_CALL(check_owed(7, 12));
	pay(7, 5);
	CHECK_CALL(check_owed(0, 0));
	CHECK_EQ(audit.debt_count, 0);
	CHECK_EQ(audit.flushes_range, 5);
	CHECK_EQ(audit.flushes_all, 0);
}

/* AUDIT-5 */
SELFTEST(split, "a flush in the middle of a debt leaves both its ends")
{
	begin();
	owe(2, 10);
	pay(5, 3);
	CHECK_EQ(audit.debt_count, 2);
	for (uint64_t page = 0; page < 20; page++) {
		CHECK_EQ(is_owed(page),
			 (page >= 2 && page < 5) || (page >= 8 && page < 12));
	}
	pay(3, 7);
	CHECK(is_owed(2));
	CHECK(is_owed(11));
	pay(0, 20);
	CHECK_CALL(check_owed(0, 0));
}

/* AUDIT-5 */
SELFTEST(many_at_once, "one flush pays all debts in its range, of one root")
{
	begin();
	for (uint64_t page = 0; page < 20; page += 2) {
		owe(page, 1);
		owe_for(other_root, page, 1, true);
	}
	pay(0, 20);
	CHECK_CALL(check_owed(0, 0));
	CHECK_EQ(audit.debt_count, 10);
	CHECK(ledger_owes(&audit, other_root, vaddr(at(4)), 1));
	ledger_pay_all(&audit, true);
	CHECK_EQ(audit.debt_count, 0);
}

SELFTEST(globals, "a flush without globals pays only what is not global")
{
	begin();
	owe_for(root, 3, 1, false);
	owe_for(root, 8, 1, true);
	ledger_pay_all(&audit, false);
	CHECK(!is_owed(3));
	CHECK(is_owed(8));
	/* A debt of both kinds is as hard to pay as the harder one. */
	owe_for(root, 8, 1, false);
	ledger_pay_all(&audit, false);
	CHECK(is_owed(8));
	ledger_pay_all(&audit, true);
	CHECK_CALL(check_owed(0, 0));
	CHECK_EQ(audit.flushes_all, 3);
}

/* AUDIT-5 */
SELFTEST(overflow, "when the ledger is full it claims more, never less")
{
	begin();
	owe_for(other_root, 0, 1, true);
	for (uint64_t i = 0; i < MANY; i++) {
		owe_for(root, 100 * i, 1, i % 2 != 0);
	}
	CHECK_EQ(audit.debt_count, DEBTS_MAX);
	for (uint64_t i = 0; i < MANY; i++) {
		CHECK(is_owed(100 * i));
	}
	CHECK(!ledger_owes(&audit, other_root, vaddr(at(100)), PAGE_BYTES));
	/* The global debts among those that were merged stay such. */
	ledger_pay_all(&audit, false);
	for (uint64_t i = 1; i < MANY; i += 2) {
		CHECK(is_owed(100 * i));
	}
	ledger_pay_all(&audit, true);
	CHECK_EQ(audit.debt_count, 0);
}

SELFTEST(top, "a debt may reach to the highest address, or cover everything")
{
	vaddr_t last = vaddr(-(uint64_t)PAGE_BYTES);

	begin();
	ledger_owe(&audit, (struct debt){ .root = root,
					  .start = last,
					  .bytes = PAGE_BYTES,
					  .global = true });
	CHECK(ledger_owes(&audit, root, vaddr(UINT64_MAX), 1));
	CHECK(!ledger_owes(&audit, root, vaddr(0), PAGE_BYTES));
	ledger_pay_range(&audit, root, vaddr(0), PAGE_BYTES);
	CHECK(ledger_owes(&audit, root, last, 1));
	/* Behind the last address there is nothing, so 0 does not touch it. */
	ledger_owe(&audit, (struct debt){ .root = root,
					  .bytes = PAGE_BYTES,
					  .global = true });
	CHECK(!is_owed(0));
	ledger_pay_range(&audit, root, last, PAGE_BYTES);
	CHECK(!ledger_owes(&audit, root, last, PAGE_BYTES));
	CHECK(ledger_owes(&audit, root, vaddr(0), 1));
}

/* ---- Against a model ----------------------------------------------------- */

#define MODEL_PAGES 48

enum owed { NOTHING, LOCAL, GLOBAL };

static enum owed model[MODEL_PAGES];

static void step(struct random *random)
{
	uint64_t page = random_below(random, MODEL_PAGES);
	uint64_t pages = 1 + random_below(random, MODEL_PAGES - page);
	bool global = random_below(random, 2) != 0;
	uint64_t what = random_below(random, 16);

	/* Short debts, many of them, and rarely a full flush. */
	if (what < 10) {
		pages = 1 + pages % 3;
		pages = min_u64(pages, MODEL_PAGES - page);
		owe_for(root, page, pages, global);
		for (uint64_t i = page; i < page + pages; i++) {
			model[i] =
				global || model[i] == GLOBAL ? GLOBAL : LOCAL;
		}
	} else if (what < 15) {
		pay(page, pages);
		memset(&model[page], 0, pages * sizeof(*model));
	} else {
		ledger_pay_all(&audit, global);
		for (uint64_t i = 0; i < MODEL_PAGES; i++) {
			model[i] = global || model[i] == LOCAL ? NOTHING
							       : model[i];
		}
	}
}

/* AUDIT-5 */
SELFTEST(like_a_model, "any sequence of debts and flushes leaves what is owed")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(100);
	bool exact = true;

	begin();
	memset(model, 0, sizeof(model));
	for (uint64_t round = 0; round < rounds; round++) {
		step(&random);
		exact = exact && audit.debt_count < DEBTS_MAX;
		for (uint64_t i = 0; i < MODEL_PAGES; i++) {
			CHECK(is_owed(i) || model[i] == NOTHING);
			CHECK(!is_owed(i) || model[i] != NOTHING || !exact);
		}
		if (audit.debt_count == 0) {
			exact = true;
		}
	}
}

SELFTEST_SUITE(ledger, &debts, &merge, &paid, &split, &many_at_once, &globals,
	       &overflow, &top, &like_a_model);
