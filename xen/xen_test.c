// SPDX-License-Identifier: MIT
/*
 * Tests of the state that a Xen PV start leaves behind.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "xen/backend.h"
#include "xen/boot_map.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"

#define SKIP_UNLESS_XEN()                              \
	do {                                           \
		if (pv() != &pv_xen) {                 \
			SKIP("not a PV guest of Xen"); \
		}                                      \
	} while (0)

SELFTEST(shared_info, "shared_info is mapped, and events are masked")
{
	const struct vcpu_info *vcpu = &xen_shared_info->vcpu_info[0];

	SKIP_UNLESS_XEN();
	CHECK_EQ(READ_ONCE(vcpu->evtchn_upcall_mask), 1);
	/* Xen keeps the time there from before the first instruction. */
	CHECK(READ_ONCE(vcpu->time.tsc_to_system_mul) != 0);
}

static uint64_t populated;
static uint64_t highest;

static void check_frame(pfn_t frame)
{
	mfn_t machine = pv()->pfn_to_mfn(frame);

	if (mfn_eq(machine, MFN_NONE)) {
		return;
	}
	populated++;
	highest = max_u64(highest, machine.mfn);
	/* There may be millions, of which one that is wrong is enough. */
	if (!pfn_eq(pv()->mfn_to_pfn(machine), frame)) {
		FAIL("frame 0x%lx does not convert back", frame.pfn); /* PV-2 */
	}
}

static void check_frames(void)
{
	populated = 0;
	highest = 0;
	for (uint64_t i = 0; i < xen_p2m_count(); i++) {
		CHECK_CALL(check_frame(pfn(i)));
	}
	CHECK(populated != 0);
}

SELFTEST(frames, "every frame of the domain converts there and back")
{
	SKIP_UNLESS_XEN();
	CHECK_CALL(check_frames());
}

#define PER_PAGE (PAGE_BYTES / sizeof(uint64_t))

/* How many of the machine frames that a page of the M2P table is about. */
static uint64_t count_ours(uint64_t first)
{
	uint64_t ours = 0;

	for (uint64_t i = first; i < first + PER_PAGE; i++) {
		ours += pfn_eq(pv()->mfn_to_pfn(mfn(i)), PFN_NONE) ? 0 : 1;
	}
	return ours;
}

/* No two frames share a machine frame, and no other one claims to be ours. */
SELFTEST(machine_frames, "as many machine frames are ours as we have frames")
{
	struct xen_machphys_mapping m2p;
	struct fault hole;
	uint64_t ignored;
	uint64_t ours = 0;

	SKIP_UNLESS_XEN();
	CHECK_CALL(check_frames());
	CHECK_EQ(xen_machphys_mapping(&m2p), 0);
	for (uint64_t i = 0; i <= highest; i += PER_PAGE) {
		vaddr_t page = vaddr(m2p.v_start + i * sizeof(uint64_t));

		if (probe_read(page, &ignored, &hole)) {
			ours += count_ours(i);
		}
	}
	CHECK_EQ(ours, populated);
}

SELFTEST(foreign_frames, "machine frames of others convert to no frame")
{
	SKIP_UNLESS_XEN();
	CHECK(mfn_eq(pv()->pfn_to_mfn(pfn(xen_p2m_count())), MFN_NONE));
	/* The lowest frames of a PC are firmware's or Xen's, never a
	 * domain's. PV-3 */
	CHECK(pfn_eq(pv()->mfn_to_pfn(mfn(0)), PFN_NONE));
	CHECK(pfn_eq(pv()->mfn_to_pfn(mfn(0xa0)), PFN_NONE));
	CHECK(pfn_eq(pv()->mfn_to_pfn(mfn(BIT(30))), PFN_NONE));
}

static struct memory_map map;

/* RAM goes on over frames that are there, and nowhere else. */
SELFTEST(memory, "the memory of the domain is the frames that it has")
{
	uint64_t frame_count = xen_p2m_count();

	SKIP_UNLESS_XEN();
	map.count = 0;
	CHECK_EQ(xen_p2m_describe(&map), OK);
	for (uint64_t i = 0; i < frame_count; i++) {
		bool ours = !mfn_eq(pv()->pfn_to_mfn(pfn(i)), MFN_NONE);

		CHECK_EQ(memory_map_is_ram(&map, pfn_paddr(pfn(i)), PAGE_BYTES),
			 ours);
	}
	CHECK(map.count != 0);
	CHECK(map.ranges[map.count - 1].end.pa <= frame_count << PAGE_SHIFT);
}

/* Memory that is left out would not be missed. */
SELFTEST(memory_full, "a memory map without room for all frames is an error")
{
	size_t needed;

	SKIP_UNLESS_XEN();
	map.count = 0;
	CHECK_EQ(xen_p2m_describe(&map), OK);
	needed = map.count;
	for (size_t room = 0; room <= needed; room++) {
		map.count = MEMORY_MAP_MAX - room;
		CHECK_EQ(xen_p2m_describe(&map), room < needed ? ERR_FULL : OK);
	}
}

SELFTEST(boot_map, "the builder's map ends where it was taken to end")
{
	SKIP_UNLESS_XEN();
	CHECK(xen_boot_map_is_exact());
}

/* The other half is xen_mmu/memory_types. */
SELFTEST(privileged, "the first domain may use memory types")
{
	SKIP_UNLESS_XEN();
	if (!xen_is_initial_domain()) {
		SKIP("not the first domain");
	}
	CHECK(pv()->paging->memtypes);
}

SELFTEST_SUITE(xen, &shared_info, &frames, &machine_frames, &foreign_frames,
	       &memory, &memory_full, &boot_map, &privileged);
