// SPDX-License-Identifier: MIT
/*
 * Tests of page-table entries, bit by bit.
 *
 * Every number here is written out from Intel SDM vol. 3, tables 4-14 to 4-20,
 * and none is computed from the constants of pte.c. This is the only test that
 * looks into entries; those of pte_roundtrip_test.c trust nothing but it.
 */
#include "arch/x86/pte.h"

#include "lib/selftest.h"

#define ACCESSED UINT64_C(0x20)
#define DIRTY	 UINT64_C(0x40)
#define PAT_4K	 UINT64_C(0x80)
#define NX	 UINT64_C(0x8000000000000000)

#define LARGEST_MFN UINT64_C(0xffffffffff)

static struct paging paging_of(uint64_t msr)
{
	return (struct paging){ .pat = pat_from_msr(msr),
				.leaf_max = L3,
				.nx = true,
				.global = true };
}

static pte_t entry(uint64_t raw)
{
	return (pte_t){ raw };
}

static bool reads_as(const struct paging *paging, level_t level, uint64_t raw,
		     attrs_t a)
{
	return attrs_eq(pte_attrs(paging, level, entry(raw)), a);
}

/* ---- Encoding ------------------------------------------------------------ */

static const struct {
	uint64_t msr;
	enum memtype type;
	uint64_t small; /* PWT is bit 3, PCD bit 4, PAT bit 7 of an L1 entry */
	uint64_t large; /* and bit 12 of a large leaf. */
} type_cases[] = {
	{ PAT_MSR_NATIVE, MT_WB, 0x00, 0x0000 },
	{ PAT_MSR_NATIVE, MT_WC, 0x08, 0x0008 },
	{ PAT_MSR_NATIVE, MT_UC_MINUS, 0x10, 0x0010 },
	{ PAT_MSR_NATIVE, MT_UC, 0x18, 0x0018 },
	{ PAT_MSR_NATIVE, MT_WP, 0x88, 0x1008 },
	{ PAT_MSR_NATIVE, MT_WT, 0x98, 0x1018 },
	{ PAT_MSR_XEN, MT_WB, 0x00, 0x0000 },
	{ PAT_MSR_XEN, MT_WT, 0x08, 0x0008 },
	{ PAT_MSR_XEN, MT_UC_MINUS, 0x10, 0x0010 },
	{ PAT_MSR_XEN, MT_UC, 0x18, 0x0018 },
	{ PAT_MSR_XEN, MT_WC, 0x80, 0x1000 },
	{ PAT_MSR_XEN, MT_WP, 0x88, 0x1008 },
	{ PAT_MSR_RESET, MT_WB, 0x00, 0x0000 },
	{ PAT_MSR_RESET, MT_WT, 0x08, 0x0008 },
	{ PAT_MSR_RESET, MT_UC_MINUS, 0x10, 0x0010 },
	{ PAT_MSR_RESET, MT_UC, 0x18, 0x0018 },
};

/* PTE-2: an index with another type, or PS in L1, would be forbidden. */
SELFTEST(types, "PTE-2: leaves have the bits of their type, at every level")
{
	for (size_t i = 0; i < ARRAY_COUNT(type_cases); i++) {
		struct paging paging = paging_of(type_cases[i].msr);
		attrs_t a = attrs(RIGHT_WRITE, type_cases[i].type);
		pte_t small = pte_leaf(&paging, L1, mfn(0x12345), a);
		pte_t large = pte_leaf(&paging, L2, mfn(0x12200), a);
		pte_t huge = pte_leaf(&paging, L3, mfn(0x40000), a);

		CHECK_EQ(small.raw, 0x8000000012345063 | type_cases[i].small);
		CHECK_EQ(large.raw, 0x80000000122000e3 | type_cases[i].large);
		CHECK_EQ(huge.raw, 0x80000000400000e3 | type_cases[i].large);
	}
}

static const struct {
	unsigned int rights;
	uint64_t leaf;	/* P, A, D and the rights; if global, bit 8 as well. */
	uint64_t table; /* P, A and the rights. */
} right_cases[] = {
	{ 0, 0x8000000000000061, 0x8000000000000021 },
	{ RIGHT_WRITE, 0x8000000000000063, 0x8000000000000023 },
	{ RIGHT_EXECUTE, 0x61, 0x21 },
	{ RIGHT_WRITE | RIGHT_EXECUTE, 0x63, 0x23 },
	{ RIGHT_USER, 0x8000000000000065, 0x8000000000000025 },
	{ RIGHT_USER | RIGHT_WRITE, 0x8000000000000067, 0x8000000000000027 },
	{ RIGHT_USER | RIGHT_EXECUTE, 0x65, 0x25 },
	{ RIGHT_USER | RIGHT_WRITE | RIGHT_EXECUTE, 0x67, 0x27 },
};

static void check_leaf(attrs_t a, uint64_t bits)
{
	struct paging paging = paging_of(PAT_MSR_NATIVE);

	for (level_t level = L1; level <= L3; level++) {
		uint64_t raw = level == L1 ? bits : bits | 0x80;

		CHECK_EQ(pte_leaf(&paging, level, mfn(0), a).raw, raw);
		CHECK(reads_as(&paging, level, raw, a));
	}
}

SELFTEST(leaf_rights, "leaves have the bits of their rights, at every level")
{
	for (size_t i = 0; i < ARRAY_COUNT(right_cases); i++) {
		unsigned int bits = right_cases[i].rights;
		uint64_t raw = right_cases[i].leaf;

		CHECK_CALL(check_leaf(attrs(bits, MT_WB), raw));
		bits |= RIGHT_GLOBAL;
		CHECK_CALL(check_leaf(attrs(bits, MT_WB), raw | 0x100));
	}
}

/* PTE-2: PS is reserved in L4 and L5, and Xen refuses PS, G, PWT and PCD in
 * every upper entry (xen/arch/x86/mm.c, base_disallow_mask). */
SELFTEST(tables, "PTE-2: table entries have their rights and no other bits")
{
	struct paging paging = paging_of(PAT_MSR_XEN);

	for (size_t i = 0; i < ARRAY_COUNT(right_cases); i++) {
		rights_t r = rights(right_cases[i].rights);
		uint64_t bits = 0x12345000 | right_cases[i].table;

		CHECK_EQ(pte_rights(&paging, entry(bits)).bits, r.bits);
		for (level_t level = L2; level <= L5; level++) {
			CHECK_EQ(pte_table(&paging, level, mfn(0x12345), r).raw,
				 bits);
		}
	}
}

SELFTEST(frames, "frames reach up to bit 51 and down to the level's size")
{
	struct paging paging = paging_of(PAT_MSR_NATIVE);
	attrs_t a = attrs(RIGHT_EXECUTE, MT_WB);
	pte_t small = pte_leaf(&paging, L1, mfn(LARGEST_MFN), a);
	pte_t large = pte_leaf(&paging, L2, mfn(0xfffffffe00), a);
	pte_t huge = pte_leaf(&paging, L3, mfn(0xfffffc0000), a);
	pte_t table = pte_table(&paging, L2, mfn(LARGEST_MFN), a.rights);

	CHECK_EQ(small.raw, 0x000ffffffffff061);
	CHECK_EQ(large.raw, 0x000fffffffe000e1);
	CHECK_EQ(huge.raw, 0x000fffffc00000e1);
	CHECK_EQ(table.raw, 0x000ffffffffff021);
}

/* PTE-2: what the CPU reserves or the platform lacks is in no leaf. */
SELFTEST(without, "PTE-2: without NX and global pages their bits stay clear")
{
	/* By rights; what cannot be is not executable or global. */
	static const uint64_t bits[] = { 0, 0, 0x61, 0x63, 0, 0, 0x65, 0x67 };
	struct paging paging = paging_of(PAT_MSR_NATIVE);

	paging.nx = false;
	paging.global = false;
	for (unsigned int asked = 0; asked <= RIGHTS_ALL; asked++) {
		attrs_t a = attrs_possible(&paging, attrs(asked, MT_WT));
		uint64_t found = pte_leaf(&paging, L1, mfn(1), a).raw;

		CHECK(a.rights.bits < ARRAY_COUNT(bits));
		CHECK(bits[a.rights.bits] != 0);
		CHECK_EQ(found, 0x1098 | bits[a.rights.bits]);
		found = pte_table(&paging, L2, mfn(1), a.rights).raw;
		CHECK_EQ(found, 0x1000 | (bits[a.rights.bits] & ~DIRTY));
	}
}

/* PTE-3 */
SELFTEST(none, "PTE-3: an entry that is not present is all zero")
{
	CHECK_EQ(pte_none().raw, 0);
	CHECK(!pte_is_dirty_none(pte_none()));
	CHECK(!pte_is_dirty_none(entry(0x1)));
	CHECK(!pte_is_dirty_none(entry(UINT64_MAX)));
	CHECK(pte_is_dirty_none(entry(UINT64_MAX - 1)));
	for (unsigned int bit = 1; bit < 64; bit++) {
		CHECK(pte_is_dirty_none(entry(BIT(bit))));
		CHECK_EQ(pte_kind(entry(BIT(bit)), L1), PTE_NONE);
	}
}

/* ---- Decoding ------------------------------------------------------------ */

/* P is bit 0, PS bit 7, and bit 12 is the PAT bit of a large leaf. */
SELFTEST(kinds, "every value is one kind of entry at every level")
{
	static const struct {
		uint64_t raw;
		const char *kinds; /* Of L1 to L5. */
	} cases[] = {
		{ 0x0000, "-----" }, { 0x0080, "-----" }, { 0x1000, "-----" },
		{ 0x1080, "-----" }, { 0x0001, "LTTTT" }, { 0x1001, "LTTTT" },
		{ 0x0081, "LLLTT" }, { 0x1081, "LLLTT" },
	};
	static const char letters[] = {
		[PTE_NONE] = '-', [PTE_TABLE] = 'T', [PTE_LEAF] = 'L'
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		pte_t bare = entry(cases[i].raw);
		pte_t full = entry(cases[i].raw | ~UINT64_C(0x1081));

		for (level_t level = L1; level <= L5; level++) {
			char kind = cases[i].kinds[level - L1];

			CHECK_EQ(letters[pte_kind(bare, level)], kind);
			CHECK_EQ(letters[pte_kind(full, level)], kind);
		}
	}
}

SELFTEST(types_back, "the memory type is read from bit 7 in L1, else bit 12")
{
	for (size_t i = 0; i < ARRAY_COUNT(type_cases); i++) {
		struct paging paging = paging_of(type_cases[i].msr);
		enum memtype type = type_cases[i].type;
		pte_t small = entry(0x12345001 | type_cases[i].small);
		pte_t large = entry(0x40000081 | type_cases[i].large);

		CHECK_EQ(pte_attrs(&paging, L1, small).type, type);
		CHECK_EQ(pte_attrs(&paging, L2, large).type, type);
		CHECK_EQ(pte_attrs(&paging, L3, large).type, type);
	}
}

SELFTEST(frames_back, "no bit beside the frame leaks into it, and PAT does not")
{
	CHECK_EQ(pte_mfn(L1, entry(0x123450e3)).mfn, 0x12345);
	CHECK_EQ(pte_mfn(L2, entry(0x402010e3)).mfn, 0x40200);
	CHECK_EQ(pte_mfn(L3, entry(0x400010e3)).mfn, 0x40000);
	CHECK_EQ(pte_mfn(L1, entry(UINT64_MAX)).mfn, LARGEST_MFN);
	CHECK_EQ(pte_mfn(L2, entry(UINT64_MAX)).mfn, 0xfffffffe00);
	CHECK_EQ(pte_mfn(L3, entry(UINT64_MAX)).mfn, 0xfffffc0000);
	/* Of a table, bit 12 belongs to the frame. */
	CHECK_EQ(pte_mfn(L2, entry(0x40201023)).mfn, 0x40201);
	CHECK_EQ(pte_mfn(L3, entry(0x40001023)).mfn, 0x40001);
	CHECK_EQ(pte_mfn(L4, entry(UINT64_MAX)).mfn, LARGEST_MFN);
	CHECK_EQ(pte_mfn(L5, entry(UINT64_MAX)).mfn, LARGEST_MFN);
}

/* The CPU sets accessed and dirty; bits 9 to 11 and 52 to 62 are ignored, or
 * are a protection key that nobody switches on. */
SELFTEST(ignored, "accessed, dirty and software bits say nothing")
{
	struct paging paging = paging_of(PAT_MSR_XEN);
	attrs_t a = attrs(RIGHT_WRITE | RIGHT_USER, MT_WP);
	uint64_t raw = NX | 0x40000000 | 0x8 | 0x7;
	uint64_t nobodys = UINT64_C(0x7ff0000000000e60);

	for (unsigned int bit = 0; bit < 64; bit++) {
		uint64_t small = (raw | PAT_4K) ^ (nobodys & BIT(bit));
		uint64_t large = (raw | 0x1080) ^ (nobodys & BIT(bit));
		pte_t table = entry(raw ^ (nobodys & BIT(bit)));

		CHECK(reads_as(&paging, L1, small, a));
		CHECK(reads_as(&paging, L2, large, a));
		CHECK(reads_as(&paging, L3, large, a));
		CHECK_EQ(pte_rights(&paging, table).bits, a.rights.bits);
		CHECK_EQ(pte_mfn(L2, table).mfn, 0x40000);
	}
}

SELFTEST(without_back, "without NX all is executable, and nothing is global")
{
	struct paging paging = paging_of(PAT_MSR_NATIVE);
	pte_t all = entry(NX | 0x163);

	paging.nx = false;
	CHECK_EQ(pte_attrs(&paging, L1, all).rights.bits,
		 RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_GLOBAL);
	CHECK_EQ(pte_rights(&paging, all).bits, RIGHT_WRITE | RIGHT_EXECUTE);
	paging.nx = true;
	paging.global = false;
	CHECK_EQ(pte_attrs(&paging, L1, all).rights.bits, RIGHT_WRITE);
}

/* ---- What Xen hands back ------------------------------------------------- */

/* xen/arch/x86/pv/mm.h, adjust_guest_l1e to adjust_guest_l4e. */
#define XEN_KERNEL_MARK UINT64_C(0x0010000000000000)

static struct paging paging_of_xen(void)
{
	struct paging paging = paging_of(PAT_MSR_XEN);

	paging.leaf_max = L1;
	paging.global = false;
	paging.kernel_mark = XEN_KERNEL_MARK;
	return paging;
}

static pte_t edited_leaf(pte_t leaf)
{
	return entry(leaf.raw |
		     ((leaf.raw & 0x4) != 0 ? 0x100 : 0x10000000000004));
}

/* PTE-1 */
SELFTEST(xen_leaves, "PTE-1: leaves are read alike before and after Xen's edit")
{
	struct paging paging = paging_of_xen();

	for (unsigned int i = 0; i < 8 * MT_COUNT; i++) {
		attrs_t a = attrs(i % 8, (enum memtype)(i / 8));
		pte_t made = pte_leaf(&paging, L1, mfn(LARGEST_MFN), a);
		pte_t kept = edited_leaf(made);
		pte_t idle = entry(kept.raw & ~(ACCESSED | DIRTY));

		CHECK(made.raw != kept.raw);
		CHECK_EQ(made.raw & (XEN_KERNEL_MARK | 0x100), 0);
		CHECK(attrs_eq(pte_attrs(&paging, L1, made), a));
		CHECK(attrs_eq(pte_attrs(&paging, L1, kept), a));
		CHECK(attrs_eq(pte_attrs(&paging, L1, idle), a));
		CHECK_EQ(pte_mfn(L1, kept).mfn, LARGEST_MFN);
	}
}

SELFTEST(xen_literals, "a kernel leaf of Xen's has user bit and mark")
{
	struct paging paging = paging_of_xen();
	attrs_t data = attrs(RIGHT_WRITE, MT_WB);
	attrs_t code = attrs(RIGHT_EXECUTE, MT_WB);
	attrs_t buffer = attrs(RIGHT_WRITE, MT_WC);
	attrs_t user = attrs(RIGHT_WRITE | RIGHT_USER, MT_WB);

	CHECK(reads_as(&paging, L1, 0x8010000012345067, data));
	CHECK(reads_as(&paging, L1, 0x0010000012345025, code));
	CHECK(reads_as(&paging, L1, 0x80100000123450e7, buffer));
	CHECK(reads_as(&paging, L1, 0x8000000012345167, user));
	CHECK_EQ(pte_mfn(L1, entry(0x8010000012345067)).mfn, 0x12345);
}

/* Xen adds the user bit, and the accessed bit in L4. So upper entries always
 * admit the user, and are read so even before Xen has seen them. */
SELFTEST(xen_tables, "PTE-1: upper entries are read alike after Xen's edit")
{
	struct paging paging = paging_of_xen();

	for (unsigned int bits = 0; bits < 8; bits++) {
		for (level_t level = L2; level <= L4; level++) {
			pte_t made = pte_table(&paging, level, mfn(0x12345),
					       rights(bits));
			pte_t kept = entry(made.raw | 0x4 | ACCESSED);
			pte_t idle = entry(kept.raw & ~ACCESSED);
			unsigned int found = bits | RIGHT_USER;

			CHECK_EQ(pte_rights(&paging, made).bits, found);
			CHECK_EQ(pte_rights(&paging, kept).bits, found);
			CHECK_EQ(pte_rights(&paging, idle).bits, found);
			CHECK_EQ(pte_kind(kept, level), PTE_TABLE);
			CHECK_EQ(pte_mfn(level, kept).mfn, 0x12345);
		}
	}
}

/* What a change of type leaves in the table. */
static pte_t retyped(const struct paging *paging, pte_t old, enum memtype type)
{
	struct attrs_change change = { .type = type };
	attrs_t want = attrs_apply(pte_attrs(paging, L1, old), change);

	return edited_leaf(pte_leaf(paging, L1, pte_mfn(L1, old), want));
}

/* The historic mistake: bit 7 was taken for the size and masked away, and
 * under Xen's layout it is all that tells WC from WB. */
SELFTEST(raw_blind, "attributes see a change to WC and back, bits may not")
{
	struct paging paging = paging_of_xen();
	attrs_t wb = attrs(RIGHT_WRITE, MT_WB);
	attrs_t wc = attrs(RIGHT_WRITE, MT_WC);
	uint64_t low = 0xf7f; /* Without bit 7. */
	pte_t first = edited_leaf(pte_leaf(&paging, L1, mfn(7), wb));
	pte_t middle = retyped(&paging, first, MT_WC);
	pte_t last = retyped(&paging, middle, MT_WB);

	CHECK_EQ(middle.raw & low, first.raw & low);
	CHECK(!attrs_eq(pte_attrs(&paging, L1, middle), wb));
	CHECK(attrs_eq(pte_attrs(&paging, L1, middle), wc));
	CHECK(attrs_eq(pte_attrs(&paging, L1, last), wb));
	CHECK_EQ(last.raw, first.raw);
}

SELFTEST_SUITE(pte, &types, &leaf_rights, &tables, &frames, &without, &none,
	       &kinds, &types_back, &frames_back, &ignored, &without_back,
	       &xen_leaves, &xen_literals, &xen_tables, &raw_blind);
