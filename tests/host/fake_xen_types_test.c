// SPDX-License-Identifier: MIT
/*
 * Tests of the model of Xen: types of frames.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "tests/host/fake_xen_scene.h"

/* A page of the scene, cleared and mapped read-only. */
static void make_readonly(unsigned int number)
{
	CHECK_EQ(scene_protect(number, SCENE_P), 0);
}

static long hook(vaddr_t slot, mfn_t table)
{
	return scene_update(scene_entry_address(L2, slot),
			    scene_make(table, SCENE_TABLE));
}

static long unhook(vaddr_t slot)
{
	return scene_update(scene_entry_address(L2, slot), 0);
}

/* A writable mapping of the frame in place of a page of the scene. */
static long map_writable(unsigned int number, mfn_t frame)
{
	return scene_remap(scene_page(number),
			   scene_make(frame, SCENE_P | SCENE_RW));
}

/* ---- Writable mappings of tables ----------------------------------------- */

static void check_live_tables(void)
{
	for (level_t level = L1; level <= L4; level = (level_t)(level + 1)) {
		mfn_t table = scene_table(level, scene_page(0));
		uint64_t before = scene_entry(L1, scene_page(0));

		CHECK_EQ(map_writable(0, table), -XEN_EBUSY);
		CHECK_EQ(scene_entry(L1, scene_page(0)), before);
		CHECK_EQ(scene_remap(scene_page(0), scene_make(table, SCENE_P)),
			 0);
		CHECK_EQ(map_writable(0, scene_mfn(0)), 0);
	}
}

SELFTEST(live_tables, "no table in use can be mapped writable, only read-only")
{
	CHECK_CALL(scene_run(check_live_tables));
}

static void check_hooked(void)
{
	vaddr_t slot = scene_free_slot(0);

	CHECK_CALL(make_readonly(0));
	CHECK_EQ(hook(slot, scene_mfn(0)), 0);
	CHECK_EQ(fake_xen_type(scene_mfn(0)), FAKE_XEN_L1);
	CHECK_EQ(map_writable(1, scene_mfn(0)), -XEN_EBUSY);
	CHECK_EQ(scene_protect(0, SCENE_P | SCENE_RW), -XEN_EBUSY);
	CHECK_EQ(unhook(slot), 0);
	CHECK_EQ(fake_xen_type(scene_mfn(0)), FAKE_XEN_NONE);
	CHECK_EQ(map_writable(1, scene_mfn(0)), 0);
}

SELFTEST(hooked,
	 "a table that was hooked cannot be mapped writable until it is not")
{
	CHECK_CALL(scene_run(check_hooked));
}

static void check_pinned(void)
{
	CHECK_CALL(make_readonly(0));
	CHECK_EQ(scene_ext(MMUEXT_PIN_L1_TABLE, scene_mfn(0).mfn, 0), 0);
	CHECK(fake_xen_pinned(scene_mfn(0)));
	CHECK_EQ(map_writable(1, scene_mfn(0)), -XEN_EBUSY);
	CHECK_EQ(scene_ext(MMUEXT_UNPIN_TABLE, scene_mfn(0).mfn, 0), 0);
	CHECK_EQ(map_writable(1, scene_mfn(0)), 0);
}

SELFTEST(pinned,
	 "a pinned table cannot be mapped writable until it is unpinned")
{
	CHECK_CALL(scene_run(check_pinned));
}

/* ---- Pins ---------------------------------------------------------------- */

static void check_pin_writable(void)
{
	uint64_t frame = scene_mfn(0).mfn;

	CHECK_EQ(scene_ext(MMUEXT_PIN_L1_TABLE, frame, 0), -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_PIN_L4_TABLE, frame, 0), -XEN_EINVAL);
	CHECK_EQ(scene_remap(scene_page(1), scene_make(mfn(frame), SCENE_P)),
		 0);
	CHECK_EQ(scene_ext(MMUEXT_PIN_L1_TABLE, frame, 0), -XEN_EINVAL);
	CHECK_CALL(make_readonly(0));
	CHECK_EQ(scene_ext(MMUEXT_PIN_L1_TABLE, frame, 0), 0);
}

SELFTEST(pin_writable, "what is writable at any address becomes no table")
{
	CHECK_CALL(scene_run(check_pin_writable));
}

static void check_pin_levels(void)
{
	uint64_t frame = scene_mfn(0).mfn;

	CHECK_CALL(make_readonly(0));
	CHECK_EQ(scene_ext(MMUEXT_PIN_L1_TABLE, frame, 0), 0);
	CHECK_EQ(scene_ext(MMUEXT_PIN_L1_TABLE, frame, 0), -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_PIN_L2_TABLE, frame, 0), -XEN_EINVAL);
	CHECK_EQ(fake_xen_type_count(mfn(frame)), 1);
	CHECK_EQ(scene_ext(MMUEXT_UNPIN_TABLE, frame, 0), 0);
	CHECK_EQ(scene_ext(MMUEXT_UNPIN_TABLE, frame, 0), -XEN_EINVAL);
	for (unsigned int i = MMUEXT_PIN_L1_TABLE; i <= MMUEXT_PIN_L4_TABLE;
	     i++) {
		CHECK_EQ(scene_ext(i, frame, 0), 0);
		CHECK_EQ(fake_xen_type(mfn(frame)),
			 FAKE_XEN_L1 + i - MMUEXT_PIN_L1_TABLE);
		CHECK_EQ(scene_ext(MMUEXT_UNPIN_TABLE, frame, 0), 0);
	}
}

SELFTEST(pin_levels,
	 "a frame is pinned once, as one level, and an empty page will do")
{
	CHECK_CALL(scene_run(check_pin_levels));
}

/* Makes the page read-only with one entry in it, and pins it; it is empty and
 * writable again afterwards unless that worked. */
static long pin_with(unsigned int command, uint64_t entry)
{
	long error;

	scene_ptr(0)[7] = 0;
	scene_ptr(0)[8] = entry;
	if (scene_protect(0, SCENE_P) != 0) {
		return 1;
	}
	error = scene_ext(command, scene_mfn(0).mfn, 0);
	if (error != 0 && scene_protect(0, SCENE_P | SCENE_RW) != 0) {
		return 2;
	}
	return error;
}

static void check_pin_contents(void)
{
	uint64_t writable = SCENE_P | SCENE_RW;
	uint64_t refs = fake_xen_refs(scene_mfn(1));

	CHECK_EQ(pin_with(0, scene_make(scene_mfn(0), writable)), -XEN_EBUSY);
	CHECK_EQ(pin_with(0, scene_make(fake_xen_root(), writable)),
		 -XEN_EBUSY);
	CHECK_EQ(pin_with(0, BIT(51) | writable), -XEN_EPERM);
	CHECK_EQ(pin_with(1, scene_make(scene_mfn(1), SCENE_TABLE | SCENE_PS)),
		 -XEN_EINVAL);
	/* What came before the bad one is undone. */
	scene_ptr(0)[3] = scene_make(scene_mfn(1), writable);
	CHECK_EQ(pin_with(0, scene_make(fake_xen_root(), writable)),
		 -XEN_EBUSY);
	CHECK_EQ(fake_xen_refs(scene_mfn(1)), refs);
	CHECK_EQ(pin_with(0, scene_make(scene_mfn(0), SCENE_P)), 0);
	CHECK_EQ(fake_xen_refs(scene_mfn(1)), refs + 1);
	/* And what Xen makes of an entry is in it. */
	CHECK_EQ(fake_xen_entry(scene_mfn(0), 8),
		 scene_make(scene_mfn(0), SCENE_P | SCENE_US | SCENE_KERNEL));
}

SELFTEST(pin_contents, "a table is looked at before it is one")
{
	CHECK_CALL(scene_run(check_pin_contents));
}

static void check_pin_foreign(void)
{
	static const uint64_t frames[] = { 0, BIT(38), FAKE_XEN_OWN_MFN,
					   FAKE_XEN_OTHER_MFN,
					   FAKE_XEN_SHARED_INFO_MFN };

	for (size_t i = 0; i < ARRAY_COUNT(frames); i++) {
		CHECK_EQ(scene_ext(MMUEXT_PIN_L1_TABLE, frames[i], 0),
			 -XEN_EINVAL);
		CHECK_EQ(scene_ext(MMUEXT_UNPIN_TABLE, frames[i], 0),
			 -XEN_EINVAL);
	}
	CHECK_EQ(scene_ext(MMUEXT_UNPIN_TABLE, scene_mfn(0).mfn, 0),
		 -XEN_EINVAL);
}

SELFTEST(pin_foreign, "only the domain's own frames can be pinned")
{
	CHECK_CALL(scene_run(check_pin_foreign));
}

static void check_root_pin(void)
{
	uint64_t root = fake_xen_root().mfn;

	CHECK_EQ(scene_ext(MMUEXT_UNPIN_TABLE, root, 0), 0);
	CHECK_EQ(fake_xen_type_count(mfn(root)), 1);
	CHECK_EQ(map_writable(0, mfn(root)), -XEN_EBUSY);
	CHECK_EQ(scene_ext(MMUEXT_PIN_L4_TABLE, root, 0), 0);
}

SELFTEST(root_pin, "the L4 in use lives without its pin")
{
	CHECK_CALL(scene_run(check_root_pin));
}

/* ---- Trees --------------------------------------------------------------- */

/* One reference at the top makes a tree of three tables valid. */
static void check_tree(void)
{
	vaddr_t direct = vaddr(DIRECT_MAP_VADDR);
	uint64_t slot = scene_entry_address(L4, direct);

	scene_ptr(0)[0] = scene_make(scene_mfn(1), SCENE_P | SCENE_RW);
	scene_ptr(1)[0] = scene_make(scene_mfn(2), SCENE_P | SCENE_RW);
	scene_ptr(2)[0] = scene_make(scene_mfn(3), SCENE_P | SCENE_RW);
	CHECK_CALL(make_readonly(0));
	CHECK_CALL(make_readonly(1));
	CHECK_EQ(scene_update(slot, scene_make(scene_mfn(0), SCENE_P)),
		 -XEN_EINVAL);
	CHECK_EQ(fake_xen_type(scene_mfn(1)), FAKE_XEN_NONE);
	CHECK_CALL(make_readonly(2));
	CHECK_EQ(scene_update(slot, scene_make(scene_mfn(0), SCENE_P)), 0);
	CHECK_EQ(scene_entry(L4, direct),
		 scene_make(scene_mfn(0), SCENE_P | SCENE_US | SCENE_A));
	CHECK_EQ(scene_entry(L3, direct),
		 scene_make(scene_mfn(1), SCENE_P | SCENE_RW | SCENE_US));
	CHECK_EQ(fake_xen_type(scene_mfn(0)), FAKE_XEN_L3);
	CHECK_EQ(fake_xen_type(scene_mfn(1)), FAKE_XEN_L2);
	CHECK_EQ(fake_xen_type(scene_mfn(2)), FAKE_XEN_L1);
	CHECK_EQ(fake_xen_type_count(scene_mfn(3)), 2);
	CHECK_EQ(scene_update(slot, 0), 0);
	for (unsigned int i = 0; i < 3; i++) {
		CHECK_EQ(fake_xen_type(scene_mfn(i)), FAKE_XEN_NONE);
	}
	CHECK_EQ(fake_xen_type_count(scene_mfn(3)), 1);
}

SELFTEST(tree, "a tree is valid through one reference, and falls with it")
{
	CHECK_CALL(scene_run(check_tree));
}

/* ---- Roots --------------------------------------------------------------- */

static void check_new_root(void)
{
	mfn_t old = fake_xen_root();
	struct fault fault;

	for (unsigned int i = 0; i < ENTRY_COUNT; i++) {
		scene_ptr(0)[i] = fake_xen_entry(old, i);
	}
	CHECK_EQ(scene_ext(MMUEXT_NEW_BASEPTR, scene_mfn(0).mfn, 0),
		 -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_NEW_BASEPTR, BIT(38), 0), -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_NEW_USER_BASEPTR, scene_mfn(0).mfn, 0),
		 -XEN_EINVAL);
	CHECK_EQ(fake_xen_root().mfn, old.mfn);
	CHECK_CALL(make_readonly(0));
	CHECK_EQ(scene_ext(MMUEXT_NEW_USER_BASEPTR, scene_mfn(0).mfn, 0), 0);
	CHECK_EQ(fake_xen_user_root().mfn, scene_mfn(0).mfn);
	CHECK_EQ(scene_ext(MMUEXT_NEW_USER_BASEPTR, 0, 0), 0);
	CHECK_EQ(fake_xen_type(scene_mfn(0)), FAKE_XEN_NONE);
	CHECK_EQ(scene_ext(MMUEXT_NEW_BASEPTR, scene_mfn(0).mfn, 0), 0);
	CHECK_EQ(scene_ext(MMUEXT_NEW_BASEPTR, scene_mfn(0).mfn, 0), 0);
	CHECK_EQ(fake_xen_root().mfn, scene_mfn(0).mfn);
	CHECK_EQ(fake_xen_type_count(scene_mfn(0)), 1);
	CHECK_EQ(fake_xen_type_count(old), 1);
	CHECK(probe_write(scene_page(1), 1, &fault));
}

SELFTEST(new_root, "a root must be a valid L4, and holds it")
{
	CHECK_CALL(scene_run(check_new_root));
}

SELFTEST_SUITE(fake_xen_types, &live_tables, &hooked, &pinned, &pin_writable,
	       &pin_levels, &pin_contents, &pin_foreign, &root_pin, &tree,
	       &new_root);
