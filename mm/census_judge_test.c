// SPDX-License-Identifier: MIT
/*
 * Tests that the census judges what it cannot meet.
 *
 * Violations that cannot be planted, because a hypervisor would refuse them or
 * the kernel would not live, as entries made by hand.
 */
#include "mm/census_judge.h"

#include "mm/own_tables.h"

static struct census clean;
static struct census taken;

/* Without NX all that is writable is executable. */
static uint64_t complaints(const struct census *found)
{
	return found->complaints -
	       (found->nx ? 0 : found->broken[CENSUS_WX].count);
}

static void begin(void)
{
	clean = *census_take();
	CHECK_EQ(complaints(&clean), 0);
}

/* For the tests of what it found. */
static void end(void)
{
	CHECK_EQ(complaints(census_take()), 0);
}

static void check_rule(enum census_rule rule, uint64_t count, uint64_t va)
{
	CHECK_EQ(taken.broken[rule].count - clean.broken[rule].count, count);
	if (count != 0 && clean.broken[rule].count == 0) {
		CHECK_EQ(taken.broken[rule].first.va, va);
	}
}

static void check_only(enum census_rule rule, uint64_t va)
{
	CHECK_CALL(check_rule(rule, 1, va));
	CHECK_EQ(complaints(&taken), 1);
}

/* The judge goes on from a census that is through. */
static void judge(void (*rule)(const struct census_entry *),
		  const struct census_entry *entry)
{
	(void)census_take();
	rule(entry);
	taken = census;
}

static struct census_entry leaf_for(uint64_t va, paddr_t memory)
{
	return (struct census_entry){
		.va = va,
		.bits = P | RW | (pv()->paging->global ? GLOBAL : 0),
		.bytes = PAGE_BYTES,
		.memory = memory,
		.level = 1,
		.write = true,
		.execute = !clean.nx,
	};
}

SELFTEST(behind_ram, "a leaf of the direct map where no RAM is, is seen")
{
	const struct memory_map *ram = kernel_ram();
	struct census_entry leaf;
	paddr_t behind;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	behind = ram->ranges[ram->count - 1].end;
	leaf = leaf_for(direct_map_vaddr(behind).va, paddr(UINT64_MAX));
	CHECK_CALL(judge(census_judge_leaf, &leaf));
	CHECK_CALL(check_rule(CENSUS_STRAY, 1, leaf.va));
	CHECK_CALL(end());
}

/* Xen does not let it come to this. */
SELFTEST(table_writable,
	 "a writable mapping of the root is seen, where it counts")
{
	uint64_t expected = pv()->paging->tables_readonly ? 1 : 0;
	paddr_t memory = pfn_paddr(kernel_pgtable()->root);
	struct census_entry leaf;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	leaf = leaf_for(direct_map_vaddr(memory).va, memory);
	CHECK_CALL(judge(census_judge_leaf, &leaf));
	CHECK_CALL(check_rule(CENSUS_TABLE_WRITABLE, expected, leaf.va));
	leaf.write = false;
	CHECK_CALL(judge(census_judge_leaf, &leaf));
	CHECK_CALL(check_rule(CENSUS_TABLE_WRITABLE, 0, leaf.va));
	CHECK_CALL(end());
}

SELFTEST(table_type, "a table that is not read through the cache is seen")
{
	struct census_entry table;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	table = (struct census_entry){ .bits = P | RW | PWT | PCD,
				       .memory = pfn_paddr(
					       kernel_pgtable()->root),
				       .level = 3 };
	CHECK_CALL(judge(census_judge_table, &table));
	CHECK_CALL(check_only(CENSUS_TYPE, 0));
	table.bits = P | RW;
	CHECK_CALL(judge(census_judge_table, &table));
	CHECK_EQ(complaints(&taken), 0);
	CHECK_CALL(end());
}

SELFTEST(behind_boot_page, "of the shared page, any other frame is seen")
{
	const struct boot_page *page = kernel_boot_page();
	struct census_entry leaf;

	SKIP_WITHOUT_TABLES();
	if (page->name == NULL) {
		SKIP("there is none here");
	}
	CHECK_CALL(begin());
	leaf = leaf_for(page->page.va, paddr(UINT64_MAX));
	leaf.bits |= page->frame.mfn << 12;
	CHECK_CALL(judge(census_judge_leaf, &leaf));
	CHECK_EQ(complaints(&taken), 0);
	leaf.bits += PAGE_BYTES;
	CHECK_CALL(judge(census_judge_leaf, &leaf));
	CHECK_CALL(check_only(CENSUS_IMAGE, leaf.va));
	CHECK_CALL(end());
}

static void judge_hypervisor(const struct census_entry *entry)
{
	CHECK_EQ(census_judge_hypervisor(entry), pv()->paging->hypervisor);
}

/* Where there is no hypervisor the entry is like any other. */
SELFTEST(hypervisor,
	 "a hypervisor's entry that leads to memory of ours is seen")
{
	struct census_entry entry;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	entry = (struct census_entry){ .va = HYPERVISOR_VADDR,
				       .bits = P | RW,
				       .memory = clean.image,
				       .level = clean.levels };
	CHECK_CALL(judge(judge_hypervisor, &entry));
	CHECK_CALL(check_rule(CENSUS_STRAY, pv()->paging->hypervisor ? 1 : 0,
			      entry.va));
	entry.memory = paddr(UINT64_MAX);
	CHECK_CALL(judge(judge_hypervisor, &entry));
	CHECK_EQ(complaints(&taken), 0);
	entry.memory = pfn_paddr(kernel_pgtable()->root);
	CHECK_CALL(judge(judge_hypervisor, &entry));
	CHECK_EQ(complaints(&taken), 0);
	entry.va += HYPERVISOR_BYTES;
	CHECK(!census_judge_hypervisor(&entry));
	CHECK_CALL(end());
}

static void judge_end_too_early(const struct census_entry *top)
{
	census.ram_range = kernel_ram()->count - 1;
	census.ram_done -= PAGE_BYTES;
	census.image_done -= PAGE_BYTES;
	census_judge_end(top);
}

SELFTEST(last, "that the last page of RAM or image is missing, is seen")
{
	struct census_entry top = { .va = 0 };

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	CHECK_CALL(judge(judge_end_too_early, &top));
	CHECK_CALL(check_rule(CENSUS_RAM, 1, 0));
	CHECK_CALL(check_rule(CENSUS_IMAGE, 1, 0));
	CHECK_CALL(end());
}

SELFTEST_SUITE(census_judge, &behind_ram, &table_writable, &table_type,
	       &behind_boot_page, &hypervisor, &last);
