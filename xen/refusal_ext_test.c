// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: roots, flushes, and the rest of mmuext_op.
 */
#include "lib/selftest.h"
#include "xen/refusal.h"

/* ---- Roots --------------------------------------------------------------- */

/* The kernel never goes to user mode, so it has none. */
static long use_user_root(uint64_t address)
{
	long error = refusal_extended(MMUEXT_NEW_USER_BASEPTR, address, 0);

	if (error != 0) {
		return error;
	}
	return refusal_extended(MMUEXT_NEW_USER_BASEPTR, 0, 0) == 0 ? 0 : WRONG;
}

/* xen/arch/x86/mm.c, new_guest_cr3 and MMUEXT_NEW_USER_BASEPTR. */
static const struct refusal root_rows[] = {
	{ "a writable page as root", refusal_command, MMUEXT_NEW_BASEPTR,
	  MMUEXT_NEW_BASEPTR, OF_DATA, OF_L4, BOTH(-XEN_EINVAL), 0 },
	{ "a root no host has", refusal_command, BIT(50) | MMUEXT_NEW_BASEPTR,
	  MMUEXT_NEW_BASEPTR, OF_ZERO, OF_L4, BOTH(-XEN_EINVAL), 0 },
	{ "a writable page as root of users", use_user_root, 0, 0, OF_DATA,
	  OF_L4, BOTH(-XEN_EINVAL), 0 },
};

SELFTEST(roots, "Xen refuses roots that are not tables")
{
	REFUSAL_TEST_ROWS(root_rows, NULL);
}

/* ---- Operations ---------------------------------------------------------- */

static long copy_page(uint64_t address)
{
	return refusal_extended(MMUEXT_COPY_PAGE, address,
				refusal_base(OF_SPARE) >> PAGE_SHIFT);
}

static long flush_on(uint64_t list)
{
	return refusal_extended(MMUEXT_TLB_FLUSH_MULTI, 0, list);
}

/* xen/arch/x86/mm.c, do_mmuext_op. */
static const struct refusal operation_rows[] = {
	{ "clearing a live table", refusal_command, MMUEXT_CLEAR_PAGE,
	  MMUEXT_CLEAR_PAGE, OF_L1, OF_DATA, BOTH(-XEN_EINVAL), 0 },
	{ "copying over a live table", copy_page, 0, 0, OF_L1, OF_DATA,
	  BOTH(-XEN_EINVAL), 0 },
	{ "a flush with a bad list of CPUs", flush_on, 0x10, 0, OF_ZERO, VA_ONE,
	  BOTH(-XEN_EINVAL), 0 },
	{ "a flush of the caches", refusal_command, MMUEXT_FLUSH_CACHE,
	  MMUEXT_TLB_FLUSH_LOCAL, OF_ZERO, OF_ZERO, 0, -XEN_EACCES, IF_IO },
	{ "a command that was never given", refusal_command, 14,
	  MMUEXT_TLB_FLUSH_LOCAL, OF_ZERO, OF_ZERO, BOTH(-XEN_ENOSYS), 0 },
	{ "a command behind the last", refusal_command, 99,
	  MMUEXT_TLB_FLUSH_LOCAL, OF_ZERO, OF_ZERO, BOTH(-XEN_ENOSYS), 0 },
	{ "MARK_SUPER", refusal_command, MMUEXT_MARK_SUPER,
	  MMUEXT_TLB_FLUSH_LOCAL, OF_ZERO, OF_ZERO, BOTH(-XEN_EOPNOTSUPP), 0 },
	{ "UNMARK_SUPER", refusal_command, MMUEXT_UNMARK_SUPER,
	  MMUEXT_TLB_FLUSH_LOCAL, OF_ZERO, OF_ZERO, BOTH(-XEN_EOPNOTSUPP), 0 },
};

SELFTEST(operations, "Xen refuses to write tables, and unknown commands")
{
	REFUSAL_TEST_ROWS(operation_rows, NULL);
}

/* ---- Descriptors --------------------------------------------------------- */

static long use_ldt(uint64_t va, uint64_t entries)
{
	long error = refusal_extended(MMUEXT_SET_LDT, va, entries);

	if (error != 0) {
		return error;
	}
	return refusal_extended(MMUEXT_SET_LDT, 0, 0) == 0 ? 0 : WRONG;
}

static long use_ldt_at(uint64_t va)
{
	return use_ldt(va, 512);
}

static long use_ldt_of(uint64_t entries)
{
	return use_ldt(refusal_base(VA_DATA), entries);
}

/* xen/arch/x86/mm.c, MMUEXT_SET_LDT. */
static const struct refusal ldt_rows[] = {
	{ "an LDT that is not a page", use_ldt_at, 8, 0, VA_DATA, VA_DATA,
	  BOTH(-XEN_EINVAL), 0 },
	{ "an LDT in Xen's memory", use_ldt_at, HOLE_VADDR, 0, OF_ZERO, VA_DATA,
	  BOTH(-XEN_EINVAL), 0 },
	{ "an LDT that is too long", use_ldt_of, 9000, 512, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_EINVAL), 0 },
};

SELFTEST(ldts, "Xen refuses descriptor tables of the wrong place or size")
{
	REFUSAL_TEST_ROWS(ldt_rows, NULL);
}

SELFTEST_SUITE(refusal_ext, &roots, &operations, &ldts);
