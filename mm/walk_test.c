// SPDX-License-Identifier: MIT
/*
 * Tests of walking page tables.
 *
 * On tables that the test makes by itself, entry by entry, and that no CPU
 * uses; so they may have as many levels as the test likes.
 */
#include "mm/walk.h"

#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/selftest.h"
#include "mm/test_pages.h"

/* Most tests need few; pages take time to clear. */
#define TABLES	    6
#define TABLES_MANY 20

static struct pgtable pt;
static pfn_t first;
static size_t table_count;
static size_t used;

static pte_t *entries_of(pfn_t table)
{
	return phys_ptr(pfn_paddr(table));
}

static pfn_t new_table(void)
{
	pfn_t table = pfn(first.pfn + used++);

	ASSERT(used <= table_count);
	memset(entries_of(table), 0, PAGE_BYTES);
	return table;
}

static void begin(level_t levels, size_t tables)
{
	table_count = tables;
	first = test_pages_take(tables);
	if (pfn_eq(first, PFN_NONE)) {
		ERROR("no memory for the test");
	}
	used = 0;
	pt = (struct pgtable){ .pv = pv(), .levels = levels };
	pt.root = new_table();
}

static void end(void)
{
	test_pages_give(first, table_count);
}

static bool has_leaves(level_t level)
{
	return level <= pv()->paging->leaf_max;
}

static attrs_t plain(void)
{
	return attrs(RIGHT_EXECUTE, MT_WB);
}

/* The entry of the level for the address, with tables of all rights above. */
static pte_t *make_way(vaddr_t at, level_t level)
{
	pfn_t table = pt.root;

	for (level_t l = pt.levels; l > level; l = (level_t)(l - 1)) {
		pte_t *entry = &entries_of(table)[level_index(l, at)];

		if (pte_kind(*entry, l) == PTE_NONE) {
			table = new_table();
			*entry = pte_table(pv()->paging, l,
					   pv()->pfn_to_mfn(table),
					   rights(RIGHT_WRITE | RIGHT_EXECUTE |
						  RIGHT_USER));
		} else {
			table = pv()->mfn_to_pfn(pte_mfn(l, *entry));
		}
	}
	return &entries_of(table)[level_index(level, at)];
}

/* A frame for the address that every size of leaf can have. */
static mfn_t frame_for(vaddr_t at, level_t level)
{
	return mfn(align_down(at.va & (BIT(40) - 1), level_bytes(level)) >>
		   PAGE_SHIFT);
}

static void map(vaddr_t at, level_t level)
{
	*make_way(at, level) =
		pte_leaf(pv()->paging, level, frame_for(at, level), plain());
}

/* Somewhere with other indices on each level. */
#define SOMEWHERE UINT64_C(0xffffa3c5e7a91000)

static void check_found(level_t levels, level_t level)
{
	vaddr_t at = vaddr(align_down(SOMEWHERE, level_bytes(level)));
	vaddr_t last = vaddr_add(at, level_bytes(level) - 1);
	struct found found;

	CHECK_CALL(begin(levels, TABLES));
	map(at, level);
	found = walk_to(&pt, last, L1);
	CHECK_EQ(found.kind, PTE_LEAF);
	CHECK_EQ(found.place.level, level);
	CHECK_EQ(found.place.index, level_index(level, at));
	CHECK_EQ(found.place.va.va, at.va);
	/* The tables were made from the root down. */
	CHECK_EQ(found.place.table.pfn, first.pfn + levels - level);
	CHECK(mfn_eq(pte_mfn(level, found.entry), frame_for(at, level)));
	/* Looked for at its own level, and above it. */
	CHECK_EQ(walk_to(&pt, at, level).place.level, level);
	if (level < levels) {
		found = walk_to(&pt, at, (level_t)(level + 1));
		CHECK_EQ(found.place.level, level + 1);
		CHECK_EQ(found.kind, PTE_TABLE);
	}
	end();
}

SELFTEST(finds, "a leaf is found at its level, with its place, by any byte")
{
	for (level_t levels = L4; levels <= L5;
	     levels = (level_t)(levels + 1)) {
		for (level_t level = L1; has_leaves(level);
		     level = (level_t)(level + 1)) {
			CHECK_CALL(check_found(levels, level));
		}
	}
}

static void check_missing(level_t levels, level_t level)
{
	vaddr_t at = vaddr(SOMEWHERE);
	struct found found;

	CHECK_CALL(begin(levels, TABLES));
	(void)make_way(at, level);
	found = walk_to(&pt, at, L1);
	CHECK_EQ(found.kind, PTE_NONE);
	CHECK_EQ(found.place.level, level);
	CHECK_EQ(found.place.index, level_index(level, at));
	CHECK_EQ(found.place.va.va, align_down(at.va, level_bytes(level)));
	CHECK_EQ(found.rights.bits, 0);
	end();
}

SELFTEST(missing, "what is not mapped ends at the first entry that is empty")
{
	for (level_t levels = L4; levels <= L5;
	     levels = (level_t)(levels + 1)) {
		for (level_t level = L1; level <= levels;
		     level = (level_t)(level + 1)) {
			CHECK_CALL(check_missing(levels, level));
		}
	}
}

/* ---- Rights -------------------------------------------------------------- */

/* What the platform reads from an upper entry that was given these. */
static unsigned int upper(unsigned int bits)
{
	return bits | (pv()->paging->kernel_mark != 0 ? RIGHT_USER : 0);
}

/* The rights a leaf has in all, below a table of the level. */
static void check_rights(level_t level, unsigned int above, unsigned int own)
{
	const struct paging *paging = pv()->paging;
	pte_t *table = make_way(vaddr(SOMEWHERE), level);
	pte_t *leaf = make_way(vaddr(SOMEWHERE), L1);
	pte_t before = *table;

	*table =
		pte_table(paging, level, pte_mfn(level, before), rights(above));
	*leaf = pte_leaf(paging, L1, mfn(1), attrs(own, MT_WB));
	CHECK_EQ(walk_to(&pt, vaddr(SOMEWHERE), L1).rights.bits,
		 upper(above) & own);
	*table = before;
}

/* Without NX an entry cannot forbid to execute. */
static bool is_possible(unsigned int bits)
{
	return pv()->paging->nx || (bits & RIGHT_EXECUTE) != 0;
}

SELFTEST(narrows, "a right is one that the leaf and every table above it give")
{
	CHECK_CALL(begin(L5, TABLES));
	(void)make_way(vaddr(SOMEWHERE), L1);
	/* Three bits each. */
	for (unsigned int both = 0; both <= 0x3f; both++) {
		unsigned int above = both >> 3;
		unsigned int own = both & 7;

		if (!is_possible(above) || !is_possible(own)) {
			continue;
		}
		for (level_t l = L2; l <= L5; l = (level_t)(l + 1)) {
			CHECK_CALL(check_rights(l, above, own));
		}
	}
	end();
}

SELFTEST(global, "a leaf is global by itself, whatever is above it")
{
	pte_t *leaf;

	if (!pv()->paging->global) {
		SKIP("no global pages here");
	}
	CHECK_CALL(begin(L4, TABLES));
	leaf = make_way(vaddr(SOMEWHERE), L1);
	*leaf = pte_leaf(pv()->paging, L1, mfn(1),
			 attrs(RIGHT_EXECUTE | RIGHT_GLOBAL, MT_WB));
	CHECK_EQ(walk_to(&pt, vaddr(SOMEWHERE), L1).rights.bits,
		 RIGHT_EXECUTE | RIGHT_GLOBAL);
	*leaf = pte_leaf(pv()->paging, L1, mfn(1), plain());
	CHECK_EQ(walk_to(&pt, vaddr(SOMEWHERE), L1).rights.bits, RIGHT_EXECUTE);
	end();
}

/* ---- Visiting ------------------------------------------------------------ */

#define SEEN_MAX 16

static struct {
	size_t count;
	size_t limit; /* After so many, stop. */
	struct place places[SEEN_MAX];
} seen;

static unsigned int see(const struct found *found, void *context)
{
	(void)context;
	if (found->kind != PTE_LEAF || seen.count == SEEN_MAX) {
		return 0;
	}
	seen.places[seen.count++] = found->place;
	return seen.count != seen.limit;
}

static void check_seen(const uint64_t *expected, size_t count)
{
	CHECK_EQ(seen.count, count);
	for (size_t i = 0; i < count; i++) {
		CHECK_EQ(seen.places[i].va.va, expected[i]);
	}
}

static void check_range(uint64_t start, uint64_t bytes,
			const uint64_t *expected, size_t count)
{
	seen.count = 0;
	seen.limit = SEEN_MAX;
	walk_leaves(&pt, vaddr(start), bytes, see, NULL);
	CHECK_CALL(check_seen(expected, count));
}

/* The ends of both halves, with the largest leaves there are. */
static void check_ends(level_t levels)
{
	uint64_t half = level_bytes(levels) * (ENTRY_COUNT / 2);
	uint64_t size = level_bytes(pv()->paging->leaf_max);
	/* A walk passes over what belongs to a hypervisor. */
	uint64_t lowest = pv()->paging->hypervisor && levels == L4
				  ? HYPERVISOR_VADDR + HYPERVISOR_BYTES
				  : -half;
	const uint64_t places[] = { 0, half - size, lowest, -size };

	CHECK_CALL(begin(levels, TABLES_MANY));
	/* In another order than they are to be visited in. */
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		map(vaddr(places[i * 3 % ARRAY_COUNT(places)]),
		    pv()->paging->leaf_max);
	}
	CHECK_CALL(check_range(places[1], places[2] + 1 - places[1], &places[1],
			       2));
	CHECK_CALL(check_range(places[3], size, &places[3], 1));
	CHECK_CALL(check_range(UINT64_MAX, 1, &places[3], 1));
	/* That takes long. */
	if (levels == L4) {
		seen.count = 0;
		walk_all_leaves(&pt, see, NULL);
		CHECK_CALL(check_seen(places, ARRAY_COUNT(places)));
	}
	end();
}

SELFTEST(ends, "a walk goes from 0 over the hole in the middle to the top")
{
	CHECK_CALL(check_ends(L4));
	CHECK_CALL(check_ends(L5));
}

SELFTEST(hypervisor, "what belongs to a hypervisor is passed over, no more")
{
	uint64_t behind = HYPERVISOR_VADDR + HYPERVISOR_BYTES;
	const uint64_t places[] = { PAGE_BYTES, behind };

	if (!pv()->paging->hypervisor) {
		SKIP("there is none");
	}
	CHECK_CALL(begin(L4, TABLES_MANY));
	map(vaddr(places[0]), L1);
	map(vaddr(HYPERVISOR_VADDR), L1);
	map(vaddr(behind - PAGE_BYTES), L1);
	map(vaddr(behind), L1);
	CHECK_CALL(check_range(0, UINT64_MAX, places, 2));
	end();
}

SELFTEST(order, "leaves are visited in ascending order, each one once")
{
	uint64_t base = UINT64_C(0xffffa00000000000);
	const uint64_t places[] = { base + 0x1ff000, base + 0x200000,
				    base + 0x201000, base + 0x205000 };

	CHECK_CALL(begin(L4, TABLES_MANY));
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		map(vaddr(places[i * 3 % ARRAY_COUNT(places)]), L1);
	}
	CHECK_CALL(
		check_range(places[0], places[3] + 1 - places[0], places, 4));
	/* A byte of a leaf is enough, one beside it is not. */
	CHECK_CALL(check_range(places[0] + 0xfff, 2, places, 2));
	CHECK_CALL(check_range(places[0] + 0xfff, 1, places, 1));
	CHECK_CALL(check_range(places[2] + 0x1000,
			       places[3] - places[2] - 0x1000, NULL, 0));
	CHECK_CALL(check_range(places[2] + 0xfff, places[3] - places[2] - 0xffe,
			       &places[2], 2));
	end();
}

SELFTEST(sizes, "leaves of every size are met as one, and the next behind it")
{
	uint64_t base = UINT64_C(0xffffa00000000000);

	for (level_t level = L2; has_leaves(level);
	     level = (level_t)(level + 1)) {
		uint64_t size = level_bytes(level);
		const uint64_t places[] = { base, base + size };

		CHECK_CALL(begin(L4, TABLES));
		map(vaddr(base), level);
		map(vaddr(base + size), L1);
		CHECK_CALL(check_range(base, size + PAGE_BYTES, places, 2));
		CHECK_CALL(
			check_range(base + size / 2, size / 2 + 1, places, 2));
		CHECK_CALL(check_range(base + size - 1, 1, places, 1));
		end();
	}
	CHECK(has_leaves(L1));
}

SELFTEST(stops, "a walk ends when the visitor says so")
{
	uint64_t base = UINT64_C(0xffffa00000000000);
	const uint64_t places[] = { base, base + PAGE_BYTES };

	CHECK_CALL(begin(L4, TABLES));
	map(vaddr(places[0]), L1);
	map(vaddr(places[1]), L1);
	seen.count = 0;
	seen.limit = 1;
	walk_all_leaves(&pt, see, NULL);
	CHECK_CALL(check_seen(places, 1));
	end();
}

SELFTEST_SUITE(walk, &finds, &missing, &narrows, &global, &ends, &hypervisor,
	       &order, &sizes, &stops);
