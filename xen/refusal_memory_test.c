// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: frames that were given back, and calls as such.
 */
#include "arch/x86/pv.h"
#include "lib/selftest.h"
#include "xen/p2m.h"
#include "xen/refusal.h"
#include "xen/refusal_calls.h"

/* ---- Calls --------------------------------------------------------------- */

/* The argument is zeroes: for set_trap_table a list without an entry, for
 * domctl one of no version. */
static long call(uint64_t number)
{
	return xen_hypercall(number, refusal_base(VA_DATA), 0, 0, 0, 0);
}

/* Both structures begin with the domain. */
static long memory(uint64_t command)
{
	struct xen_add_to_physmap map = { .domid = DOMID_SELF };

	return xen_memory_op(command, &map);
}

static long say(uint64_t length)
{
	return xen_console_io_write("", length);
}

/* xen/arch/x86/pv/hypercall.c, xen/common/domctl.c, xen/arch/x86/mm.c
 * (xenmem_add_to_physmap_one), xen/drivers/char/console.c. */
static const struct refusal call_rows[] = {
	{ "call 11", call, 11, __HYPERVISOR_set_trap_table, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_ENOSYS), 0 },
	{ "call 38", call, 38, __HYPERVISOR_set_trap_table, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_ENOSYS), 0 },
	{ "call 63", call, 63, __HYPERVISOR_set_trap_table, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_ENOSYS), 0 },
	{ "domctl of no version", call, __HYPERVISOR_domctl,
	  __HYPERVISOR_set_trap_table, OF_ZERO, OF_ZERO, BOTH(-XEN_EACCES), 0 },
	{ "a map that Xen keeps", memory, XENMEM_add_to_physmap,
	  XENMEM_current_reservation, OF_ZERO, OF_ZERO, BOTH(-XEN_EACCES), 0 },
	/* A Xen built for debugging lets everybody. */
	{ "Xen's console", say, 0, 0, OF_ZERO, OF_ZERO, 0, -XEN_EPERM,
	  NO_CONTROL | OR_ZERO },
};

SELFTEST(calls, "Xen refuses calls that are not there or not for guests")
{
	REFUSAL_TEST_ROWS(call_rows, NULL);
}

/* Three calls, of which the one in the middle is another. The harmless one sets
 * handlers from a list without any. */
static long call_three(uint64_t number)
{
	struct multicall_entry harmless = {
		.op = __HYPERVISOR_set_trap_table,
		.result = 1,
		.args = { refusal_base(VA_ONE) },
	};
	struct multicall_entry list[3] = { harmless, harmless, harmless };

	if (number != 0) {
		list[1].op = number;
		list[1].args[0] = vaddr_of(&harmless).va;
		list[1].args[1] = 1;
	}
	STEP(1, xen_multicall(list, 3) == 0);
	STEP(2, list[0].result == 0);
	STEP(3, list[2].result == 0);
	STEP(4, harmless.result == 1);
	return (long)list[1].result;
}

/* xen/common/multicall.c. */
static const struct refusal list_rows[] = {
	{ "a list in a list", call_three, __HYPERVISOR_multicall, 0, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_EINVAL), 0 },
};

SELFTEST(nested, "of a list of calls one with another list is refused")
{
	REFUSAL_TEST_ROWS(list_rows, NULL);
}

/* ---- Memory -------------------------------------------------------------- */

/* One extent; returns how many were done, and its frame. */
static long reserve(unsigned int command, unsigned int order, xen_pfn_t *frame)
{
	struct xen_memory_reservation what = {
		.nr_extents = 1,
		.extent_order = order,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(what.extent_start, frame);
	return xen_reservation(command, &what);
}

/* More memory, which goes back at once. */
static long grow(unsigned int order)
{
	xen_pfn_t frame;
	long count;

	if (order != 0) {
		selftest_note("xen-log: Over-allocation for d");
	}
	count = reserve(XENMEM_increase_reservation, order, &frame);
	STEP(1, count != 1 || reserve(XENMEM_decrease_reservation, order,
				      &frame) == 1);
	return count;
}

/* xen/arch/x86/mm.c, get_page_from_l1e: the frame is not the domain's; and
 * xen/common/memory.c, guest_remove_page. */
static long try_gone(xen_pfn_t gone)
{
	uint64_t leaf = refusal_leaf();

	selftest_note("xen-log: Error mfn %05lx: ", gone);
	STEP(2, refusal_map(gone << PAGE_SHIFT | RO) == -XEN_EBUSY);
	STEP(3, refusal_map(gone << PAGE_SHIFT | RW) == -XEN_EBUSY);
	STEP(4, refusal_leaf() == leaf);
	return reserve(XENMEM_decrease_reservation, 0, &gone);
}

#define TRY_GONE 100

/* Gives the spare page's frame back, tries what must not be, or to have an
 * extent of that order, and takes another frame, or the same, in its place. */
static long give(uint64_t what)
{
	mfn_t old = mfn(refusal_base(OF_SPARE) >> PAGE_SHIFT);
	pfn_t spare = pv()->mfn_to_pfn(old);
	xen_pfn_t frame = old.mfn;
	long count;

	STEP(10, refusal_unmap(OF_SPARE) == 0);
	STEP(11, reserve(XENMEM_decrease_reservation, 0, &frame) == 1);
	xen_p2m_set(spare, MFN_NONE);
	count = what == TRY_GONE ? try_gone(old.mfn) : grow((unsigned int)what);
	frame = spare.pfn;
	STEP(12, reserve(XENMEM_populate_physmap, 0, &frame) == 1);
	xen_p2m_set(spare, mfn(frame));
	refusal_replace(OF_SPARE, mfn(frame));
	STEP(13, pfn_eq(pv()->mfn_to_pfn(mfn(frame)), spare));
	return what != 0 || count == 1 ? count : WRONG;
}

/* xen/common/memory.c, max_order: the first domain may have more at once, if
 * there is so much and it may grow so far. */
static const struct refusal memory_rows[] = {
	{ "a frame that was given back", give, TRY_GONE, 0, OF_ZERO, OF_ZERO,
	  BOTH(0), 0 },
	{ "32 MiB at once", give, 13, 0, OF_ZERO, OF_ZERO, 1, 0, OR_ZERO },
	{ "4 TiB at once", give, 30, 0, OF_ZERO, OF_ZERO, BOTH(0), 0 },
};

SELFTEST(given, "Xen refuses frames that were given back, and too many")
{
	REFUSAL_TEST_ROWS(memory_rows, NULL);
}

SELFTEST_SUITE(refusal_memory, &calls, &nested, &given);
