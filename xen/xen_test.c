// SPDX-License-Identifier: MIT
/*
 * Tests of the state that a Xen PV start leaves behind.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "xen/backend.h"
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

static void check_frame(pfn_t frame)
{
	mfn_t machine = pv()->pfn_to_mfn(frame);

	CHECK(!mfn_eq(machine, MFN_NONE));
	CHECK_EQ(pv()->mfn_to_pfn(machine).pfn, frame.pfn); /* PV-2 */
}

SELFTEST(frames, "every frame of the domain converts there and back")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(4096);

	SKIP_UNLESS_XEN();
	CHECK_CALL(check_frame(pfn(0)));
	CHECK_CALL(check_frame(pfn(xen_p2m_count() - 1)));
	for (uint64_t i = 0; i < rounds; i++) {
		CHECK_CALL(check_frame(
			pfn(random_below(&random, xen_p2m_count()))));
	}
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

SELFTEST(boot_map, "the builder's map ends where it is said to end")
{
	uint64_t bytes = xen_boot_map_bytes();
	struct fault fault;
	uint64_t value;
	vaddr_t last;

	SKIP_UNLESS_XEN();
	CHECK(pv()->boot_ptr(paddr(bytes)) == NULL);
	last = vaddr_of(pv()->boot_ptr(paddr(bytes - sizeof(value))));
	CHECK(probe_read(last, &value, &fault));
	CHECK(!probe_read(vaddr_add(last, sizeof(value)), &value, &fault));
}

SELFTEST_SUITE(xen, &shared_info, &frames, &foreign_frames, &boot_map);
