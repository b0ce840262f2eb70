// SPDX-License-Identifier: MIT
/*
 * What is encoded is decoded again.
 *
 * All combinations there are, on platforms made up here, so that each is tried
 * wherever the test runs. Entries stay closed: what their bits are is for
 * pte_test.c to say.
 */
#include "arch/x86/pte.h"

#include "lib/selftest.h"

#define LARGEST_MFN UINT64_C(0xffffffffff)

/* Any aligned frame shows what leaks into it, and the largest what is lost. */
static mfn_t aligned_frame(uint64_t number, level_t level)
{
	return mfn(align_down(number, level_bytes(level) / PAGE_BYTES));
}

/* PTE-1 for a leaf. */
static void check_leaf(const struct paging *paging, level_t level, mfn_t frame,
		       attrs_t a)
{
	pte_t leaf = pte_leaf(paging, level, frame, a);
	char asked[ATTRS_TEXT_MAX];
	char got[ATTRS_TEXT_MAX];
	attrs_t found;
	mfn_t found_frame;

	CHECK_EQ(pte_kind(leaf, level), PTE_LEAF);
	found = pte_attrs(paging, level, leaf);
	found_frame = pte_mfn(level, leaf);
	if (attrs_eq(found, a) && mfn_eq(found_frame, frame)) {
		return;
	}
	attrs_format(asked, a);
	attrs_format(got, found);
	FAIL("PAT 0x%lx, L%d: \"%s\" of frame 0x%lx is read as \"%s\" of 0x%lx",
	     paging->pat.msr, (int)level, asked, frame.mfn, got,
	     found_frame.mfn);
}

/* PTE-1 for an upper entry; where the platform has a mark, all of them admit
 * the user. */
static void check_table(const struct paging *paging, level_t level, mfn_t frame,
			rights_t r)
{
	unsigned int added = paging->kernel_mark != 0 ? RIGHT_USER : 0;
	pte_t table = pte_table(paging, level, frame, r);

	CHECK_EQ(pte_kind(table, level), PTE_TABLE);
	CHECK_EQ(pte_rights(paging, table).bits, r.bits | added);
	CHECK_EQ(pte_mfn(level, table).mfn, frame.mfn);
}

/* ---- All there is on three layouts --------------------------------------- */

static const struct {
	uint64_t msr;
	level_t leaf_max;
	bool global;
	uint64_t kernel_mark;
} platforms[] = {
	{ PAT_MSR_NATIVE, L3, true, 0 },     { PAT_MSR_NATIVE, L3, false, 0 },
	{ PAT_MSR_RESET, L3, true, 0 },	     { PAT_MSR_RESET, L3, false, 0 },
	{ PAT_MSR_XEN, L3, true, 0 },	     { PAT_MSR_XEN, L3, false, 0 },
	{ PAT_MSR_XEN, L1, false, BIT(52) },
};

/* Each platform with and without NX. */
#define PAGING_COUNT (2 * ARRAY_COUNT(platforms))

static struct paging paging_number(size_t i)
{
	return (struct paging){
		.pat = pat_from_msr(platforms[i / 2].msr),
		.leaf_max = platforms[i / 2].leaf_max,
		.nx = i % 2 != 0,
		.global = platforms[i / 2].global,
		.kernel_mark = platforms[i / 2].kernel_mark,
	};
}

static bool is_possible(const struct paging *paging, attrs_t a)
{
	return attrs_eq(attrs_possible(paging, a), a);
}

static void check_leaves(const struct paging *paging, enum memtype type)
{
	for (unsigned int bits = 0; bits <= RIGHTS_ALL; bits++) {
		attrs_t a = attrs(bits, type);

		if (!is_possible(paging, a)) {
			continue;
		}
		for (level_t level = L1; level <= paging->leaf_max; level++) {
			mfn_t frame = aligned_frame(LARGEST_MFN, level);

			CHECK_CALL(check_leaf(paging, level, frame, a));
		}
	}
}

SELFTEST(leaves, "PTE-1: all leaves are read as they were made")
{
	for (size_t i = 0; i < PAGING_COUNT; i++) {
		struct paging paging = paging_number(i);

		for (enum memtype type = MT_WB; type < MT_COUNT; type++) {
			if (pat_index(&paging.pat, type) >= 0) {
				CHECK_CALL(check_leaves(&paging, type));
			}
		}
	}
}

static void check_tables(const struct paging *paging)
{
	for (unsigned int bits = 0; bits < RIGHT_GLOBAL; bits++) {
		if (!is_possible(paging, attrs(bits, MT_WB))) {
			continue;
		}
		for (level_t level = L2; level <= L5; level++) {
			CHECK_CALL(check_table(paging, level, mfn(LARGEST_MFN),
					       rights(bits)));
		}
	}
}

SELFTEST(tables, "PTE-1: all table entries are read as they were made")
{
	for (size_t i = 0; i < PAGING_COUNT; i++) {
		struct paging paging = paging_number(i);

		CHECK_CALL(check_tables(&paging));
	}
}

/* ---- Layouts that nobody has --------------------------------------------- */

static uint64_t random_msr(struct random *random)
{
	/* The others are reserved: no MSR can hold them. */
	static const uint8_t encodings[] = { 0, 1, 4, 5, 6, 7 };
	uint64_t number = random_u64(random);
	uint64_t msr = 0;

	for (unsigned int i = 0; i < PAT_COUNT; i++) {
		msr = msr << 8 | encodings[number % ARRAY_COUNT(encodings)];
		number /= ARRAY_COUNT(encodings);
	}
	return msr;
}

static struct paging random_paging(struct random *random)
{
	uint64_t number = random_u64(random);
	bool marks = (number & 1) != 0;

	return (struct paging){
		.pat = pat_from_msr(random_msr(random)),
		.leaf_max = (level_t)(L1 + number / 4 % 3),
		.nx = (number & 0x100) != 0,
		/* Where there is a mark, the global bit is the platform's. */
		.global = !marks && (number & 0x200) != 0,
		.kernel_mark = marks ? BIT(52 + number / 0x400 % 7) : 0,
	};
}

static void check_random(const struct paging *paging, struct random *random,
			 enum memtype type)
{
	uint64_t number = random_u64(random);
	unsigned int bits = number & RIGHTS_ALL;
	attrs_t a = attrs_possible(paging, attrs(bits, type));
	level_t level = (level_t)(L1 + number / 16 % paging->leaf_max);
	level_t upper = (level_t)(L2 + number / 64 % 4);
	uint64_t frame = number >> 24; /* 40 bits */

	if (pat_index(&paging->pat, type) >= 0) {
		CHECK_CALL(check_leaf(paging, level,
				      aligned_frame(frame, level), a));
	}
	a.rights.bits &= RIGHT_GLOBAL - 1;
	CHECK_CALL(check_table(paging, upper, mfn(frame), a.rights));
}

SELFTEST(layouts, "PTE-1: so it is under any layout of the PAT")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(60);

	for (uint64_t i = 0; i < rounds; i++) {
		struct paging paging = random_paging(&random);

		for (enum memtype type = MT_WB; type < MT_COUNT; type++) {
			CHECK_CALL(check_random(&paging, &random, type));
		}
	}
}

SELFTEST_SUITE(pte_roundtrip, &leaves, &tables, &layouts);
