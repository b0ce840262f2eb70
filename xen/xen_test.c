// SPDX-License-Identifier: MIT
/*
 * Tests of the state that a Xen PV start leaves behind.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "xen/backend.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"

#define SKIP_UNLESS_XEN()                           \
	do {                                        \
		if (pv() != &pv_xen) {              \
			SKIP("not a guest of Xen"); \
		}                                   \
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

SELFTEST(frames, "every frame of the domain converts there and back")
{
	SKIP_UNLESS_XEN();
	populated = 0;
	for (uint64_t i = 0; i < xen_p2m_count(); i++) {
		CHECK_CALL(check_frame(pfn(i)));
	}
	CHECK(populated != 0);
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
	CHECK(populated != 0);
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

SELFTEST_SUITE(xen, &shared_info, &frames, &machine_frames, &foreign_frames);
