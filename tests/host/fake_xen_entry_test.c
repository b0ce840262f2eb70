// SPDX-License-Identifier: MIT
/*
 * Tests of the model of Xen: page-table entries.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "tests/host/fake_xen_scene.h"
#include "tests/host/panics.h"

#define WRITABLE (SCENE_P | SCENE_RW)
#define KERNEL	 (SCENE_US | SCENE_KERNEL)

static uint64_t entry_of(unsigned int number)
{
	return scene_entry(L1, scene_page(number));
}

/* Puts the entry in place of that of page 0; the error of a refusal, and then
 * nothing may have changed. */
static long try(uint64_t entry)
{
	uint64_t before = entry_of(0);
	long error = scene_remap(scene_page(0), entry);

	return error != 0 && entry_of(0) != before ? 1 : error;
}

static long try_upper(level_t level, vaddr_t address, uint64_t entry)
{
	uint64_t before = scene_entry(level, address);
	long error = scene_update(scene_entry_address(level, address), entry);

	return error != 0 && scene_entry(level, address) != before ? 1 : error;
}

/* ---- Upper levels -------------------------------------------------------- */

static void check_upper_bits(void)
{
	static const uint64_t forbidden[] = { SCENE_PS, SCENE_G, SCENE_PCD,
					      SCENE_PWT };
	static const vaddr_t free = { DIRECT_MAP_VADDR };
	uint64_t below[L4 + 1];

	for (unsigned int i = 0; i < 3; i++) {
		CHECK_EQ(scene_protect(i, SCENE_P), 0);
		below[L2 + i] = scene_make(scene_mfn(i), SCENE_TABLE);
	}
	for (level_t level = L4; level >= L2; level = (level_t)(level - 1)) {
		for (size_t i = 0; i < ARRAY_COUNT(forbidden); i++) {
			CHECK_EQ(try_upper(level, free,
					   below[level] | forbidden[i]),
				 -XEN_EINVAL);
		}
		/* The control; and a flag alone is looked at as well. */
		CHECK_EQ(try_upper(level, free, below[level]), 0);
		CHECK_EQ(try_upper(level, free, below[level] | SCENE_G),
			 -XEN_EINVAL);
		CHECK_EQ(try_upper(level, free, below[level] | SCENE_NX), 0);
		CHECK_EQ(scene_entry(level, free), below[level] | SCENE_NX);
	}
}

SELFTEST(upper_bits,
	 "no large pages, no G, no cache attributes in upper entries")
{
	CHECK_CALL(scene_run(check_upper_bits));
}

static void check_upper_targets(void)
{
	vaddr_t slot = scene_free_slot(0);
	mfn_t own = scene_table(L2, slot);
	uint64_t pages[] = { scene_mfn(0).mfn,
			     scene_table(L3, slot).mfn,
			     fake_xen_root().mfn,
			     FAKE_XEN_OTHER_MFN,
			     FAKE_XEN_OWN_MFN,
			     FAKE_XEN_MMIO_MFN,
			     BIT(38) };

	for (size_t i = 0; i < ARRAY_COUNT(pages); i++) {
		CHECK_EQ(try_upper(L2, slot,
				   scene_make(mfn(pages[i]), SCENE_TABLE)),
			 -XEN_EINVAL);
	}
	/* The same L1 twice is allowed. */
	CHECK_EQ(try_upper(L2, slot,
			   scene_make(scene_table(L1, scene_page(0)),
				      SCENE_TABLE)),
		 0);
	CHECK_EQ(try_upper(L2, slot, 0), 0);
	CHECK_EQ(try_upper(L2, slot, scene_make(own, SCENE_TABLE)),
		 -XEN_EINVAL);
	CHECK_EQ(try_upper(L2, slot, scene_make(own, SCENE_P)), 0);
	CHECK_EQ(try_upper(L2, slot, 0), 0);
	CHECK_EQ(fake_xen_type_count(own), 1);
	CHECK_EQ(try_upper(L4, vaddr(DIRECT_MAP_VADDR),
			   scene_make(fake_xen_root(), SCENE_TABLE)),
		 -XEN_EINVAL);
}

SELFTEST(upper_targets,
	 "an upper entry leads to a table of the next lower level")
{
	CHECK_CALL(scene_run(check_upper_targets));
}

static void check_xen_slots(void)
{
	uint64_t root = fake_xen_root().mfn << PAGE_SHIFT;
	uint64_t entry = scene_make(scene_mfn(0), SCENE_TABLE);

	CHECK_EQ(scene_protect(0, SCENE_P), 0);
	for (uint64_t i = 256; i <= 271; i++) {
		CHECK_EQ(scene_update(root + i * 8, 0), -XEN_EINVAL);
		CHECK_EQ(scene_update(root + i * 8, entry), -XEN_EINVAL);
	}
	CHECK_EQ(scene_update(root + UINT64_C(255) * 8, entry), 0);
	CHECK_EQ(scene_update(root + UINT64_C(272) * 8, entry), 0);
}

SELFTEST(xen_slots, "Xen's slots of the L4 are not to be written")
{
	CHECK_CALL(scene_run(check_xen_slots));
}

/* ---- L1: what may be mapped ---------------------------------------------- */

static void check_frames(void)
{
	bool dom0 = scene_is_dom0();
	uint64_t ones = SCENE_ADDRESS | WRITABLE;

	CHECK_EQ(try(ones), -XEN_EINVAL);
	CHECK_EQ(try(BIT(51) | WRITABLE), -XEN_EPERM);
	CHECK_EQ(try(scene_make(mfn(FAKE_XEN_LAPIC_MFN), WRITABLE)),
		 -XEN_EPERM);
	CHECK_EQ(try(scene_make(mfn(FAKE_XEN_OWN_MFN), SCENE_P)), -XEN_EBUSY);
	CHECK_EQ(try(scene_make(mfn(FAKE_XEN_OWN_MFN), WRITABLE)), -XEN_EBUSY);
	CHECK_EQ(try(scene_make(mfn(FAKE_XEN_OTHER_MFN), SCENE_P)), -XEN_EBUSY);
	CHECK_EQ(try(scene_make(mfn(0), WRITABLE)), dom0 ? 0 : -XEN_EPERM);
	CHECK_EQ(try(scene_make(mfn(FAKE_XEN_MMIO_MFN), WRITABLE)),
		 dom0 ? 0 : -XEN_EPERM);
	CHECK_EQ(try(scene_make(scene_far_mfn(0), WRITABLE)), 0);
	CHECK_EQ(try(scene_make(mfn(FAKE_XEN_SHARED_INFO_MFN), WRITABLE)), 0);
}

SELFTEST(frames, "which frames a domain may map, and with which error not")
{
	CHECK_CALL(scene_run(check_frames));
}

/* WB, WT, WP, and WC of Xen's PAT: none may be cached. */
static void check_devices(void)
{
	static const uint64_t types[][2] = {
		{ 0, SCENE_PWT | SCENE_PCD },
		{ SCENE_PWT, SCENE_PWT | SCENE_PCD },
		{ SCENE_PAT | SCENE_PWT, SCENE_PWT | SCENE_PCD },
		{ SCENE_PAT, SCENE_PAT },
	};
	uint64_t device = scene_make(mfn(FAKE_XEN_MMIO_MFN), WRITABLE);

	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		CHECK_EQ(try(device | types[i][0]), 0);
		CHECK_EQ(entry_of(0), device | KERNEL | types[i][1]);
	}
}

SELFTEST(devices, "dom0 maps devices, and gets them uncached")
{
	CHECK_CALL(fake_xen_run(FAKE_XEN_DOM0, check_devices));
}

/* WT, UC-, UC, WC, WP of Xen's PAT. */
static void check_cache_bits(bool allowed)
{
	static const uint64_t types[] = { SCENE_PWT, SCENE_PCD,
					  SCENE_PWT | SCENE_PCD, SCENE_PAT,
					  SCENE_PAT | SCENE_PWT };

	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		uint64_t flags = WRITABLE | types[i];

		CHECK_EQ(try(scene_make(scene_mfn(0), flags)),
			 allowed ? 0 : -XEN_EINVAL);
		CHECK_EQ(try(scene_make(mfn(FAKE_XEN_SHARED_INFO_MFN), flags)),
			 allowed ? -XEN_EACCES : -XEN_EINVAL);
	}
	CHECK_EQ(try(scene_make(scene_mfn(0), WRITABLE)), 0);
	CHECK_EQ(fake_xen_type_count(mfn(FAKE_XEN_SHARED_INFO_MFN)), 1);
}

static void check_cache_allowed(void)
{
	CHECK_CALL(check_cache_bits(true));
}

static void check_cache_refused(void)
{
	CHECK_CALL(check_cache_bits(false));
}

SELFTEST(cache_bits, "cache attributes are for domains with devices")
{
	CHECK_CALL(fake_xen_run(FAKE_XEN_DOMU, check_cache_refused));
	CHECK_CALL(fake_xen_run(FAKE_XEN_DOMU_IO, check_cache_allowed));
	CHECK_CALL(fake_xen_run(FAKE_XEN_DOM0, check_cache_allowed));
}

/* ---- L1: what becomes of an entry ---------------------------------------- */

static void check_adjusted(void)
{
	uint64_t bits = (UINT64_C(7) << 9) | (UINT64_C(0x1ff) << 53);
	uint64_t entry = scene_make(scene_mfn(0), WRITABLE);

	CHECK_EQ(try(entry), 0);
	CHECK_EQ(entry_of(0), entry | KERNEL);
	CHECK_EQ(try(entry | SCENE_US), 0);
	CHECK_EQ(entry_of(0), entry | SCENE_US | SCENE_G);
	CHECK_EQ(try(entry | KERNEL), 0);
	CHECK_EQ(entry_of(0), entry | KERNEL);
	CHECK_EQ(try(entry | SCENE_G), 0);
	CHECK_EQ(entry_of(0), entry | SCENE_G | KERNEL);
	CHECK_EQ(try(entry | bits | SCENE_NX | SCENE_A | SCENE_D), 0);
	CHECK_EQ(entry_of(0),
		 entry | bits | SCENE_NX | SCENE_A | SCENE_D | KERNEL);
	CHECK_EQ(try(SCENE_RW | SCENE_NX), 0);
	CHECK_EQ(entry_of(0), SCENE_RW | SCENE_NX);
	/* From nothing to something, the same. */
	CHECK_EQ(try(entry), 0);
	CHECK_EQ(entry_of(0), entry | KERNEL);
}

SELFTEST(adjusted, "what Xen makes of the bits of a leaf")
{
	CHECK_CALL(scene_run(check_adjusted));
}

static void check_counts(void)
{
	mfn_t frame = scene_mfn(0);

	CHECK_EQ(fake_xen_type_count(frame), 1);
	CHECK_EQ(fake_xen_refs(frame), 2);
	CHECK_EQ(scene_remap(scene_page(1), scene_make(frame, WRITABLE)), 0);
	CHECK_EQ(fake_xen_type_count(frame), 2);
	CHECK_EQ(fake_xen_refs(frame), 3);
	CHECK_EQ(scene_remap(scene_page(1), scene_make(frame, SCENE_P)), 0);
	CHECK_EQ(fake_xen_type_count(frame), 1);
	CHECK_EQ(fake_xen_refs(frame), 3);
	CHECK_EQ(try(scene_make(frame, WRITABLE | SCENE_NX | SCENE_A)), 0);
	CHECK_EQ(fake_xen_type_count(frame), 1);
	CHECK_EQ(try(0), 0);
	CHECK_EQ(fake_xen_type(frame), FAKE_XEN_NONE);
	CHECK_EQ(fake_xen_refs(frame), 2);
	CHECK_EQ(scene_remap(scene_page(1), 0), 0);
	CHECK_EQ(fake_xen_refs(frame), 1);
}

SELFTEST(counts, "every mapping is counted, the writable ones by type")
{
	CHECK_CALL(scene_run(check_counts));
}

static void check_aliases(void)
{
	struct fault fault;
	uint64_t value;

	*scene_ptr(0) = 1;
	*scene_ptr(1) = 2;
	CHECK_EQ(scene_remap(scene_page(1), scene_make(scene_mfn(0), SCENE_P)),
		 0);
	CHECK_EQ(*scene_ptr(1), 1);
	*scene_ptr(0) = 3;
	CHECK_EQ(*scene_ptr(1), 3);
	CHECK(!probe_write(scene_page(1), 4, &fault));
	CHECK_EQ(fault.error, PF_PRESENT | PF_WRITE);
	CHECK_EQ(try(0), 0);
	CHECK(!probe_read(scene_page(0), &value, &fault));
	CHECK_EQ(*scene_ptr(1), 3);
	/* What was there before is what comes back. */
	CHECK_EQ(scene_protect(1, WRITABLE), 0);
	CHECK_EQ(*scene_ptr(1), 2);
	CHECK_EQ(scene_protect(0, WRITABLE), 0);
	CHECK_EQ(*scene_ptr(0), 3);
}

SELFTEST(aliases, "one frame at two addresses is the same memory")
{
	CHECK_CALL(scene_run(check_aliases));
}

/* ---- What must not be tried ---------------------------------------------- */

static void body_l1tf(void)
{
	(void)scene_remap(scene_page(0), scene_make(scene_mfn(0), SCENE_RW));
}

static void body_l1tf_hooked(void)
{
	scene_ptr(0)[5] = scene_make(scene_mfn(1), 0);
	(void)scene_protect(0, SCENE_P);
	(void)scene_update(scene_entry_address(L2, scene_free_slot(0)),
			   scene_make(scene_mfn(0), SCENE_TABLE));
}

static void body_no_flush(void)
{
	vaddr_t page = scene_page(0);

	(void)scene_protect(0, SCENE_P);
	(void)scene_call(__HYPERVISOR_update_va_mapping, page.va,
			 scene_make(scene_mfn(0), WRITABLE), UVMF_NONE);
}

static void body_no_flush_unmap(void)
{
	(void)scene_call(__HYPERVISOR_update_va_mapping, scene_page(0).va, 0,
			 UVMF_NONE);
}

static void l1tf(void)
{
	fake_xen_run(FAKE_XEN_DOMU, body_l1tf);
}

static void l1tf_hooked(void)
{
	fake_xen_run(FAKE_XEN_DOMU, body_l1tf_hooked);
}

static void no_flush(void)
{
	fake_xen_run(FAKE_XEN_DOMU, body_no_flush);
}

static void no_flush_unmap(void)
{
	fake_xen_run(FAKE_XEN_DOMU, body_no_flush_unmap);
}

SELFTEST(l1tf_panics,
	 "an entry that is not present but has an address is a panic")
{
	CHECK_CALL(check_panics(l1tf, "not present but has an address"));
	CHECK_CALL(check_panics(l1tf_hooked, "not present but has an address"));
}

static void check_needless_flush(void)
{
	uint64_t readonly = scene_make(scene_mfn(0), SCENE_P);

	CHECK_EQ(scene_call(__HYPERVISOR_update_va_mapping, scene_page(0).va,
			    readonly, UVMF_NONE),
		 0);
	CHECK_EQ(scene_call(__HYPERVISOR_update_va_mapping, scene_page(0).va,
			    readonly | SCENE_NX, UVMF_NONE),
		 0);
	CHECK_EQ(scene_remap(scene_page(0), 0), 0);
	CHECK_EQ(scene_call(__HYPERVISOR_update_va_mapping, scene_page(0).va,
			    readonly | SCENE_RW, UVMF_NONE),
		 0);
}

SELFTEST(flushes,
	 "a mapping that changes without a flush is a panic, if it needs one")
{
	CHECK_CALL(check_panics(no_flush, "without a flush"));
	CHECK_CALL(check_panics(no_flush_unmap, "without a flush"));
	CHECK_CALL(scene_run(check_needless_flush));
}

SELFTEST_SUITE(fake_xen_entry, &upper_bits, &upper_targets, &xen_slots, &frames,
	       &devices, &cache_bits, &adjusted, &counts, &aliases,
	       &l1tf_panics, &flushes);
