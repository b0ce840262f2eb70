// SPDX-License-Identifier: MIT
/*
 * Tests of mappings of frames that are not RAM.
 */
#include "mm/iomap.h"

#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "mm/own_tables.h"
#include "mm/walk.h"

/* The local APIC: every PC has one there (Intel SDM vol. 3, 11.4.1). */
#define APIC_MFN	  UINT64_C(0xfee00)
#define APIC_VERSION	  0x30
#define APIC_VERSION_MASK 0xff

SELFTEST(device, "a device's registers can be mapped, read and unmapped")
{
	const struct iomap *map;
	struct fault fault;
	uint64_t ignored;
	uint32_t version;
	vaddr_t at;

	SKIP_WITHOUT_TABLES();
	CHECK_EQ(iomap_add(mfn(APIC_MFN), PAGE_BYTES, MT_UC, "APIC", &map), OK);
	at = vaddr_add(map->start, APIC_VERSION);
	version = *(const volatile uint32_t *)vaddr_ptr(at);
	/* Integrated APICs have version 1x. */
	CHECK_EQ((version & APIC_VERSION_MASK) >> 4, 1);
	CHECK(!probe_execute(map->start, &fault) ||
	      !pt_paging(kernel_pgtable())->nx);
	iomap_remove(map);
	CHECK(!probe_read(at, &ignored, &fault));
	CHECK_EQ(fault.error, 0);
}

static const enum memtype types[] = { MT_WB, MT_WT,	  MT_WP,
				      MT_WC, MT_UC_MINUS, MT_UC };

SELFTEST(every_type, "a mapping has the memory type it was asked for")
{
	const struct pgtable *pt = kernel_pgtable();

	SKIP_WITHOUT_TABLES();
	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		const struct iomap *map;
		struct found found;

		if (pat_index(&pt_paging(pt)->pat, types[i]) < 0) {
			continue;
		}
		CHECK_EQ(iomap_add(mfn(APIC_MFN), 1, types[i], "type", &map),
			 OK);
		found = walk_to(pt, map->start, L1);
		CHECK_EQ(found.kind, PTE_LEAF);
		CHECK_EQ(pte_mfn(L1, found.entry).mfn, APIC_MFN);
		CHECK(attrs_eq(pte_attrs(pt_paging(pt), L1, found.entry),
			       map->attrs));
		CHECK_EQ(map->attrs.type, types[i]);
		iomap_remove(map);
	}
}

SELFTEST(refuses, "RAM, and nothing at all, are not mapped as a device")
{
	const struct pgtable *pt = kernel_pgtable();
	const struct iomap *map;
	mfn_t ram;

	SKIP_WITHOUT_TABLES();
	ram = pt->pv->pfn_to_mfn(pt->root);
	CHECK_EQ(iomap_add(ram, PAGE_BYTES, MT_UC, "ram", &map), ERR_RANGE);
	CHECK_EQ(iomap_add(mfn(APIC_MFN), 0, MT_UC, "none", &map), ERR_RANGE);
	CHECK_EQ(
		iomap_add(mfn(APIC_MFN), IOMAP_BYTES + 1, MT_UC, "large", &map),
		ERR_FULL);
	CHECK_EQ(iomap_count(), 0);
}

SELFTEST(full, "a list that is full takes no more, and gives all back")
{
	const struct iomap *map[IOMAPS_MAX + 1];

	SKIP_WITHOUT_TABLES();
	for (size_t i = 0; i < IOMAPS_MAX; i++) {
		CHECK_EQ(iomap_add(mfn(APIC_MFN), 1, MT_UC, "one", &map[i]),
			 OK);
	}
	CHECK_EQ(iomap_add(mfn(APIC_MFN), 1, MT_UC, "more", &map[IOMAPS_MAX]),
		 ERR_FULL);
	for (size_t i = IOMAPS_MAX; i > 0; i--) {
		iomap_remove(map[i - 1]);
	}
	CHECK_EQ(iomap_count(), 0);
}

/* A mapping over three L1 tables, which fails at each page it needs. */
SELFTEST(no_memory, "without memory nothing is mapped, and nothing is left")
{
	const struct iomap *map;
	uint64_t n = 0;
	enum err error;

	SKIP_WITHOUT_TABLES();
	do {
		page_alloc_fail_at(kernel_pgtable()->pages, ++n);
		error = iomap_add(mfn(0xe0000), 5 * MIB, MT_UC, "large", &map);
		page_alloc_fail_at(kernel_pgtable()->pages, 0);
		CHECK(error == OK || error == ERR_NOMEM);
		if (error == ERR_NOMEM) {
			CHECK_EQ(iomap_count(), 0);
			CHECK_EQ(walk_to(kernel_pgtable(), vaddr(IOMAP_VADDR),
					 L1)
					 .kind,
				 PTE_NONE);
		}
	} while (error != OK && n < 8);
	CHECK_EQ(error, OK);
	CHECK_EQ(walk_to(kernel_pgtable(), map->start, L1).kind, PTE_LEAF);
	iomap_remove(map);
}

SELFTEST(low_memory, "the screen of a PC is a device, though below 1 MiB")
{
	const struct iomap *map;

	SKIP_WITHOUT_TABLES();
	CHECK_EQ(iomap_add(mfn(0xb8), PAGE_BYTES, MT_UC, "VGA", &map), OK);
	iomap_remove(map);
	CHECK_EQ(iomap_add(mfn(BIT(40)), PAGE_BYTES, MT_UC, "none", &map),
		 ERR_RANGE);
}

SELFTEST_SUITE(iomap, &no_memory, &low_memory, &device, &every_type, &refuses,
	       &full);
