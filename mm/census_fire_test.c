// SPDX-License-Identifier: MIT
/*
 * Tests that the census sees what it is to see.
 *
 * One violation at a time is planted in the tables in use, past auditor and
 * ledger; the census must complain of it by the right rule, at the right place,
 * and once all is restored no longer. What cannot be planted is in
 * census_judge_test.c.
 */
#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "arch/x86/stacks.h"
#include "mm/census_judge.h"
#include "mm/cpa.h"
#include "mm/iomap.h"
#include "mm/own_tables.h"
#include "mm/table.h"
#include "mm/test_pages.h"

static struct pgtable *pt;
static pfn_t pages[3]; /* In order, each in a leaf of one page. */
static struct census clean;
static struct census taken;

/* Without NX all that is writable is executable. */
static uint64_t complaints(const struct census *found)
{
	return found->complaints -
	       (found->nx ? 0 : found->broken[CENSUS_WX].count);
}

/* ---- Planting ------------------------------------------------------------ */

/* What the entry holds, as it is stored: a hypervisor adds bits. */
static uint64_t stored_at(struct place place)
{
	pte_t entry = pt_read(place);
	uint64_t bits;

	if (pte_kind(entry, place.level) == PTE_LEAF) {
		entry = pte_leaf(pt_paging(pt), place.level,
				 pte_mfn(place.level, entry),
				 pte_attrs(pt_paging(pt), place.level, entry));
	}
	memcpy(&bits, &entry, sizeof(bits));
	return bits;
}

static void store(struct place place, uint64_t bits)
{
	const struct batch_op ops[] = { { .kind = BATCH_STORE,
					  .level = place.level,
					  .index = place.index,
					  .table = place.table,
					  .entry = pte_read(&bits),
					  .va = place.va },
					{ .kind = BATCH_FLUSH_ALL } };
	size_t done;

	CHECK_EQ(pt->pv->commit(ops, ARRAY_COUNT(ops), &done), OK);
}

/* Takes the census with other bits in the entry. */
static void take_with(struct place place, uint64_t bits)
{
	uint64_t before = stored_at(place);

	CHECK_CALL(store(place, bits));
	taken = *census_take();
	CHECK_CALL(store(place, before));
}

/* Complaints by the rule that were not there before; the first is here. */
static void check_rule(enum census_rule rule, uint64_t count, uint64_t va)
{
	CHECK_EQ(taken.broken[rule].count - clean.broken[rule].count, count);
	if (count != 0 && clean.broken[rule].count == 0) {
		CHECK_EQ(taken.broken[rule].first.va, va);
	}
}

/* And none by any other rule. */
static void check_only(enum census_rule rule, uint64_t va)
{
	CHECK_CALL(check_rule(rule, 1, va));
	CHECK_EQ(complaints(&taken), 1);
}

static uint64_t frame_bits(pfn_t frame)
{
	return pt->pv->pfn_to_mfn(frame).mfn << PAGE_SHIFT;
}

static struct place place_of(vaddr_t address)
{
	return walk_to(pt, address, L1).place;
}

static vaddr_t page_va(unsigned int i)
{
	return direct_map_vaddr(pfn_paddr(pages[i]));
}

static enum err change(const struct cpa_op *op)
{
	struct cpa_space space = { pt, kernel_regions(), kernel_ram() };
	struct cpa_pages range = cpa_range(page_va(0), ARRAY_COUNT(pages));

	return cpa_change(&space, op, &range, NULL);
}

/* A table that was made by the split, and is to stay: for the census it is a
 * table like any. */
static bool kept;

static void begin_split(void)
{
	pfn_t table;

	CHECK_EQ(change(&cpa_4k), OK);
	table = place_of(page_va(0)).table;
	kept = page_kind_of(pt->pages, table) == PAGE_TABLE_KEPT;
	if (kept) {
		page_set_kind(pt->pages, table, PAGE_TABLE_LIVE);
	}
}

static void end_split(void)
{
	if (kept) {
		page_set_kind(pt->pages, place_of(page_va(0)).table,
			      PAGE_TABLE_KEPT);
	}
	CHECK_EQ(change(&cpa_any), OK);
}

static void begin(void)
{
	pfn_t first = test_pages_take(ARRAY_COUNT(pages));

	pt = kernel_pgtable();
	if (pfn_eq(first, PFN_NONE)) {
		ERROR("no memory for the test");
	}
	for (unsigned int i = 0; i < ARRAY_COUNT(pages); i++) {
		pages[i] = pfn(first.pfn + i);
	}
	CHECK_CALL(begin_split());
	clean = *census_take();
	CHECK_EQ(complaints(&clean), 0);
}

static void end(void)
{
	CHECK_EQ(complaints(census_take()), 0);
	CHECK_CALL(end_split());
	test_pages_give(pages[0], ARRAY_COUNT(pages));
}

/* ---- The direct map ------------------------------------------------------ */

SELFTEST(other_right, "a right that one page of many lacks is seen")
{
	struct place place;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	place = place_of(page_va(1));
	CHECK_EQ(place.level, L1);
	CHECK_CALL(take_with(place, stored_at(place) & ~RW));
	CHECK_CALL(check_only(CENSUS_RIGHTS, page_va(1).va));
	if (pt_paging(pt)->global) {
		CHECK_CALL(take_with(place, stored_at(place) ^ GLOBAL));
		CHECK_CALL(check_only(CENSUS_RIGHTS, page_va(1).va));
	}
	CHECK_CALL(end());
}

/* What comes behind it is not where RAM goes on. */
SELFTEST(missing, "a page of RAM that is not mapped is seen")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	CHECK_CALL(take_with(place_of(page_va(1)), 0));
	CHECK_CALL(check_only(CENSUS_RAM, page_va(2).va));
	CHECK_CALL(end());
}

SELFTEST(elsewhere, "a page of RAM with another page's frame is seen")
{
	struct place place;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	place = place_of(page_va(1));
	CHECK_CALL(take_with(place, (stored_at(place) & ~FRAME) |
					    frame_bits(pages[0])));
	CHECK_CALL(check_only(CENSUS_RAM, page_va(1).va));
	CHECK_CALL(end());
}

SELFTEST(other_type, "a memory type other than write-back is seen")
{
	struct place place;

	SKIP_WITHOUT_TABLES();
	if (!pv()->paging->memtypes) {
		SKIP("memory can have no other type here");
	}
	CHECK_CALL(begin());
	place = place_of(page_va(1));
	CHECK_CALL(take_with(place, stored_at(place) | PWT | PCD));
	CHECK_CALL(check_only(CENSUS_TYPE, page_va(1).va));
	CHECK_CALL(end());
}

/* Not the mapping is wrong here but what the allocator knows of the frame. */
SELFTEST(table_writable,
	 "a writable mapping of a table is seen, where it counts")
{
	bool counts;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	counts = pt_paging(pt)->tables_readonly;
	page_set_kind(pt->pages, pages[1], PAGE_TABLE);
	taken = *census_take();
	page_set_kind(pt->pages, pages[1], PAGE_TEST);
	CHECK_CALL(check_rule(CENSUS_TABLE_WRITABLE, counts ? 1 : 0,
			      page_va(1).va));
	/* It has a right too many, then. */
	CHECK_CALL(check_rule(CENSUS_RIGHTS, counts ? 1 : 0, page_va(1).va));
	CHECK_EQ(complaints(&taken), counts ? 2 : 0);
	CHECK_CALL(end());
}

/* ---- The image ----------------------------------------------------------- */

static uint8_t data[PAGE_BYTES] ALIGNED(PAGE_BYTES);

SELFTEST(executable, "data that can be executed is seen")
{
	struct place place;

	SKIP_WITHOUT_TABLES();
	if (!pv()->paging->nx) {
		SKIP("no NX: all that is writable is executable");
	}
	CHECK_CALL(begin());
	place = place_of(vaddr_of(data));
	CHECK_CALL(take_with(place, stored_at(place) & ~XD));
	CHECK_CALL(check_rule(CENSUS_WX, 1, vaddr_of(data).va));
	CHECK_CALL(check_rule(CENSUS_RIGHTS, 1, vaddr_of(data).va));
	CHECK_EQ(complaints(&taken), 2);
	CHECK_CALL(end());
}

static vaddr_t guard_page;

static void note_guard(vaddr_t guard)
{
	guard_page = guard;
}

/* Where memory and tables permit, the census looks at the first of many leaves
 * only: it must not look past one that is not like them. */
SELFTEST(in_a_run, "a page that differs in a long run of pages is seen")
{
	struct place place;
	paddr_t memory;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	CHECK(census_translate(vaddr_of(data), &memory));
	place = place_of(direct_map_vaddr(memory));
	if (place.level != L1) {
		CHECK_CALL(end());
		SKIP("the page lies in a large leaf");
	}
	CHECK_CALL(take_with(place, stored_at(place) & ~RW));
	CHECK_CALL(check_only(CENSUS_RIGHTS, place.va.va));
	CHECK_CALL(take_with(place, (stored_at(place) & ~FRAME) |
					    frame_bits(pages[0])));
	CHECK_CALL(check_only(CENSUS_RAM, place.va.va));
	CHECK_CALL(end());
}

SELFTEST(image, "a page of the image that is another or none, is seen")
{
	vaddr_t next = vaddr_add(vaddr_of(data), PAGE_BYTES);
	struct place place;
	paddr_t memory;
	uint64_t bits;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	place = place_of(vaddr_of(data));
	bits = (stored_at(place) & ~FRAME) | frame_bits(pages[0]);
	CHECK_CALL(take_with(place, bits));
	CHECK_CALL(check_only(CENSUS_IMAGE, vaddr_of(data).va));
	CHECK_CALL(take_with(place, 0));
	CHECK_CALL(check_only(CENSUS_IMAGE, next.va));
	stack_each_guard(note_guard);
	/* Its own frame, as if nobody had taken it away. */
	memory = paddr_add(clean.image,
			   guard_page.va - vaddr_of(image_start).va);
	bits = (bits & ~FRAME) | frame_bits(paddr_pfn(memory));
	CHECK_CALL(take_with(place_of(guard_page), bits));
	CHECK_CALL(check_only(CENSUS_IMAGE, guard_page.va));
	CHECK_CALL(end());
}

/* ---- Addresses that are to be empty -------------------------------------- */

/* A place with tables above it, and nothing in it once the map is removed. */
static void map_device_page(const struct iomap **map, struct place *place)
{
	CHECK_EQ(iomap_add(test_device_frame(), PAGE_BYTES, test_device_type(),
			   "census", map),
		 OK);
	*place = place_of((*map)->start);
	CHECK_EQ(place->level, L1);
}

SELFTEST(device, "a device frame that is not the listed one is seen")
{
	const struct iomap *map = NULL;
	struct place place = { .index = 0 };
	uint64_t bits;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	CHECK_CALL(map_device_page(&map, &place));
	CHECK_EQ(complaints(census_take()), 0);
	bits = stored_at(place);
	CHECK_CALL(take_with(place, (bits & ~FRAME) | frame_bits(pages[0])));
	CHECK_CALL(check_only(CENSUS_DEVICE, place.va.va));
	CHECK_CALL(take_with(place, bits & ~RW));
	CHECK_CALL(check_only(CENSUS_RIGHTS, place.va.va));
	if (map->attrs.type != MT_WB) {
		CHECK_CALL(take_with(place, bits & ~(PWT | PCD | PS)));
		CHECK_CALL(check_only(CENSUS_DEVICE, place.va.va));
	}
	iomap_remove(map);
	CHECK_CALL(end());
}

SELFTEST(stray, "a mapping that nobody asked for, or half of one, is seen")
{
	const struct iomap *map = NULL;
	struct place place = { .index = 0 };

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	CHECK_CALL(map_device_page(&map, &place));
	iomap_remove(map);
	CHECK_CALL(take_with(place, stored_at(place_of(page_va(1)))));
	CHECK_CALL(check_rule(CENSUS_STRAY, 1, place.va.va));
	/* Not present, and writable. */
	CHECK_CALL(take_with(place, RW));
	CHECK_CALL(check_only(CENSUS_NONE, place.va.va));
	CHECK_CALL(end());
}

/* An empty table in the first entry of the root. */
static void take_with_table(pfn_t table, enum page_kind kind)
{
	struct place first = { pt->root, pt->levels, 0, vaddr(0) };
	pte_t entry =
		pte_table(pt_paging(pt), first.level, pt->pv->pfn_to_mfn(table),
			  rights(RIGHT_WRITE | RIGHT_EXECUTE));
	uint64_t bits;

	memcpy(&bits, &entry, sizeof(bits));
	page_set_kind(pt->pages, table, kind);
	take_with(first, bits);
	page_set_kind(pt->pages, table, PAGE_TABLE);
}

SELFTEST(lower_half, "a table in the lower half is seen, and one nobody knows")
{
	pfn_t table;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	CHECK_EQ(table_alloc(pt, &table), OK);
	CHECK_CALL(take_with_table(table, PAGE_TABLE_LIVE));
	CHECK_CALL(check_only(CENSUS_LOWER, 0));
	CHECK_EQ(taken.tables, clean.tables + 1);
	CHECK_CALL(take_with_table(table, PAGE_TABLE));
	CHECK_CALL(check_rule(CENSUS_LOWER, 1, 0));
	CHECK_CALL(check_rule(CENSUS_TABLE, 1, 0));
	CHECK_EQ(complaints(&taken), 2);
	table_free(pt, table);
	CHECK_CALL(end());
}

SELFTEST_SUITE(census_fire, &other_right, &missing, &elsewhere, &other_type,
	       &table_writable, &executable, &in_a_run, &image, &device, &stray,
	       &lower_half);
