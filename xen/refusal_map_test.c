// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: leaves.
 */
#include "arch/x86/pv.h"
#include "lib/selftest.h"
#include "xen/hypercall.h"
#include "xen/refusal.h"

/* ---- Writable mappings of tables ----------------------------------------- */

/* xen/arch/x86/mm.c, get_page_from_l1e: a frame has one type at a time, and
 * a writable mapping is a type. */
static const struct refusal table_rows[] = {
	{ "the live L1, writable", refusal_map, RW, RO, OF_L1, OF_L1,
	  BOTH(-XEN_EBUSY), 0 },
	{ "the live L2, writable", refusal_map, RW, RO, OF_L2, OF_L2,
	  BOTH(-XEN_EBUSY), 0 },
	{ "the live L3, writable", refusal_map, RW, RO, OF_L3, OF_L3,
	  BOTH(-XEN_EBUSY), 0 },
	{ "the live L4, writable", refusal_map, RW, RO, OF_L4, OF_L4,
	  BOTH(-XEN_EBUSY), 0 },
};

static const struct refusal use_rows[] = {
	{ "a hooked table, writable", refusal_map, RW, RO, OF_TABLE, OF_TABLE,
	  BOTH(-XEN_EBUSY), 0 },
	{ "a pinned table, writable", refusal_map, RW, RO, OF_TABLE, OF_TABLE,
	  BOTH(-XEN_EBUSY), 0 },
	{ "a descriptor table, writable", refusal_map, RW, RO, OF_TABLE,
	  OF_TABLE, BOTH(-XEN_EBUSY), 0 },
};

static const struct refusal former_rows[] = {
	{ "a table no more, writable", refusal_map, RW, RO, OF_TABLE, OF_TABLE,
	  BOTH(0), 0 },
};

static long hook(void)
{
	long error = refusal_protect(OF_TABLE);

	return error != 0 ? error
			  : refusal_store(refusal_base(OF_FREE2),
					  refusal_base(OF_TABLE) | LINK);
}

static long pin(void)
{
	long error = refusal_protect(OF_TABLE);

	return error != 0 ? error
			  : refusal_command(refusal_base(OF_TABLE) |
					    MMUEXT_PIN_L1_TABLE);
}

static long use_as_gdt(void)
{
	long error = refusal_protect(OF_TABLE);

	return error != 0 ? error : refusal_gdt(refusal_base(OF_TABLE), 512);
}

static void try_tables(void)
{
	static const refusal_prepare_t uses[] = { hook, pin, use_as_gdt };

	_Static_assert(ARRAY_COUNT(use_rows) == ARRAY_COUNT(uses),
		       "a row each");
	CHECK_CALL(REFUSAL_ROWS(table_rows, NULL));
	for (size_t i = 0; i < ARRAY_COUNT(uses); i++) {
		CHECK_CALL(refusal_rows(&use_rows[i], 1, uses[i]));
		CHECK_CALL(REFUSAL_ROWS(former_rows, NULL));
	}
}

SELFTEST(tables, "Xen refuses writable mappings of tables, live or own")
{
	refusal_test(try_tables);
}

/* ---- Addresses ----------------------------------------------------------- */

static long map_at(uint64_t va)
{
	return xen_update_va_mapping(vaddr(va), refusal_base(OF_DATA) | RW,
				     UVMF_INVLPG);
}

static long map_flags(uint64_t flags)
{
	return xen_update_va_mapping(vaddr(refusal_base(VA_DATA)),
				     refusal_base(OF_DATA) | RO, flags);
}

/* xen/arch/x86/mm.c, __do_update_va_mapping. */
static const struct refusal address_rows[] = {
	{ "an address of Xen's", map_at, HYPERVISOR_VIRT_START, 0, OF_ZERO,
	  VA_DATA, BOTH(-XEN_EINVAL), 0 },
	{ "an address that is not canonical", map_at, BIT(47), 0, OF_ZERO,
	  VA_DATA, BOTH(-XEN_EINVAL), 0 },
	{ "an address without an L1", map_at, UNMAPPED_VADDR, 0, OF_ZERO,
	  VA_DATA, BOTH(-XEN_EINVAL), 0 },
	{ "a flush with a bad list of CPUs", map_flags,
	  UNMAPPED_VADDR | UVMF_INVLPG, UVMF_INVLPG, OF_ZERO, VA_ONE,
	  BOTH(-XEN_EFAULT), CHANGES },
};

SELFTEST(addresses, "Xen refuses addresses where a guest has no leaf")
{
	REFUSAL_TEST_ROWS(address_rows, NULL);
}

/* ---- Frames -------------------------------------------------------------- */

/* Devices' memory must not be cached, and Xen sees to that. */
static long map_device(uint64_t entry)
{
	long error = refusal_map(entry);
	uint64_t uncached = PTE_PWT | PTE_PCD;

	if (error != 0 || (entry & PTE_FRAMES) == refusal_base(OF_DATA)) {
		return error;
	}
	return (refusal_leaf() & uncached) == uncached ? 0 : WRONG;
}

static long map_global(uint64_t entry)
{
	long error = refusal_map(entry);

	return error == 0 && (refusal_leaf() & PTE_G) == 0 ? WRONG : error;
}

/* xen/arch/x86/mm.c, get_page_from_l1e. */
static const struct refusal frame_rows[] = {
	{ "the highest frame there could be", refusal_map, PTE_FRAMES | RW, RW,
	  OF_ZERO, OF_DATA, BOTH(-XEN_EINVAL), 0 },
	{ "a frame no CPU reaches", refusal_map, BIT(51) | RW, RW, OF_ZERO,
	  OF_DATA, BOTH(-XEN_EPERM), 0 },
	{ "the local APIC", refusal_map, 0xfee00000 | RW, RW, OF_ZERO, OF_DATA,
	  BOTH(-XEN_EPERM), 0 },
	{ "frame 0", map_device, RW, RW, OF_ZERO, OF_DATA, 0, -XEN_EPERM, 0 },
	{ "the display's memory", map_device, 0xa0000 | RW, RW, OF_ZERO,
	  OF_DATA, 0, -XEN_EPERM, 0 },
	{ "the M2P table, read-only", refusal_map, RO, RO, OF_M2P, OF_DATA,
	  BOTH(-XEN_EBUSY), 0 },
	{ "the M2P table, writable", refusal_map, RW, RW, OF_M2P, OF_DATA,
	  BOTH(-XEN_EBUSY), 0 },
	/* Not refused: a kernel page that is global outlives the change of
	 * root, and so the kernel must never ask for it. */
	{ "a global page", map_global, RW | PTE_G, RW | PTE_G, OF_DATA, OF_DATA,
	  BOTH(0), 0 },
};

SELFTEST(frames, "Xen refuses leaves for frames that are not the domain's")
{
	REFUSAL_TEST_ROWS(frame_rows, NULL);
}

/* ---- Memory types -------------------------------------------------------- */

/* xen/arch/x86/mm.c, l1_disallow_mask and get_page_from_l1e; the names are
 * those of Xen's PAT. */
static const struct refusal type_rows[] = {
	{ "WT RAM", refusal_map, RW | PTE_PWT, RW, OF_DATA, OF_DATA, 0,
	  -XEN_EINVAL, IF_IO },
	{ "UC- RAM", refusal_map, RW | PTE_PCD, RW, OF_DATA, OF_DATA, 0,
	  -XEN_EINVAL, IF_IO },
	{ "UC RAM", refusal_map, RW | PTE_PCD | PTE_PWT, RW, OF_DATA, OF_DATA,
	  0, -XEN_EINVAL, IF_IO },
	{ "WC RAM", refusal_map, RW | PTE_PAT, RW, OF_DATA, OF_DATA, 0,
	  -XEN_EINVAL, IF_IO },
	{ "WP RAM", refusal_map, RW | PTE_PAT | PTE_PWT, RW, OF_DATA, OF_DATA,
	  0, -XEN_EINVAL, IF_IO },
	{ "UC- shared_info", refusal_map, RW | PTE_PCD, RW, OF_SHARED,
	  OF_SHARED, -XEN_EACCES, -XEN_EINVAL, IF_IO },
};

SELFTEST(types, "Xen refuses memory types to a domain without devices")
{
	REFUSAL_TEST_ROWS(type_rows, NULL);
}

SELFTEST_SUITE(refusal_map, &tables, &addresses, &frames, &types);
