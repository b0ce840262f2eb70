// SPDX-License-Identifier: MIT
/*
 * Tests of mappings of frames that are not RAM.
 */
#include "mm/iomap.h"

#include "arch/x86/cpu.h"
#include "arch/x86/probe.h"
#include "arch/x86/regs.h"
#include "lib/selftest.h"
#include "lib/string.h"
#include "mm/own_tables.h"
#include "mm/test_pages.h"
#include "mm/walk.h"

/* The local APIC: every PC has one there (Intel SDM vol. 3, 11.4.1). */
#define APIC_MFN	  UINT64_C(0xfee00)
#define APIC_VERSION	  0x30
#define APIC_VERSION_MASK 0xff

/* Only a hypervisor would refuse it. */
static enum err add_apic(enum memtype type, const struct iomap **map)
{
	return iomap_add(mfn(APIC_MFN), PAGE_BYTES, type, "APIC", map);
}

/* Where the next mapping comes to lie: behind those that are there for good. */
static vaddr_t next_place(void)
{
	const struct iomap *last;

	if (iomap_count() == 0) {
		return vaddr(IOMAP_VADDR);
	}
	last = iomap_get(iomap_count() - 1);
	return vaddr_add(last->start, last->bytes);
}

SELFTEST(device, "a device's registers can be mapped, read and unmapped")
{
	const struct iomap *map;
	struct fault fault;
	uint64_t ignored;
	uint32_t version;
	vaddr_t at;

	SKIP_WITHOUT_TABLES();
	if (pv()->ring != 0) {
		SKIP("the local APIC is the hypervisor's");
	}
	if ((cpu_read_msr(MSR_APIC_BASE) & APIC_BASE_X2APIC) != 0) {
		SKIP("the local APIC is in x2APIC mode, and not in memory");
	}
	CHECK_EQ(add_apic(MT_UC, &map), OK);
	at = vaddr_add(map->start, APIC_VERSION);
	version = *(const volatile uint32_t *)vaddr_ptr(at);
	/* Integrated APICs have version 1x. */
	CHECK_EQ((version & APIC_VERSION_MASK) >> 4, 1);
	CHECK(!pt_paging(kernel_pgtable())->nx ||
	      !probe_execute(map->start, &fault));
	iomap_remove(map);
	CHECK(!probe_read(at, &ignored, &fault));
	CHECK_EQ(fault.error, 0);
}

SELFTEST(shared, "a page that the platform shares can be mapped once more")
{
	const struct boot_page *page = kernel_boot_page();
	const struct iomap *map;
	struct fault fault;
	uint64_t ignored;

	SKIP_WITHOUT_TABLES();
	if (page->name == NULL) {
		SKIP("there is none here");
	}
	CHECK_EQ(iomap_add(page->frame, 1, MT_WB, "again", &map), OK);
	CHECK_EQ(memcmp(vaddr_ptr(map->start), vaddr_ptr(page->page), 8), 0);
	CHECK(!pt_paging(kernel_pgtable())->nx ||
	      !probe_execute(map->start, &fault));
	iomap_remove(map);
	CHECK(!probe_read(map->start, &ignored, &fault));
}

SELFTEST(refused, "what the platform keeps to itself is not mapped")
{
	size_t before = iomap_count();
	const struct iomap *map;

	SKIP_WITHOUT_TABLES();
	if (pv()->ring == 0) {
		SKIP("nothing is kept from us here");
	}
	CHECK_EQ(add_apic(MT_UC, &map), ERR_REFUSED);
	CHECK_EQ(iomap_count(), before);
	CHECK_EQ(walk_to(kernel_pgtable(), next_place(), L1).kind, PTE_NONE);
}

static const enum memtype types[] = { MT_WB, MT_WT,	  MT_WP,
				      MT_WC, MT_UC_MINUS, MT_UC };

static void check_type(const struct pgtable *pt, enum memtype type)
{
	mfn_t frame = test_device_frame();
	const struct iomap *map;
	struct found found;

	/* What is shared is memory, mapped as that already. */
	if (test_device_type() == MT_WB && type != MT_WB) {
		CHECK_EQ(iomap_add(frame, 1, type, "type", &map), ERR_CONFLICT);
		return;
	}
	CHECK_EQ(iomap_add(frame, 1, type, "type", &map), OK);
	found = walk_to(pt, map->start, L1);
	CHECK_EQ(found.kind, PTE_LEAF);
	CHECK_EQ(pte_mfn(L1, found.entry).mfn, frame.mfn);
	CHECK(attrs_eq(pte_attrs(pt_paging(pt), L1, found.entry), map->attrs));
	CHECK_EQ(map->attrs.type, type);
	iomap_remove(map);
}

SELFTEST(every_type, "a mapping has the memory type it was asked for")
{
	const struct pgtable *pt = kernel_pgtable();

	SKIP_WITHOUT_TABLES();
	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		if (pat_index(&pt_paging(pt)->pat, types[i]) >= 0) {
			CHECK_CALL(check_type(pt, types[i]));
		}
	}
}

SELFTEST(conflict, "a frame is not mapped with two types at once")
{
	const struct iomap *first;
	const struct iomap *second;
	mfn_t frame = test_device_frame();
	enum memtype type = test_device_type();
	size_t before = iomap_count();

	SKIP_WITHOUT_TABLES();
	CHECK_EQ(iomap_add(frame, 1, type, "first", &first), OK);
	CHECK_EQ(iomap_add(frame, 1, type == MT_WB ? MT_UC : MT_WB, "second",
			   &second),
		 ERR_CONFLICT);
	CHECK_EQ(iomap_count(), before + 1);
	CHECK_EQ(iomap_add(frame, 1, type, "second", &second), OK);
	iomap_remove(second);
	iomap_remove(first);
}

SELFTEST(refuses, "RAM, and nothing at all, are not mapped as a device")
{
	const struct pgtable *pt = kernel_pgtable();
	size_t before = iomap_count();
	const struct iomap *map;
	mfn_t ram;

	SKIP_WITHOUT_TABLES();
	ram = pt->pv->pfn_to_mfn(pt->root);
	CHECK_EQ(iomap_add(ram, PAGE_BYTES, MT_UC, "ram", &map), ERR_RANGE);
	CHECK_EQ(iomap_add(mfn(APIC_MFN), 0, MT_UC, "none", &map), ERR_RANGE);
	CHECK_EQ(
		iomap_add(mfn(APIC_MFN), IOMAP_BYTES + 1, MT_UC, "large", &map),
		ERR_FULL);
	CHECK_EQ(iomap_count(), before);
}

static enum err add_one(const struct iomap **map)
{
	return iomap_add(test_device_frame(), 1, test_device_type(), "one",
			 map);
}

SELFTEST(full, "a list that is full takes no more, and gives all back")
{
	const struct iomap *map[IOMAPS_MAX + 1];
	size_t before = iomap_count();

	SKIP_WITHOUT_TABLES();
	for (size_t i = before; i < IOMAPS_MAX; i++) {
		CHECK_EQ(add_one(&map[i]), OK);
	}
	CHECK_EQ(add_one(&map[IOMAPS_MAX]), ERR_FULL);
	for (size_t i = IOMAPS_MAX; i > before; i--) {
		iomap_remove(map[i - 1]);
	}
	CHECK_EQ(iomap_count(), before);
}

/* Over three L1 tables, or, where we have no such range, in one. */
static enum err add_large(const struct iomap **map)
{
	bool all = pv()->ring == 0;

	return iomap_add(all ? test_hole_frame() : test_device_frame(),
			 all ? 5 * MIB : PAGE_BYTES, test_device_type(),
			 "large", map);
}

/* Fails at each page that it needs. */
SELFTEST(no_memory, "without memory nothing is mapped, and nothing is left")
{
	size_t before = iomap_count();
	vaddr_t place = next_place();
	const struct iomap *map;
	uint64_t n = 0;
	enum err error;

	SKIP_WITHOUT_TABLES();
	do {
		page_alloc_fail_at(kernel_pgtable()->pages, ++n);
		error = add_large(&map);
		page_alloc_fail_at(kernel_pgtable()->pages, 0);
		CHECK(error == OK || error == ERR_NOMEM);
		if (error == ERR_NOMEM) {
			CHECK_EQ(iomap_count(), before);
			CHECK_EQ(walk_to(kernel_pgtable(), place, L1).kind,
				 PTE_NONE);
		}
	} while (error != OK && n < 8);
	CHECK_EQ(error, OK);
	CHECK_EQ(walk_to(kernel_pgtable(), map->start, L1).kind, PTE_LEAF);
	iomap_remove(map);
}

#define VGA_MFN UINT64_C(0xb8)

SELFTEST(low_memory, "the screen of a PC is a device, though below 1 MiB")
{
	const struct iomap *map;
	enum err error;

	SKIP_WITHOUT_TABLES();
	if (pv()->ring == 0 &&
	    memory_map_is_ram(kernel_ram(), paddr(VGA_MFN << PAGE_SHIFT),
			      PAGE_BYTES)) {
		SKIP("this machine is no PC: it has RAM there");
	}
	error = iomap_add(mfn(VGA_MFN), PAGE_BYTES, MT_UC, "VGA", &map);
	if (error == OK) {
		iomap_remove(map);
	}
	/* Of Xen's domains, only the first has it. */
	CHECK(error == OK || (error == ERR_REFUSED && pv()->ring != 0));
	CHECK_EQ(iomap_add(mfn(BIT(40)), PAGE_BYTES, MT_UC, "none", &map),
		 ERR_RANGE);
}

SELFTEST_SUITE(iomap, &no_memory, &low_memory, &device, &shared, &refused,
	       &every_type, &conflict, &refuses, &full);
