// SPDX-License-Identifier: MIT
/*
 * Tests of the model of Xen: the domain as it is built.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "tests/host/fake_xen_scene.h"

#define BASE FAKE_XEN_TEST_VADDR
/* The instruction. */
#define RET 0xc3

static pfn_t pfn_at(uint64_t address)
{
	return paddr_pfn(paddr(address - BASE));
}

static void check_info(void)
{
	const struct start_info *info = fake_xen_start_info();
	const uint64_t *p2m = vaddr_ptr(vaddr(info->mfn_list));

	CHECK_STR(info->magic, "xen-3.0-x86_64");
	CHECK_EQ(info->nr_pages, FAKE_XEN_TEST_BYTES / PAGE_BYTES);
	CHECK_EQ(info->flags, scene_is_dom0() ? 3 : 0);
	for (uint64_t i = 0; i < info->nr_pages; i++) {
		CHECK_EQ(p2m[i], fake_xen_mfn(pfn(i)).mfn);
	}
	CHECK_EQ(info->shared_info, FAKE_XEN_SHARED_INFO_MFN << PAGE_SHIFT);
	CHECK_EQ(fake_xen_mfn(pfn_at(info->pt_base)).mfn, fake_xen_root().mfn);
	/* The stack is last, behind the tables. */
	CHECK_EQ(fake_xen_stack_top(),
		 info->pt_base + (info->nr_pt_frames + 1) * PAGE_BYTES);
	CHECK_EQ(fake_xen_map_end().va % (4 * MIB), 0);
	CHECK(fake_xen_map_end().va >= fake_xen_stack_top() + 512 * KIB);
	CHECK(fake_xen_map_end().va < BASE + FAKE_XEN_TEST_BYTES);
	if (!scene_is_dom0()) {
		CHECK(fake_xen_refs(mfn(info->console.domU.mfn)) != 0);
		CHECK(fake_xen_refs(mfn(info->store_mfn)) != 0);
	}
}

SELFTEST(told, "start_info tells what the domain has")
{
	CHECK_CALL(scene_run(check_info));
}

/* Where the tables are, and what holds them. */
static void check_tables(void)
{
	const struct start_info *info = fake_xen_start_info();
	uint64_t first = pfn_at(info->pt_base).pfn;
	unsigned int l3_at = scene_is_dom0() ? 3 : 1;
	unsigned int l1_at = scene_is_dom0() ? 1 : 3;
	vaddr_t base = vaddr(BASE);

	CHECK_EQ(scene_table(L3, base).mfn,
		 fake_xen_mfn(pfn(first + l3_at)).mfn);
	CHECK_EQ(scene_table(L2, base).mfn, fake_xen_mfn(pfn(first + 2)).mfn);
	CHECK_EQ(scene_table(L1, base).mfn,
		 fake_xen_mfn(pfn(first + l1_at)).mfn);
	CHECK_EQ(fake_xen_type(fake_xen_root()), FAKE_XEN_L4);
	/* The pin and the root. */
	CHECK_EQ(fake_xen_type_count(fake_xen_root()), 2);
	CHECK(fake_xen_pinned(fake_xen_root()));
	for (level_t level = L1; level < L4; level = (level_t)(level + 1)) {
		mfn_t table = scene_table(level, base);

		CHECK_EQ(fake_xen_type(table), FAKE_XEN_L1 + (level - L1));
		CHECK_EQ(fake_xen_type_count(table), 1);
		CHECK(!fake_xen_pinned(table));
		/* Allocated, mapped, and in the table above. */
		CHECK_EQ(fake_xen_refs(table), 3);
	}
	CHECK_EQ(fake_xen_type(scene_mfn(0)), FAKE_XEN_WRITABLE);
	CHECK_EQ(fake_xen_type_count(scene_mfn(0)), 1);
	CHECK_EQ(fake_xen_type(scene_far_mfn(0)), FAKE_XEN_NONE);
	CHECK_EQ(fake_xen_refs(scene_far_mfn(0)), 1);
}

SELFTEST(tables,
	 "the boot tables are in their order, and only the L4 is pinned")
{
	CHECK_CALL(scene_run(check_tables));
}

static void check_map(void)
{
	const struct start_info *info = fake_xen_start_info();
	uint64_t tables_end = info->pt_base + info->nr_pt_frames * PAGE_BYTES;

	for (vaddr_t at = vaddr(BASE); at.va < fake_xen_map_end().va;
	     at = vaddr_add(at, PAGE_BYTES)) {
		bool table = at.va >= info->pt_base && at.va < tables_end;
		uint64_t flags = SCENE_P | SCENE_US | SCENE_A | SCENE_KERNEL |
				 (table ? 0 : SCENE_RW) |
				 (!table && scene_is_dom0() ? SCENE_D : 0);

		CHECK_EQ(scene_entry(L1, at),
			 scene_make(fake_xen_mfn(pfn_at(at.va)), flags));
	}
	CHECK_EQ(scene_entry(L2, vaddr(BASE)) & ~SCENE_ADDRESS, SCENE_TABLE);
	CHECK_EQ(scene_entry(L2, fake_xen_map_end()), 0);
}

SELFTEST(map, "the boot map is linear, and read-only where the tables are")
{
	CHECK_CALL(scene_run(check_map));
}

static void check_xen_slots(void)
{
	unsigned int used = 0;

	for (unsigned int i = 256; i <= 271; i++) {
		used += fake_xen_entry(fake_xen_root(), i) != 0;
	}
	CHECK_EQ(used, 7);
	CHECK(fake_xen_entry(fake_xen_root(), 256) != 0);
	CHECK_EQ(fake_xen_entry(fake_xen_root(), 272), 0);
}

SELFTEST(xen_slots, "some slots of an L4 are Xen's")
{
	CHECK_CALL(scene_run(check_xen_slots));
}

/* The process has just what the tables say. */
static void check_reach(void)
{
	vaddr_t table = vaddr(fake_xen_start_info()->pt_base);
	vaddr_t last = vaddr(fake_xen_map_end().va - sizeof(uint64_t));
	struct fault fault;
	uint64_t value;

	CHECK(probe_read(table, &value, &fault));
	CHECK(!probe_write(table, 0, &fault));
	CHECK_EQ(fault.error, PF_PRESENT | PF_WRITE);
	CHECK_EQ(fault.address.va, table.va);
	CHECK(probe_read(last, &value, &fault));
	CHECK(probe_write(last, 1, &fault));
	CHECK(!probe_read(fake_xen_map_end(), &value, &fault));
	CHECK_EQ(fault.error, 0);
	/* The whole map is executable. */
	*scene_ptr(0) = RET;
	CHECK(probe_execute(scene_page(0), &fault));
	CHECK_EQ(scene_protect(0, SCENE_P | SCENE_RW | SCENE_NX), 0);
	CHECK(!probe_execute(scene_page(0), &fault));
}

SELFTEST(reach, "the process reaches what the tables map, and nothing else")
{
	CHECK_CALL(scene_run(check_reach));
}

/* A leaf grants no more than the entries above it. */
static void check_narrowed(void)
{
	uint64_t above = scene_entry_address(L2, scene_free_slot(0));
	uint64_t table = scene_make(scene_mfn(0), SCENE_TABLE);
	vaddr_t page = scene_free_slot(0);
	struct fault fault;
	uint64_t value;

	scene_ptr(1)[0] = RET;
	scene_ptr(0)[0] = scene_make(scene_mfn(1), SCENE_P | SCENE_RW);
	CHECK_EQ(scene_protect(0, SCENE_P), 0);
	CHECK_EQ(scene_update(above, table & ~SCENE_RW), 0);
	CHECK(probe_read(page, &value, &fault));
	CHECK_EQ(value, RET);
	CHECK(!probe_write(page, RET, &fault));
	CHECK_EQ(fault.error, PF_PRESENT | PF_WRITE);
	CHECK(probe_execute(page, &fault));
	CHECK_EQ(scene_update(above, table | SCENE_NX), 0);
	CHECK(probe_write(page, RET, &fault));
	CHECK(!probe_execute(page, &fault));
	CHECK_EQ(fault.error, PF_PRESENT | PF_FETCH);
}

SELFTEST(narrowed, "an upper entry takes rights from all that is below it")
{
	CHECK_CALL(scene_run(check_narrowed));
}

static void make_traces(void)
{
	CHECK_EQ(scene_protect(0, SCENE_P), 0);
	*scene_ptr(1) = 1;
	CHECK(fake_xen_calls() != 0);
}

static void check_no_traces(void)
{
	CHECK_EQ(scene_entry(L1, scene_page(0)) & SCENE_RW, SCENE_RW);
	CHECK_EQ(*scene_ptr(1), 0);
	CHECK_EQ(fake_xen_calls(), 0);
	CHECK_EQ(fake_xen_requests(), 0);
}

SELFTEST(fresh, "every domain of a test is new")
{
	CHECK_CALL(fake_xen_run(FAKE_XEN_DOMU, make_traces));
	CHECK_CALL(fake_xen_run(FAKE_XEN_DOMU, check_no_traces));
}

SELFTEST_SUITE(fake_xen_build, &told, &tables, &map, &xen_slots, &reach,
	       &narrowed, &fresh);
