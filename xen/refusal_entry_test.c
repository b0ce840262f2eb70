// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: entries above leaves, and lists of stores.
 */
#include "arch/x86/pv.h"
#include "lib/selftest.h"
#include "xen/refusal.h"
#include "xen/refusal_calls.h"

/* ---- Links to tables ----------------------------------------------------- */

static long hook_l2(uint64_t entry)
{
	return refusal_store(refusal_base(OF_FREE2), entry);
}

static long hook_l3(uint64_t entry)
{
	return refusal_store(refusal_base(OF_FREE3), entry);
}

static long hook_l4(uint64_t entry)
{
	return refusal_store(refusal_base(OF_FREE4), entry);
}

static long hook_at(uint64_t address)
{
	return refusal_store(address, refusal_base(OF_TABLE) | LINK);
}

#define XENS_FIRST \
	((HYPERVISOR_VIRT_START >> 39 & (ENTRY_COUNT - 1)) * sizeof(uint64_t))
#define XENS_LAST (XENS_FIRST + 15 * sizeof(uint64_t))

/* xen/arch/x86/mm.c: mod_l2_entry and its like, L2_DISALLOW_MASK, and
 * get_page_from_l2e. A table that has itself in it is refused only as a
 * writable one. */
static const struct refusal link_rows[] = {
	{ "a large page in an L2", hook_l2, LINK | ENTRY_PS, LINK, OF_DATA,
	  OF_TABLE, BOTH(-XEN_EINVAL), 0 },
	{ "a large page in an L3", hook_l3, LINK | ENTRY_PS, LINK, OF_DATA,
	  OF_TABLE, BOTH(-XEN_EINVAL), 0 },
	{ "a large page in the L4", hook_l4, LINK | ENTRY_PS, LINK, OF_DATA,
	  OF_TABLE, BOTH(-XEN_EINVAL), 0 },
	{ "a global L2 entry", hook_l2, LINK | PTE_G, LINK, OF_TABLE, OF_TABLE,
	  BOTH(-XEN_EINVAL), 0 },
	{ "an L2 entry with PCD", hook_l2, LINK | PTE_PCD, LINK, OF_TABLE,
	  OF_TABLE, BOTH(-XEN_EINVAL), 0 },
	{ "an L2 entry with PWT", hook_l2, LINK | PTE_PWT, LINK, OF_TABLE,
	  OF_TABLE, BOTH(-XEN_EINVAL), 0 },
	{ "a writable page as L1", hook_l2, LINK, LINK, OF_DATA, OF_TABLE,
	  BOTH(-XEN_EINVAL), 0 },
	{ "an L3 as L1", hook_l2, LINK, LINK, OF_L3, OF_TABLE,
	  BOTH(-XEN_EINVAL), 0 },
	{ "an L2 in itself, writable", hook_l2, LINK, LINK, OF_L2, OF_TABLE,
	  BOTH(-XEN_EINVAL), 0 },
	{ "the L4 in itself, writable", hook_l4, LINK, LINK, OF_L4, OF_TABLE,
	  BOTH(-XEN_EINVAL), 0 },
	{ "Xen's first entry of the L4", hook_at, XENS_FIRST, 0, OF_L4,
	  OF_FREE4, BOTH(-XEN_EINVAL), 0 },
	{ "Xen's last entry of the L4", hook_at, XENS_LAST, 0, OF_L4, OF_FREE4,
	  BOTH(-XEN_EINVAL), 0 },
};

SELFTEST(links, "Xen refuses entries that lead to anything but tables")
{
	REFUSAL_TEST_ROWS(link_rows, refusal_protect_tables);
}

/* ---- Where the entry is -------------------------------------------------- */

static long store_at(uint64_t address)
{
	return refusal_store(address, 0);
}

static long set_m2p(uint64_t address)
{
	mfn_t frame = mfn(refusal_base(OF_DATA) >> PAGE_SHIFT);

	return refusal_store(address, pv()->mfn_to_pfn(frame).pfn);
}

/* xen/arch/x86/mm.c, do_mmu_update. */
static const struct refusal pointer_rows[] = {
	{ "an entry in frame 0", store_at, 0, 0, OF_ZERO, OF_DATA,
	  BOTH(-XEN_EINVAL), LOGS },
	{ "an entry in a frame no host has", store_at, BIT(50), 0, OF_ZERO,
	  OF_DATA, BOTH(-XEN_EINVAL), 0 },
	{ "an entry between two words", store_at, 4, 0, OF_DATA, OF_DATA,
	  BOTH(-XEN_ENOSYS), 0 },
	{ "an entry between two entries", store_at, 4, 0, OF_LEAF, OF_DATA,
	  BOTH(-XEN_ENOSYS), 0 },
	{ "the M2P table of frame 0", set_m2p, MMU_MACHPHYS_UPDATE,
	  MMU_MACHPHYS_UPDATE, OF_ZERO, OF_DATA, BOTH(-XEN_EINVAL), LOGS },
};

SELFTEST(pointers, "Xen refuses stores to what is not the domain's")
{
	REFUSAL_TEST_ROWS(pointer_rows, NULL);
}

/* ---- Lists --------------------------------------------------------------- */

/* Maps the spare page in place of the data page. */
static long update(uint64_t list, uint64_t count, uint64_t domain)
{
	struct mmu_update request = {
		.ptr = refusal_base(OF_LEAF),
		.val = refusal_base(OF_SPARE) | RW,
	};
	unsigned int done = 0;
	long error = xen_mmu_update_at(list == 0 ? vaddr_of(&request).va : list,
				       count, &done, domain);

	return done == (error == 0 && count == 1) ? error : WRONG;
}

static long update_list(uint64_t list)
{
	return update(list, 1, DOMID_SELF);
}

static long update_count(uint64_t count)
{
	return update(0, count, DOMID_SELF);
}

static long update_for(uint64_t domain)
{
	return update(0, 1, domain);
}

static long map_for(uint64_t domain)
{
	return xen_update_va_mapping_of(vaddr(refusal_base(VA_DATA)),
					refusal_base(OF_SPARE) | RW,
					UVMF_INVLPG, domain);
}

/* xen/arch/x86/mm.c, do_mmu_update and get_pg_owner; xen/include/xsm/dummy.h
 * (xsm_mmu_update), which lets any domain name DOMID_IO. Bit 31 of the count is
 * Xen's own note that it was here before. */
static const struct refusal list_rows[] = {
	{ "a list that is not mapped", update_list, UNMAPPED_VADDR, 0, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_EFAULT), 0 },
	{ "a list in Xen's memory", update_list, HOLE_VADDR, 0, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_EFAULT), 0 },
	{ "a domain that is not there", update_for, 0x7eef, DOMID_SELF, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_ESRCH), 0 },
	{ "the first domain", update_for, 0, DOMID_SELF, OF_ZERO, OF_ZERO,
	  -XEN_ESRCH, -XEN_EPERM, 0 },
	{ "RAM as a device's", update_for, DOMID_IO, DOMID_SELF, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_EBUSY), 0 },
	{ "RAM as a device's, by its address", map_for, DOMID_IO, DOMID_SELF,
	  OF_ZERO, OF_ZERO, -XEN_EBUSY, -XEN_EPERM, 0 },
	{ "RAM as Xen's", update_for, DOMID_XEN, DOMID_SELF, OF_ZERO, OF_ZERO,
	  -XEN_EBUSY, -XEN_EPERM, 0 },
	{ "a count with Xen's own mark", update_count, BIT(31), 1, OF_ZERO,
	  OF_ZERO, BOTH(0), NO_CHANGE },
};

SELFTEST(lists, "Xen refuses lists it cannot read, and other domains")
{
	REFUSAL_TEST_ROWS(list_rows, NULL);
}

/* ---- Refused in the middle ----------------------------------------------- */

/* Three stores to the data page, where the second one goes to an address. */
static long store_three(uint64_t address)
{
	uint64_t data = refusal_base(OF_DATA);
	struct mmu_update requests[] = {
		{ .ptr = data, .val = 1 },
		{ .ptr = address, .val = 2 },
		{ .ptr = data + 2 * sizeof(uint64_t), .val = 3 },
	};
	const uint64_t *words = refusal_words(OF_DATA);
	unsigned int done = 0;
	long error = xen_mmu_update(requests, 3, &done);

	STEP(1, done == (error == 0 ? 3 : 1));
	STEP(2, READ_ONCE(words[0]) == 1);
	STEP(3, READ_ONCE(words[1]) == (error == 0 ? 2 : 0));
	STEP(4, READ_ONCE(words[2]) == (error == 0 ? 3 : 0));
	return error;
}

static const struct refusal middle_rows[] = {
	{ "the second of three", store_three, 0, 8, OF_ZERO, OF_DATA,
	  BOTH(-XEN_EINVAL), LOGS },
};

SELFTEST(middle, "of a list with a bad request what stands before is done")
{
	REFUSAL_TEST_ROWS(middle_rows, NULL);
}

SELFTEST_SUITE(refusal_entry, &links, &pointers, &lists, &middle);
