// SPDX-License-Identifier: MIT
/*
 * Tests of the combinations of the access matrix, and of its judge.
 */
#include "mm/access_judge.h"

#include "lib/selftest.h"

static struct access_space space;

static const struct access_cpu able = { .wp = true,
					.smep = true,
					.smap = true,
					.pke = true,
					.nxe = true,
					.paddr_bits = 40,
					.gb = true };

static uint64_t number_of(const struct access_values *values)
{
	uint64_t number = 0;

	for (size_t i = ACCESS_DIMS; i-- > 0;) {
		number = number * space.counts[i] + values->of[i];
	}
	return number;
}

/* SPACE-1 */
SELFTEST(numbers, "numbers and combinations are one to one")
{
	struct random random = selftest_random();
	struct access_values values;

	access_space_init(&space, &able, L4, L3);
	CHECK_EQ(space.states, 32);
	for (unsigned int i = 0; i < 1000; i++) {
		uint64_t number =
			random_below(&random, space.states * space.cases);

		if (access_space_pick(&space, number, &values)) {
			CHECK_EQ(number_of(&values), number);
			CHECK_EQ(values.of[DIM_PKE],
				 number / (space.states * space.cases / 2));
		}
	}
}

static struct access_space space_of(struct access_cpu has, level_t top,
				    level_t leaf_max)
{
	struct access_space made;

	access_space_init(&made, &has, top, leaf_max);
	return made;
}

/* SPACE-2 */
SELFTEST(abilities, "what the machine has not is no part of the space")
{
	struct access_cpu none = { .wp = true, .paddr_bits = 52 };
	struct access_cpu guest = { .wp = true, .nxe = true, .guest = true };
	struct access_space of_guest = space_of(guest, L4, L1);

	CHECK_EQ(space_of(able, L4, L3).shapes, 3 + 2 + 1);
	CHECK_EQ(space_of(able, L5, L3).shapes, 4 + 3 + 2);
	CHECK_EQ(space_of(none, L4, L3).states, 2);
	CHECK_EQ(space_of(none, L4, L3).counts[DIM_WHO], 2);
	CHECK_EQ(space_of(none, L4, L3).counts[DIM_DENY], 1);
	CHECK_EQ(of_guest.states, 1);
	CHECK_EQ(of_guest.exist, UINT64_C(3) * 64 * 64 * 3 * 2 * 2);
	guest.nxe = false;
	CHECK_EQ(space_of(guest, L4, L1).exist,
		 UINT64_C(3) * 32 * 32 * 3 * 2 * 2);
}

/* SPACE-2: counted one by one, of a space that is small enough. */
SELFTEST(existing, "as many combinations can be picked as are said to exist")
{
	struct access_cpu has = { .wp = true, .pke = true, .paddr_bits = 52 };
	struct access_values values;
	uint64_t count = 0;
	/* The bits of the entries are the same for all. */
	uint64_t step = UINT64_C(64) * 64;

	access_space_init(&space, &has, L4, L3);
	for (uint64_t i = 0; i < space.states * space.cases / step; i++) {
		uint64_t shape = i % space.shapes;
		uint64_t number =
			shape + i / space.shapes * space.shapes * step;

		count += access_space_pick(&space, number, &values) ? 1 : 0;
	}
	CHECK_EQ(count * step, space.exist);
}

SELFTEST(cases, "a combination is made of its values")
{
	struct access_values values = { { 0 } };
	struct access_case what;

	access_space_init(&space, &able, L4, L3);
	values.of[DIM_SHAPE] = 3; /* L2 below L3. */
	values.of[DIM_LEAF_P] = 1;
	values.of[DIM_LEAF_XD] = 1;
	values.of[DIM_UPPER_RW] = 1;
	values.of[DIM_UPPER_D] = 1;
	values.of[DIM_RESERVED] = FLAW_LEAF_LOW;
	values.of[DIM_KEY] = 1;
	values.of[DIM_DENY] = 2;
	values.of[DIM_WHO] = WHO_KERNEL_AC;
	values.of[DIM_KIND] = ACCESS_FETCH;
	values.of[DIM_TIMES] = 1;
	values.of[DIM_PKE] = 1;
	what = access_case_of(&space, &values);
	CHECK_EQ(what.shape.leaf, L2);
	CHECK_EQ(what.shape.upper, L3);
	CHECK_EQ(what.leaf, UINT64_C(0xe800000000002081));
	CHECK_EQ(what.upper, 0x42);
	/* Others may be written to and not read, key 13 the other way. */
	CHECK_EQ(what.cpu.pkru, 0x59555555);
	CHECK(what.cpu.pke && !what.cpu.wp && !what.cpu.nxe);
	CHECK(what.attempt.ac && !what.attempt.user);
	CHECK_EQ(what.attempt.kind, ACCESS_FETCH);
	CHECK_EQ(what.times, 2);
}

SELFTEST(cover, "pairs that were not among the combinations are missed")
{
	static struct access_cover covered;
	struct random random = selftest_random();
	struct access_cpu has = { .wp = true, .paddr_bits = 40, .guest = true };
	struct access_values values;
	struct access_pairs pairs;

	memset(&covered, 0, sizeof(covered));
	access_space_init(&space, &has, L4, L1);
	pairs = access_cover_pairs(&covered, &space);
	CHECK_EQ(pairs.missing, pairs.all);
	for (unsigned int i = 0; i < 2000; i++) {
		CHECK(access_space_pick(
			&space, random_below(&random, space.cases), &values));
		/* But for the one that nobody draws. */
		if (values.of[DIM_SHAPE] != 2 || values.of[DIM_KIND] != 1) {
			access_cover_add(&covered, &space, &values);
		}
	}
	CHECK_EQ(access_cover_pairs(&covered, &space).missing, 1);
}

/* ---- The judge ----------------------------------------------------------- */

#define WHOLE UINT64_C(0x67) /* Present, writable, user, accessed, dirty. */

static struct access_trial trial;
static struct access_result expected;
static const struct access_try attempt = { ACCESS_WRITE, true, false };

static enum access_wrong judged(void)
{
	return access_judge(&expected, attempt, &trial);
}

static void expect(bool fault)
{
	trial = (struct access_trial){ .before = { .top = L4, .leaf = L1 } };
	for (level_t level = L1; level <= L4; level++) {
		trial.before.entries[level] = WHOLE;
		trial.after[level] = WHOLE;
	}
	trial.outcome.done = !fault;
	trial.outcome.honest = true;
	trial.outcome.address = vaddr(0x1000);
	trial.outcome.fault =
		(struct fault){ VECTOR_PF, 7, trial.outcome.address };
	expected = (struct access_result){ .fault = fault,
					   .error = fault ? 7 : 0,
					   .last = L1,
					   .last_present = true };
}

SELFTEST(judge, "each way of being wrong is told from what is right")
{
	expect(false);
	CHECK_EQ(judged(), WRONG_NOTHING);
	trial.after[L4] &= ~UINT64_C(0x20);
	CHECK_EQ(judged(), WRONG_ENTRY);
	trial.outcome.honest = false;
	CHECK_EQ(judged(), WRONG_MEMORY);
	trial.outcome.done = false;
	CHECK_EQ(judged(), WRONG_FAULTED);
	expect(true);
	CHECK_EQ(judged(), WRONG_NOTHING);
	trial.outcome.fault.address = vaddr(0x1008);
	CHECK_EQ(judged(), WRONG_ADDRESS);
	trial.outcome.fault.error = 5;
	CHECK_EQ(judged(), WRONG_ERROR);
	trial.outcome.fault.vector = VECTOR_GP;
	CHECK_EQ(judged(), WRONG_VECTOR);
	trial.outcome.done = true;
	CHECK_EQ(judged(), WRONG_PASSED);
}

SELFTEST(text, "a combination is told in one line, cut where it must be")
{
	struct access_case what = { .attempt = { ACCESS_WRITE, false, true },
				    .times = 2,
				    .cpu = able };
	char line[ACCESS_TEXT_MAX];

	expect(true);
	access_format(line, &what, &trial);
	CHECK_STR(line, "kernel write ac twice; wp nxe smep smap pke pkru=0; "
			"L4 67>67 L3 67>67 L2 67>67 L1 67>67; "
			"vector 14 error 7 at 1000");
	for (level_t level = L1; level <= L4; level++) {
		trial.before.entries[level] = UINT64_MAX;
		trial.after[level] = UINT64_MAX;
	}
	trial.before.top = L5;
	access_format(line, &what, &trial);
	CHECK(strlen(line) < sizeof(line));
	CHECK_STR(access_wrong_name(WRONG_VECTOR), "not a page fault");
}

SELFTEST_SUITE(access_space, &numbers, &abilities, &existing, &cases, &cover,
	       &judge, &text);
