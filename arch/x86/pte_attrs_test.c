// SPDX-License-Identifier: MIT
/*
 * Tests of attributes, and of levels.
 *
 * What is said about pages before anything is encoded.
 */
#include "arch/x86/pte.h"

#include "lib/selftest.h"

static const unsigned int wx = RIGHT_WRITE | RIGHT_EXECUTE;

SELFTEST(equal, "attributes are equal if all rights and the type are")
{
	for (unsigned int bits = 0; bits <= RIGHTS_ALL; bits++) {
		for (unsigned int other = 0; other <= RIGHTS_ALL; other++) {
			attrs_t a = attrs(bits, MT_WC);
			attrs_t b = attrs(other, MT_WC);

			CHECK_EQ(attrs_eq(a, b), bits == other);
			CHECK_EQ(attrs_has(a, other), (other & ~bits) == 0);
		}
	}
	for (enum memtype type = MT_WB; type < MT_COUNT; type++) {
		CHECK_EQ(attrs_eq(attrs(wx, type), attrs(wx, MT_WC)),
			 type == MT_WC);
	}
}

/* One right at a time: the rule has no other inputs. */
SELFTEST(apply, "a change clears, then sets, and leaves the rest")
{
	for (unsigned int bits = 0; bits <= RIGHTS_ALL; bits++) {
		attrs_t old = attrs(bits, MT_WT);

		for (unsigned int r = RIGHT_WRITE; r <= RIGHT_GLOBAL; r *= 2) {
			struct attrs_change set = { .set = rights(r),
						    .type = MT_KEEP };
			struct attrs_change clear = { .clear = rights(r),
						      .type = MT_UC };
			struct attrs_change both = { .set = rights(r),
						     .clear =
							     rights(RIGHTS_ALL),
						     .type = MT_WB };

			CHECK(attrs_eq(attrs_apply(old, set),
				       attrs(bits | r, MT_WT)));
			CHECK(attrs_eq(attrs_apply(old, clear),
				       attrs(bits & ~r, MT_UC)));
			CHECK(attrs_eq(attrs_apply(old, both),
				       attrs(r, MT_WB)));
		}
	}
}

SELFTEST(keep, "a change of nothing changes nothing, whatever the type")
{
	struct attrs_change nothing = { .type = MT_KEEP };

	for (enum memtype old = MT_WB; old < MT_COUNT; old++) {
		attrs_t a = attrs(RIGHT_USER | RIGHT_EXECUTE, old);

		CHECK(attrs_eq(attrs_apply(a, nothing), a));
		for (enum memtype type = MT_WB; type < MT_COUNT; type++) {
			struct attrs_change change = { .type = type };

			CHECK(attrs_eq(
				attrs_apply(a, change),
				attrs(RIGHT_USER | RIGHT_EXECUTE, type)));
		}
	}
}

SELFTEST(possible, "without NX all is executable, without global pages none is")
{
	for (unsigned int bits = 0; bits <= RIGHTS_ALL; bits++) {
		attrs_t a = attrs(bits, MT_UC_MINUS);
		unsigned int local = bits & ~(unsigned int)RIGHT_GLOBAL;
		struct paging paging = { .nx = true, .global = true };

		CHECK(attrs_eq(attrs_possible(&paging, a), a));
		paging.nx = false;
		CHECK(attrs_eq(attrs_possible(&paging, a),
			       attrs(bits | RIGHT_EXECUTE, MT_UC_MINUS)));
		paging.global = false;
		CHECK(attrs_eq(attrs_possible(&paging, a),
			       attrs(local | RIGHT_EXECUTE, MT_UC_MINUS)));
		paging.nx = true;
		CHECK(attrs_eq(attrs_possible(&paging, a),
			       attrs(local, MT_UC_MINUS)));
	}
}

static void check_text(unsigned int bits, enum memtype type,
		       const char *expected)
{
	char text[ATTRS_TEXT_MAX];

	attrs_format(text, attrs(bits, type));
	CHECK_STR(text, expected);
}

SELFTEST(texts, "attributes are written with a letter for each right")
{
	CHECK_CALL(check_text(0, MT_WB, "r---- WB"));
	CHECK_CALL(check_text(RIGHT_WRITE, MT_WT, "rw--- WT"));
	CHECK_CALL(check_text(RIGHT_EXECUTE, MT_WP, "r-x-- WP"));
	CHECK_CALL(check_text(RIGHT_USER, MT_WC, "r--u- WC"));
	CHECK_CALL(check_text(RIGHT_GLOBAL, MT_UC, "r---g UC"));
	CHECK_CALL(check_text(RIGHTS_ALL, MT_UC_MINUS, "rwxug UC-"));
}

SELFTEST(levels, "a level covers 512 times what the one below covers")
{
	static const uint64_t bytes[] = { 0x1000, 0x200000, 0x40000000,
					  0x8000000000, 0x1000000000000 };
	/* Indices 1, 2, 3, 4 and 5, from L5 down to L1. */
	vaddr_t address = vaddr(0x00010100c0805fff);

	for (level_t level = L1; level <= L5; level++) {
		CHECK_EQ(level_bytes(level), bytes[level - L1]);
		CHECK_EQ(BIT(level_shift(level)), bytes[level - L1]);
		CHECK_EQ(level_index(level, address), 6 - (unsigned int)level);
		CHECK_EQ(level_index(level, vaddr(UINT64_MAX)), 511);
	}
}

SELFTEST_SUITE(pte_attrs, &equal, &apply, &keep, &possible, &texts, &levels);
