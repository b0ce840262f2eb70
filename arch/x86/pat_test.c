// SPDX-License-Identifier: MIT
/*
 * Tests of the page attribute table.
 *
 * Against the encodings of the manual (Intel SDM vol. 3, table 12-10), which
 * are written here once more, as a table.
 */
#include "arch/x86/pat.h"

#include "lib/selftest.h"

/* All the others are reserved. */
static const enum memtype encodings[] = { MT_UC, MT_WC, MT_UC, MT_UC,
					  MT_WT, MT_WP, MT_WB, MT_UC_MINUS };

static enum memtype expected_type(unsigned int encoding)
{
	return encoding < ARRAY_COUNT(encodings) ? encodings[encoding] : MT_UC;
}

static void check_layout(uint64_t msr, const char *names)
{
	struct pat pat = pat_from_msr(msr);

	CHECK_EQ(pat.msr, msr);
	for (unsigned int i = 0; i < PAT_COUNT; i++) {
		const char *name = memtype_name(pat.types[i]);
		size_t length = strlen(name);

		CHECK(strncmp(names, name, length) == 0);
		CHECK(names[length] == ' ');
		names += length + 1;
	}
	CHECK_EQ(*names, '\0');
}

SELFTEST(layouts, "the three layouts in use are those of their comments")
{
	CHECK_CALL(
		check_layout(0x0407050600070106, "WB WC UC- UC WB WP UC- WT "));
	CHECK_CALL(check_layout(0x050100070406, "WB WT UC- UC WC WP UC UC "));
	CHECK_CALL(
		check_layout(0x0007040600070406, "WB WT UC- UC WB WT UC- UC "));
	CHECK_EQ(PAT_MSR_NATIVE, 0x0407050600070106);
	CHECK_EQ(PAT_MSR_XEN, 0x050100070406);
	CHECK_EQ(PAT_MSR_RESET, 0x0007040600070406);
}

/* PAT-1: whatever the MSR reads as, and nothing else, makes the layout. The
 * step is odd, so that each byte of the MSR takes every value. */
SELFTEST(bytes, "PAT-1: every value of every byte of the MSR is understood")
{
	for (unsigned int value = 0; value < 0x100; value++) {
		struct pat pat;
		uint64_t msr = 0;

		for (unsigned int i = 0; i < PAT_COUNT; i++) {
			msr |= (uint64_t)((value + 37 * i) & 0xff) << 8 * i;
		}
		pat = pat_from_msr(msr);
		CHECK_EQ(pat.msr, msr);
		for (unsigned int i = 0; i < PAT_COUNT; i++) {
			CHECK_EQ(pat.types[i],
				 expected_type((value + 37 * i) & 0xff));
		}
	}
}

/* Every index below the one that was found has another type. */
static void check_index(const struct pat *pat, enum memtype type)
{
	int index = pat_index(pat, type);
	int end = index < 0 ? PAT_COUNT : index;

	CHECK(index >= -1 && index < PAT_COUNT);
	CHECK(index < 0 || pat->types[index] == type);
	for (int i = 0; i < end; i++) {
		CHECK(pat->types[i] != type);
	}
}

/* PAT-2 */
SELFTEST(indices, "PAT-2: an index has just the type that was asked for")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(50);

	for (uint64_t i = 0; i < rounds; i++) {
		/* Half of all random bytes would be uncached. */
		struct pat pat = pat_from_msr(random_u64(&random) &
					      UINT64_C(0x0707070707070707));

		for (enum memtype type = MT_WB; type < MT_COUNT; type++) {
			CHECK_CALL(check_index(&pat, type));
		}
	}
}

SELFTEST(lowest, "PAT-2: a type has its lowest index, or none")
{
	static const struct {
		uint64_t msr;
		int indices[MT_COUNT]; /* WB, WT, WP, WC, UC-, UC. */
	} cases[] = {
		{ PAT_MSR_NATIVE, { 0, 7, 5, 1, 2, 3 } },
		{ PAT_MSR_XEN, { 0, 1, 5, 4, 2, 3 } },
		{ PAT_MSR_RESET, { 0, 1, -1, -1, 2, 3 } },
		{ 0, { -1, -1, -1, -1, -1, 0 } },
		{ 0x0601010101010101, { 7, -1, -1, 0, -1, -1 } },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct pat pat = pat_from_msr(cases[i].msr);

		for (enum memtype type = MT_WB; type < MT_COUNT; type++) {
			CHECK_EQ(pat_index(&pat, type), cases[i].indices[type]);
		}
	}
}

SELFTEST(names, "memory types are called as in the manual")
{
	CHECK_STR(memtype_name(MT_WB), "WB");
	CHECK_STR(memtype_name(MT_WT), "WT");
	CHECK_STR(memtype_name(MT_WP), "WP");
	CHECK_STR(memtype_name(MT_WC), "WC");
	CHECK_STR(memtype_name(MT_UC_MINUS), "UC-");
	CHECK_STR(memtype_name(MT_UC), "UC");
}

SELFTEST_SUITE(pat, &layouts, &bytes, &indices, &lowest, &names);
