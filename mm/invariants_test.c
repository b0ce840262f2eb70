// SPDX-License-Identifier: MIT
/*
 * Tests of what the kernel's page tables hold at boot.
 *
 * The census (mm/census.h) is taken once, at the first test; each test asks
 * for its rules, and compares with what other sources say.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "arch/x86/stacks.h"
#include "lib/selftest.h"
#include "mm/census.h"
#include "mm/iomap.h"
#include "mm/own_tables.h"
#include "mm/predict.h"

static const struct census *taken(void)
{
	static const struct census *census;

	if (census == NULL) {
		census = census_take();
	}
	return census;
}

static void check_rule(enum census_rule rule, const char *what)
{
	uint64_t count = taken()->broken[rule].count;
	const struct census_entry *first = &taken()->broken[rule].first;

	selftest_checked();
	if (count != 0) {
		FAIL("%s: %lu entries, first at %016lx, level %u: %016lx%s%s",
		     what, count, first->va, first->level, first->bits,
		     first->write ? " w" : "", first->execute ? " x" : "");
	}
}

SELFTEST(root, "the CPU uses the kernel's own tables, read through the cache")
{
	const struct pgtable *pt = kernel_pgtable();

	SKIP_WITHOUT_TABLES();
	/* The flags in the low bits are those of the cache. */
	CHECK_EQ(cpu_read_cr3(),
		 pt->pv->pfn_to_mfn(pt->root).mfn << PAGE_SHIFT);
	CHECK_EQ(taken()->levels, pt->levels);
}

/* DM-2 */
SELFTEST(ram, "every page of RAM is in the direct map, once and in its place")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_rule(CENSUS_RAM, "not where the next RAM is"));
	CHECK(kernel_ram()->count != 0);
}

/* DM-2 */
SELFTEST(nothing_else, "nothing is mapped but RAM, the image, listed devices")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_rule(CENSUS_STRAY, "nothing is to be there"));
}

SELFTEST(lower_half, "the lower half has no mapping and no table")
{
	paddr_t memory;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_rule(CENSUS_LOWER, "in the lower half"));
	CHECK(!census_translate(vaddr(0), &memory));
}

SELFTEST(image, "the image is mapped page by page to where it was loaded")
{
	static volatile uint64_t marker = 1;
	const volatile uint64_t *alias;
	paddr_t memory;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_rule(CENSUS_IMAGE, "not the image"));
	/* That it is there is shown by what is written and read. */
	CHECK(census_translate(vaddr_of(&marker), &memory));
	alias = phys_ptr(memory);
	CHECK_EQ(*alias, 1);
	marker = 2;
	CHECK_EQ(*alias, 2);
	marker = 1;
}

static unsigned int guards;

static void check_guard(vaddr_t guard)
{
	paddr_t memory;

	guards++;
	CHECK(!census_translate(guard, &memory));
	CHECK(census_translate(vaddr_add(guard, PAGE_BYTES), &memory));
}

SELFTEST(guard_pages, "the guard page of every stack is not mapped")
{
	SKIP_WITHOUT_TABLES();
	guards = 0;
	stack_each_guard(check_guard);
	CHECK_EQ(guards, EXCEPTION_STACK_COUNT + 1);
}

SELFTEST(devices, "device frames are mapped as the list of them says")
{
	uint64_t pages = 0;

	SKIP_WITHOUT_TABLES();
	for (size_t i = 0; i < iomap_count(); i++) {
		pages += iomap_get(i)->bytes >> PAGE_SHIFT;
	}
	CHECK_CALL(check_rule(CENSUS_DEVICE, "not as listed"));
	CHECK_EQ(taken()->device_pages, pages);
}

SELFTEST(write_xor_execute, "nothing is both writable and executable")
{
	SKIP_WITHOUT_TABLES();
	if (!taken()->nx) {
		SKIP("no NX: all that is writable is executable");
	}
	CHECK_CALL(check_rule(CENSUS_WX, "writable and executable"));
}

SELFTEST(each_right,
	 "each part has just the rights it is to have, on all levels")
{
	SKIP_WITHOUT_TABLES();
	if (!taken()->nx) {
		selftest_note("no NX: that nothing but code is executable "
			      "cannot be had");
	}
	if (!pv()->paging->global) {
		selftest_note("no global pages");
	}
	CHECK_CALL(check_rule(CENSUS_RIGHTS, "other rights"));
}

SELFTEST(memory_types, "all memory is write-back, by the PAT of the CPU")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_rule(CENSUS_TYPE, "not write-back"));
}

/* DM-3, DM-4: leaves as large as the borders allow, and not larger. */
SELFTEST(leaf_sizes, "there are as many leaves of each size as it takes")
{
	const struct pgtable *pt = kernel_pgtable();
	const struct region_table *regions = kernel_regions();
	struct predict expected = { 0 };

	SKIP_WITHOUT_TABLES();
	for (size_t i = 0; i < regions->count; i++) {
		if (!regions->regions[i].hole) {
			predict_region(&expected, &regions->regions[i],
				       kernel_ram(), pt_paging(pt)->leaf_max,
				       pt->levels);
		}
	}
	CHECK_EQ(taken()->leaves[L1], expected.leaves[L1]);
	CHECK_EQ(taken()->leaves[L2], expected.leaves[L2]);
	CHECK_EQ(taken()->leaves[L3], expected.leaves[L3]);
}

SELFTEST(tables, "the tables there are, and no other page, are live tables")
{
	const struct page_alloc *pages = kernel_pgtable()->pages;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_rule(CENSUS_TABLE, "not a live table"));
	CHECK_EQ(taken()->tables, pages->counts[PAGE_TABLE_LIVE]);
	CHECK_EQ(pages->counts[PAGE_TABLE], 0);
}

/* TABLE-1, AUDIT-3 */
SELFTEST(tables_readonly, "where it must not be, no table is mapped writable")
{
	SKIP_WITHOUT_TABLES();
	if (!pv()->paging->tables_readonly) {
		SKIP("tables may be writable here");
	}
	CHECK_CALL(check_rule(CENSUS_TABLE_WRITABLE, "a writable table"));
}

/* AUDIT-4, PTE-3 */
SELFTEST(none_is_zero, "an entry that is not present holds nothing")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_rule(CENSUS_NONE, "not present, not zero"));
}

SELFTEST_SUITE(invariants, &root, &ram, &nothing_else, &lower_half, &image,
	       &guard_pages, &devices, &write_xor_execute, &each_right,
	       &memory_types, &leaf_sizes, &tables, &tables_readonly,
	       &none_is_zero);
