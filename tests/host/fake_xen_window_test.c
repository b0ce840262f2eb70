// SPDX-License-Identifier: MIT
/*
 * Tests of the model of Xen: tables that the boot map does not reach.
 *
 * The order in which a guest makes page tables of its own, step by step, with
 * what is refused in between; and the ways to get the order wrong.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "tests/host/fake_xen_scene.h"
#include "xen/hypercall.h"

#define WRITABLE (SCENE_P | SCENE_RW)

/* The new tables, far away: a root and one for each level below it, mapped at
 * the first pages of the window. */
enum { NEW_L4, NEW_L3, NEW_L2, NEW_L1, NEW_COUNT };

/* The page of the scene that becomes the L1 table of the window. */
#define WINDOW_TABLE 0

static vaddr_t window(uint64_t number)
{
	return vaddr_add(scene_free_slot(0), number * PAGE_BYTES);
}

static uint64_t *new_table(unsigned int number)
{
	return vaddr_ptr(window(number));
}

static void open_window(void)
{
	struct mmu_update list[] = {
		{ scene_entry_address(L1, scene_page(WINDOW_TABLE)),
		  scene_make(scene_mfn(WINDOW_TABLE), SCENE_P) },
		{ scene_entry_address(L2, window(0)),
		  scene_make(scene_mfn(WINDOW_TABLE), SCENE_TABLE) },
	};
	unsigned int done;

	for (unsigned int i = 0; i < NEW_COUNT; i++) {
		scene_ptr(WINDOW_TABLE)[i] =
			scene_make(scene_far_mfn(i), WRITABLE);
	}
	CHECK_EQ(scene_update_list(list, 2, &done, DOMID_SELF), 0);
	CHECK_EQ(done, 2);
	CHECK_EQ(fake_xen_type(scene_far_mfn(NEW_L4)), FAKE_XEN_WRITABLE);
}

static void close_window(void)
{
	CHECK_EQ(scene_update(scene_entry_address(L2, window(0)), 0), 0);
	CHECK_EQ(fake_xen_type(scene_far_mfn(NEW_L4)), FAKE_XEN_NONE);
}

/* The root has all of the old one, and the direct map: one L1 of it, which has
 * the new tables, read-only, and a page of the scene. */
static void fill_tables(void)
{
	vaddr_t direct = vaddr(DIRECT_MAP_VADDR);
	mfn_t old = fake_xen_root();

	for (unsigned int i = 0; i < ENTRY_COUNT; i++) {
		if (i < 256 || i > 271) {
			new_table(NEW_L4)[i] = fake_xen_entry(old, i);
		}
	}
	for (unsigned int i = NEW_L4; i < NEW_L1; i++) {
		new_table(i)[level_index((level_t)(L4 - i), direct)] =
			scene_make(scene_far_mfn(i + 1), SCENE_TABLE);
	}
	for (unsigned int i = 0; i < NEW_COUNT; i++) {
		new_table(NEW_L1)[i] = scene_make(scene_far_mfn(i), SCENE_P);
	}
	new_table(NEW_L1)[NEW_COUNT] = scene_make(scene_mfn(1), WRITABLE);
}

/* Pins the new root, loads it, unpins the old one. */
static void change_root(mfn_t old)
{
	struct mmuext_op ops[] = { { .cmd = MMUEXT_PIN_L4_TABLE },
				   { .cmd = MMUEXT_NEW_BASEPTR },
				   { .cmd = MMUEXT_UNPIN_TABLE } };
	unsigned int done;

	ops[0].arg1.mfn = scene_far_mfn(NEW_L4).mfn;
	ops[1].arg1.mfn = scene_far_mfn(NEW_L4).mfn;
	ops[2].arg1.mfn = old.mfn;
	CHECK_EQ(xen_hypercall(__HYPERVISOR_mmuext_op, vaddr_of(ops).va, 3,
			       vaddr_of(&done).va, DOMID_SELF, 0),
		 0);
	CHECK_EQ(done, 3);
	CHECK_EQ(fake_xen_root().mfn, scene_far_mfn(NEW_L4).mfn);
}

static void check_window(void)
{
	struct fault fault;

	CHECK(!probe_write(window(0), 1, &fault));
	CHECK_CALL(open_window());
	CHECK(probe_write(window(0), 1, &fault));
	CHECK(!probe_write(scene_page(WINDOW_TABLE), 0, &fault));
	CHECK(!probe_write(window(NEW_COUNT), 0, &fault));
	CHECK_CALL(close_window());
	CHECK(!probe_write(window(0), 1, &fault));
	CHECK_EQ(fault.error, PF_WRITE);
	CHECK_EQ(scene_protect(WINDOW_TABLE, WRITABLE), 0);
}

SELFTEST(opens,
	 "a window reaches frames that the boot map does not, while hooked")
{
	CHECK_CALL(scene_run(check_window));
}

static void check_whole_way(void)
{
	vaddr_t direct = vaddr(DIRECT_MAP_VADDR);
	mfn_t old = fake_xen_root();
	uint64_t requests = fake_xen_requests();
	uint64_t calls = fake_xen_calls();

	CHECK_CALL(open_window());
	CHECK_CALL(fill_tables());
	CHECK_CALL(close_window());
	CHECK_CALL(change_root(old));
	CHECK_EQ(fake_xen_calls() - calls, 3);
	CHECK_EQ(fake_xen_requests() - requests, 6);
	for (uint64_t i = 0; i < NEW_COUNT; i++) {
		CHECK_EQ(fake_xen_type(scene_far_mfn(i)), FAKE_XEN_L4 - i);
		CHECK_EQ(scene_remap(vaddr_add(direct, i * PAGE_BYTES),
				     scene_make(scene_far_mfn(i), WRITABLE)),
			 -XEN_EBUSY);
	}
	CHECK_EQ(scene_table(L1, direct).mfn, scene_far_mfn(NEW_L1).mfn);
	CHECK_EQ(fake_xen_type_count(scene_mfn(1)), 2);
	/* Nothing holds the old L4 now; those below it live on in the new. */
	CHECK_EQ(fake_xen_type(old), FAKE_XEN_NONE);
	CHECK_EQ(scene_remap(scene_page(2), scene_make(old, WRITABLE)), 0);
	CHECK_EQ(scene_ptr(2)[272], 0);
	CHECK(scene_ptr(2)[256] != 0);
}

SELFTEST(whole_way, "tables of one's own, through the window, in three calls")
{
	CHECK_CALL(scene_run(check_whole_way));
}

static void check_too_early(void)
{
	mfn_t root = scene_far_mfn(NEW_L4);

	CHECK_CALL(open_window());
	CHECK_CALL(fill_tables());
	/* Writable through the window yet. */
	CHECK_EQ(scene_ext(MMUEXT_PIN_L4_TABLE, root.mfn, 0), -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_NEW_BASEPTR, root.mfn, 0), -XEN_EINVAL);
	CHECK_EQ(fake_xen_type(root), FAKE_XEN_WRITABLE);
	/* And the window's own table, through the boot map. */
	CHECK_EQ(scene_update(scene_entry_address(L2, scene_free_slot(1)),
			      scene_make(scene_mfn(5), SCENE_TABLE)),
		 -XEN_EINVAL);
}

SELFTEST(too_early,
	 "a table is none while it can be written through the window")
{
	CHECK_CALL(scene_run(check_too_early));
}

static void check_alias_left(void)
{
	mfn_t root = scene_far_mfn(NEW_L4);
	mfn_t leaf = scene_far_mfn(NEW_L1);

	CHECK_CALL(open_window());
	CHECK_CALL(fill_tables());
	CHECK_EQ(scene_remap(scene_page(2), scene_make(leaf, WRITABLE)), 0);
	CHECK_CALL(close_window());
	CHECK_EQ(scene_ext(MMUEXT_PIN_L4_TABLE, root.mfn, 0), -XEN_EINVAL);
	CHECK_EQ(fake_xen_type(root), FAKE_XEN_NONE);
	CHECK_EQ(scene_remap(scene_page(2), scene_make(leaf, SCENE_P)), 0);
	CHECK_EQ(scene_ext(MMUEXT_PIN_L4_TABLE, root.mfn, 0), 0);
}

SELFTEST(alias_left,
	 "one writable mapping that is left keeps the whole tree out")
{
	CHECK_CALL(scene_run(check_alias_left));
}

static void check_maps_itself(void)
{
	mfn_t root = scene_far_mfn(NEW_L4);

	CHECK_CALL(open_window());
	CHECK_CALL(fill_tables());
	new_table(NEW_L1)[0] = scene_make(root, WRITABLE);
	CHECK_CALL(close_window());
	CHECK_EQ(scene_ext(MMUEXT_PIN_L4_TABLE, root.mfn, 0), -XEN_EBUSY);
	CHECK_EQ(fake_xen_type(scene_far_mfn(NEW_L1)), FAKE_XEN_NONE);
}

SELFTEST(maps_itself, "a tree with a writable mapping of itself is refused")
{
	CHECK_CALL(scene_run(check_maps_itself));
}

/* Before its pin is gone, or while it is in use, the old root is a table. */
static void check_recycled_early(void)
{
	mfn_t old = fake_xen_root();
	uint64_t writable = scene_make(old, WRITABLE);

	CHECK_EQ(scene_remap(scene_page(2), writable), -XEN_EBUSY);
	CHECK_CALL(open_window());
	CHECK_CALL(fill_tables());
	CHECK_CALL(close_window());
	CHECK_EQ(scene_ext(MMUEXT_NEW_BASEPTR, scene_far_mfn(NEW_L4).mfn, 0),
		 0);
	CHECK_EQ(scene_remap(scene_page(2), writable), -XEN_EBUSY);
	CHECK_EQ(scene_ext(MMUEXT_UNPIN_TABLE, old.mfn, 0), 0);
	CHECK_EQ(scene_remap(scene_page(2), writable), 0);
	/* A table again: read-only at all addresses first. */
	CHECK_EQ(scene_ext(MMUEXT_PIN_L4_TABLE, old.mfn, 0), -XEN_EINVAL);
	CHECK_EQ(scene_remap(scene_page(2), scene_make(old, SCENE_P)), 0);
	CHECK_EQ(scene_ext(MMUEXT_PIN_L4_TABLE, old.mfn, 0), 0);
}

SELFTEST(recycled_early,
	 "the old root is writable once it is unpinned, not before")
{
	CHECK_CALL(scene_run(check_recycled_early));
}

/* The slot of the image, in tables that have nothing of the old ones. */
static void check_all_recycled(void)
{
	vaddr_t base = vaddr(FAKE_XEN_TEST_VADDR);
	mfn_t old[L4 + 1];

	for (level_t level = L1; level <= L4; level = (level_t)(level + 1)) {
		old[level] = scene_table(level, base);
	}
	CHECK_CALL(open_window());
	CHECK_CALL(fill_tables());
	new_table(NEW_L4)[0] = 0;
	CHECK_CALL(close_window());
	CHECK_CALL(change_root(old[L4]));
	for (level_t level = L1; level <= L4; level = (level_t)(level + 1)) {
		vaddr_t direct = vaddr_add(vaddr(DIRECT_MAP_VADDR),
					   (UINT64_C(16) + level) * PAGE_BYTES);

		CHECK_EQ(fake_xen_type(old[level]), FAKE_XEN_NONE);
		CHECK_EQ(fake_xen_refs(old[level]), 1);
		CHECK_EQ(scene_remap(direct, scene_make(old[level], WRITABLE)),
			 0);
	}
}

SELFTEST(all_recycled, "without the old root all tables below it are free")
{
	CHECK_CALL(scene_run(check_all_recycled));
}

SELFTEST_SUITE(fake_xen_window, &opens, &whole_way, &too_early, &alias_left,
	       &maps_itself, &recycled_early, &all_recycled);
