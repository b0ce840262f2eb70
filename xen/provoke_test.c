// SPDX-License-Identifier: MIT
/*
 * Lines in Xen's log, on request.
 *
 * A guest that does only what it may is not mentioned there, and whoever judges
 * a run under Xen takes a line that no test announced for a failure. These
 * provoke one. Like the suite "provoke" they run only if the command line names
 * theirs.
 */
#include "lib/log.h"
#include "lib/selftest.h"
#include "xen/backend.h"
#include "xen/hypercall.h"

/* Larger than what xl gives a domain beyond its memory (1 MiB; Xen,
 * tools/libs/light/libxl_internal.h, LIBXL_MAXMEM_CONSTANT). */
#define EXTENT_ORDER 9

/* Asks for more memory than the domain may have. Xen grants none and logs
 * "Over-allocation" (xen/common/page_alloc.c). */
static void take_too_much(void)
{
	struct xen_memory_reservation more = {
		.nr_extents = 1,
		.extent_order = EXTENT_ORDER,
		.domid = DOMID_SELF,
	};

	if (pv() != &pv_xen) {
		SKIP("not a PV guest of Xen");
	}
	CHECK_EQ(xen_hypercall(__HYPERVISOR_memory_op,
			       XENMEM_increase_reservation, vaddr_of(&more).va,
			       0, 0, 0),
		 0);
}

SELFTEST(complaint, "has Xen log a line: a pass that is not believed")
{
	CHECK_CALL(take_too_much());
}

SELFTEST(announced, "has Xen log a line that it announced: verdict pass")
{
	print("# xen-log: Over-allocation\n");
	CHECK_CALL(take_too_much());
}

SELFTEST_SUITE_ON_REQUEST(provoke_xen, &complaint, &announced);
