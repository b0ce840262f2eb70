// SPDX-License-Identifier: MIT
/*
 * Tests of what the kernel's address space cost to build.
 *
 * Stores and flushes are what traps under a hypervisor, and what a mistake in
 * the builder shows in first. The expected numbers come from arithmetic over
 * the memory map and the borders of the regions (mm/predict.h).
 */
#include "lib/selftest.h"
#include "mm/own_tables.h"
#include "mm/predict.h"

static void add_region(struct predict *p, const struct region *region)
{
	const struct pgtable *pt = kernel_pgtable();

	predict_region(p, region, kernel_ram(), pt_paging(pt)->leaf_max,
		       pt->levels);
}

/* What pass 1 has to make, with the guards, which are mapped until pass 2. */
static struct predict everything(void)
{
	const struct pgtable *pt = kernel_pgtable();
	struct predict sum = { 0 };

	predict_regions(&sum, kernel_regions(), kernel_ram(),
			pt_paging(pt)->leaf_max, pt->levels);
	return sum;
}

static uint64_t leaves_of(const struct region *region)
{
	struct predict sum = { 0 };

	add_region(&sum, region);
	return predict_sum(sum.leaves);
}

/* DM-1, DM-4 */
SELFTEST(build, "pass 1 stores each leaf and each table once, nothing else")
{
	const struct audit *cost = &kernel_space_cost()->after_build.audit;
	struct predict expected;

	SKIP_WITHOUT_TABLES();
	expected = everything();
	CHECK_EQ(cost->stores,
		 predict_sum(expected.leaves) + predict_sum(expected.tables));
	CHECK_EQ(cost->kept, kernel_boot_page()->name == NULL ? 0 : 1);
	CHECK_EQ(cost->flushes_all, 0);
	CHECK_EQ(cost->flushes_range, 0);
	CHECK_EQ(cost->debt_count, 0);
}

SELFTEST(load, "the change to the new tables is one full flush and no store")
{
	const struct kernel_space_cost *cost = kernel_space_cost();

	SKIP_WITHOUT_TABLES();
	CHECK_EQ(cost->after_load.audit.stores, cost->after_build.audit.stores);
	CHECK_EQ(cost->after_load.audit.flushes_all, 1);
	CHECK_EQ(cost->after_load.audit.flushes_range, 0);
}

/* Pass 1 gives all rights but global; pass 2 need not touch what wants just
 * these, as far as the CPU has them. Where all leaves are of one page, that the
 * direct map is not executable is said above them, once. */
static bool differs(const struct region *region)
{
	const struct paging *paging = pv()->paging;
	unsigned int bits = region->attrs.rights.bits;

	return region->hole || (bits & RIGHT_WRITE) == 0 ||
	       ((bits & RIGHT_EXECUTE) == 0 && paging->nx &&
		!(predict_in_direct_map(region) && paging->leaf_max == L1)) ||
	       ((bits & RIGHT_GLOBAL) != 0 && paging->global);
}

/* DM-4 */
SELFTEST(protect, "pass 2 stores the leaves that differ, and flushes once")
{
	const struct kernel_space_cost *cost = kernel_space_cost();
	const struct region_table *regions = kernel_regions();
	uint64_t expected = 0;

	SKIP_WITHOUT_TABLES();
	for (size_t i = 0; i < regions->count; i++) {
		if (differs(&regions->regions[i])) {
			expected += leaves_of(&regions->regions[i]);
		}
	}
	CHECK_EQ(cost->after_protect.audit.stores -
			 cost->after_load.audit.stores,
		 expected);
	CHECK_EQ(cost->after_protect.audit.flushes_all, 2);
	CHECK_EQ(cost->after_protect.audit.flushes_range, 0);
	CHECK_EQ(cost->after_protect.audit.debt_count, 0);
}

static uint64_t direct_map_leaves(void)
{
	const struct region_table *regions = kernel_regions();
	uint64_t sum = 0;

	for (size_t i = 0; i < regions->count; i++) {
		if (predict_in_direct_map(&regions->regions[i])) {
			sum += leaves_of(&regions->regions[i]);
		}
	}
	return sum;
}

/* DM-1 */
SELFTEST(build_again, "building again stores nothing and keeps every entry")
{
	struct pgtable *pt = kernel_pgtable();
	struct audit before;

	SKIP_WITHOUT_TABLES();
	before = *pt->audit;
	CHECK_EQ(direct_map_build(pt, kernel_ram(), kernel_regions()), OK);
	CHECK_EQ(pt->audit->stores, before.stores);
	CHECK_EQ(pt->audit->kept - before.kept, direct_map_leaves());
	CHECK_EQ(pt->audit->flushes_all, before.flushes_all);
	CHECK_EQ(pt->audit->flushes_range, before.flushes_range);
}

SELFTEST(protect_again, "applying the regions again stores and flushes nothing")
{
	struct pgtable *pt = kernel_pgtable();
	struct audit before;

	SKIP_WITHOUT_TABLES();
	before = *pt->audit;
	regions_apply(pt, kernel_regions());
	CHECK_EQ(pt->audit->stores, before.stores);
	CHECK_EQ(pt->audit->flushes_all, before.flushes_all);
	CHECK_EQ(pt->audit->flushes_range, before.flushes_range);
}

/* Whatever the size of memory: for Linux it is some 1500 a GiB. */
#define CALLS_MAX 8
/* For each window of 512 tables: to make it read-only, to open and to close
 * it. And to pin, to load, to unpin. */
#define REQUESTS_EACH  3
#define REQUESTS_ROOTS 3

SELFTEST(hypercalls,
	 "a hypervisor is asked a few times, for memory of any size")
{
	const struct kernel_space_cost *cost = kernel_space_cost();
	uint64_t stores = cost->after_release.audit.stores -
			  cost->after_build.audit.stores;
	uint64_t requests;
	uint64_t tables;
	uint64_t calls;

	SKIP_WITHOUT_TABLES();
	calls = cost->after_release.pv.calls - cost->before.pv.calls;
	requests = cost->after_release.pv.requests - cost->before.pv.requests;
	tables = predict_sum(everything().tables) + 1;
	selftest_note("%lu hypercalls with %lu requests for %lu tables", calls,
		      requests, tables);
	if (pv()->ring == 0) {
		CHECK_EQ(calls, 0);
		CHECK_EQ(requests, 0);
		return;
	}
	CHECK(calls != 0 && calls <= CALLS_MAX);
	/* A window may be begun for the allocator's records. */
	CHECK(requests - stores <=
	      REQUESTS_EACH * (tables / ENTRY_COUNT + 2) + REQUESTS_ROOTS);
}

SELFTEST_SUITE(cost, &build, &load, &protect, &build_again, &protect_again,
	       &hypercalls);
