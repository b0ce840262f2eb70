// SPDX-License-Identifier: MIT
/*
 * Tests of the tests of what Xen must refuse.
 *
 * Rows that expect the wrong thing, and what is left behind, are found.
 */
#include "xen/refusal.h"

#include "lib/selftest.h"
#include "xen/refusal_fixture.h"

static long cannot_prepare(void)
{
	return -XEN_EPERM;
}

static long do_nothing(uint64_t unused)
{
	(void)unused;
	return 0;
}

struct wrong_row {
	enum refusal_kind kind;
	long found;
	refusal_prepare_t prepare;
	struct refusal row;
};

static const struct wrong_row wrong_rows[] = {
	/* Right, for comparison. */
	{ REFUSAL_HELD,
	  -XEN_EBUSY,
	  NULL,
	  { "", refusal_map, RW, RO, OF_L4, OF_L4, BOTH(-XEN_EBUSY), 0 } },
	{ REFUSAL_RESULT,
	  -XEN_EBUSY,
	  NULL,
	  { "", refusal_map, RW, RO, OF_L4, OF_L4, BOTH(-XEN_EINVAL), 0 } },
	{ REFUSAL_RESULT,
	  0,
	  NULL,
	  { "", refusal_map, RO, RO, OF_L4, OF_L4, BOTH(-XEN_EBUSY), 0 } },
	{ REFUSAL_RESULT,
	  0,
	  NULL,
	  { "", do_nothing, RW, RO, OF_L4, OF_L4, BOTH(-XEN_EBUSY), 0 } },
	{ REFUSAL_RESULT,
	  -XEN_EBUSY,
	  NULL,
	  { "", refusal_map, RW, RO, OF_L4, OF_L4, BOTH(0), 0 } },
	{ REFUSAL_CONTROL,
	  -XEN_EBUSY,
	  NULL,
	  { "", refusal_map, RW, RW, OF_L4, OF_L4, BOTH(-XEN_EBUSY), 0 } },
	{ REFUSAL_STATE,
	  0,
	  NULL,
	  { "", refusal_map, RO, RO, OF_L4, OF_L4, BOTH(0), NO_CHANGE } },
	{ REFUSAL_STATE,
	  -XEN_EBUSY,
	  NULL,
	  { "", refusal_map, RW, RO, OF_L4, OF_L4, BOTH(-XEN_EBUSY),
	    CHANGES } },
	{ REFUSAL_NOT_READY,
	  0,
	  cannot_prepare,
	  { "", refusal_map, RW, RO, OF_L4, OF_L4, BOTH(-XEN_EBUSY), 0 } },
};

static void try_wrong(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(wrong_rows); i++) {
		const struct wrong_row *wrong = &wrong_rows[i];
		struct refusal_outcome outcome =
			refusal_try(&wrong->row, wrong->prepare);

		selftest_checked();
		if (outcome.kind != wrong->kind ||
		    outcome.found != wrong->found) {
			FAIL("%lu: expected %u, found %u with %ld", i,
			     wrong->kind, outcome.kind, outcome.found);
		}
	}
}

SELFTEST(wrong, "a row that Xen does not answer as it says is found")
{
	refusal_test(try_wrong);
}

/* The last change is left for the end of the test. */
static long leave(uint64_t unused)
{
	uint64_t digest = refusal_digest();

	(void)unused;
	STEP(1, refusal_protect_tables() == 0);
	STEP(2, !refusal_unchanged());
	STEP(3, refusal_digest() != digest);
	STEP(4, refusal_restore());
	STEP(5, refusal_unchanged());
	STEP(6, refusal_digest() == digest);
	STEP(7, refusal_protect(OF_TABLE) == 0);
	return 0;
}

/* Read-only means that no address is left at which the page is writable. */
static long protect(uint64_t pin)
{
	STEP(1, refusal_protect(OF_TABLE) == 0);
	STEP(2, refusal_command(pin) == 0);
	STEP(3, refusal_restore());
	STEP(4, refusal_command(pin) == -XEN_EINVAL);
	refusal_words(OF_TABLE)[0] = 1;
	return 0;
}

static const struct refusal own_rows[] = {
	{ "what is left", leave, 0, 0, OF_ZERO, OF_ZERO, BOTH(0), 0 },
	{ "read-only everywhere", protect, MMUEXT_PIN_L1_TABLE,
	  MMUEXT_PIN_L1_TABLE, OF_TABLE, OF_TABLE, BOTH(0), NO_CHANGE },
};

SELFTEST(left, "what an attempt leaves behind is found, and put back")
{
	REFUSAL_TEST_ROWS(own_rows, NULL);
}

SELFTEST_SUITE(refusal, &wrong, &left);
