// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: rows.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/traps.h"
#include "lib/selftest.h"
#include "xen/backend.h"
#include "xen/refusal.h"
#include "xen/refusal_fixture.h"

static unsigned int tried;

/* A domain with a right to hardware may use memory types. */
static long expected_of(const struct refusal *row)
{
	bool as_dom0 = xen_is_initial_domain() ||
		       ((row->flags & IF_IO) != 0 && pv()->paging->memtypes);

	return as_dom0 ? row->dom0 : row->domu;
}

/* From the same state each time. */
static bool call_ready(const struct refusal *row, refusal_prepare_t prepare,
		       uint64_t number, long *result)
{
	if (!refusal_restore() || (prepare != NULL && prepare() != 0)) {
		return false;
	}
	refusal_ready();
	*result = row->call(number);
	return true;
}

static bool is_expected(const struct refusal *row, long expected, long found)
{
	return found == expected || ((row->flags & OR_ZERO) != 0 && found == 0);
}

/* A call that is not refused may change what it likes, but where the row says
 * otherwise. */
static bool is_state_right(const struct refusal *row, long found)
{
	if ((row->flags & CHANGES) != 0) {
		return !refusal_unchanged();
	}
	return (found >= 0 && (row->flags & NO_CHANGE) == 0) ||
	       refusal_unchanged();
}

struct refusal_outcome refusal_try(const struct refusal *row,
				   refusal_prepare_t prepare)
{
	struct refusal_outcome outcome = { .kind = REFUSAL_NOT_READY };
	uint64_t legal = refusal_base(row->legal_base) + row->legal;
	uint64_t bad = refusal_base(row->bad_base) + row->bad;

	if ((row->flags & NO_CONTROL) == 0) {
		if (!call_ready(row, prepare, legal, &outcome.found)) {
			return outcome;
		}
		if (outcome.found < 0) {
			outcome.kind = REFUSAL_CONTROL;
			return outcome;
		}
	}
	outcome.expected = expected_of(row);
	if ((row->flags & LOGS) != 0) {
		selftest_note("xen-log: Error mfn 00000: ");
	}
	if (!call_ready(row, prepare, bad, &outcome.found)) {
		return outcome;
	}
	if (!is_expected(row, outcome.expected, outcome.found)) {
		outcome.kind = REFUSAL_RESULT;
	} else if (!is_state_right(row, outcome.found)) {
		outcome.kind = REFUSAL_STATE;
	} else {
		outcome.kind = REFUSAL_HELD;
	}
	return outcome;
}

static void check_row(const struct refusal *row, refusal_prepare_t prepare)
{
	struct refusal_outcome outcome = refusal_try(row, prepare);

	selftest_checked();
	tried++;
	switch (outcome.kind) {
	case REFUSAL_HELD:
		return;
	case REFUSAL_NOT_READY:
		ERROR("%s: the state for it cannot be made", row->name);
	case REFUSAL_CONTROL:
		FAIL("%s: the legal call gives %ld", row->name, outcome.found);
	case REFUSAL_RESULT:
		FAIL("%s: expected %ld, found %ld", row->name, outcome.expected,
		     outcome.found);
	case REFUSAL_STATE:
		FAIL("%s: %ld, but the entries are wrong", row->name,
		     outcome.found);
	}
}

void refusal_rows(const struct refusal *rows, size_t count,
		  refusal_prepare_t prepare)
{
	for (size_t i = 0; i < count; i++) {
		CHECK_CALL(check_row(&rows[i], prepare));
	}
}

void refusal_test(void (*part)(void))
{
	uint64_t digest;
	bool restored;

	if (pv() != &pv_xen || cpu_read_cr3() == 0) {
		SKIP("not a PV guest of Xen");
	}
	if (!refusal_take()) {
		ERROR("the live tables cannot be read");
	}
	digest = refusal_digest();
	tried = 0;
	part();
	restored = refusal_restore();
	CHECK(restored);
	CHECK_EQ(refusal_digest(), digest);
	if (tried != 0) {
		selftest_note("%u attempts", tried);
	}
}

static struct {
	const struct refusal *rows;
	size_t count;
	refusal_prepare_t prepare;
} current;

static void try_current(void)
{
	refusal_rows(current.rows, current.count, current.prepare);
}

void refusal_test_rows(const struct refusal *rows, size_t count,
		       refusal_prepare_t prepare)
{
	current.rows = rows;
	current.count = count;
	current.prepare = prepare;
	refusal_test(try_current);
}
