// SPDX-License-Identifier: MIT
/*
 * A machine for tests of page tables.
 */
#include "tests/host/machine.h"

#include "arch/x86/cpu.h"
#include "arch/x86/native.h"
#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/pv_alien.h"
#include "tests/host/sparse_memory.h"

#define LOW_MEMORY_BYTES MIB
#define FRAME_COUNT	 (SPARSE_BYTES / PAGE_BYTES)
#define TURNED		 UINT64_C(0x15a5a5a5a5)

struct machine machine;

static uint64_t turned;

static mfn_t turned_mfn(pfn_t frame)
{
	return frame.pfn < FRAME_COUNT ? mfn(frame.pfn ^ turned) : MFN_NONE;
}

/* Below the lowest bit that is turned round all are in order. */
static uint64_t turned_in_order(pfn_t first, uint64_t max)
{
	uint64_t block = turned & (~turned + 1);
	uint64_t n = block - first.pfn % block;

	while (n < max && turned_mfn(pfn(first.pfn + n)).mfn ==
				  turned_mfn(first).mfn + n) {
		n += block;
	}
	return min_u64(n, max);
}

static pfn_t turned_pfn(mfn_t frame)
{
	uint64_t number = frame.mfn ^ turned;

	return number < FRAME_COUNT ? pfn(number) : PFN_NONE;
}

uint64_t *machine_table(mfn_t frame)
{
	pfn_t own = machine.pv.mfn_to_pfn(frame);

	return pfn_eq(own, PFN_NONE) ? NULL : phys_ptr(pfn_paddr(own));
}

/* What a hypervisor does for the platforms that have one. */
static void turned_load_root(pfn_t root, level_t levels)
{
	uint64_t cr4 = cpu_read_cr4();

	cr4 = levels == L5 ? cr4 | CR4_LA57 : cr4 & ~(uint64_t)CR4_LA57;
	cpu_write_cr4(cr4 ^ CR4_PGE);
	cpu_write_cr3(turned_mfn(root).mfn << PAGE_SHIFT);
	cpu_write_cr4(cr4);
}

static void make_platform(level_t leaf_max)
{
	machine.paging = *pv()->paging;
	machine.paging.leaf_max = leaf_max;
	machine.paging.tables_readonly = false;
	machine.pv = *pv();
	machine.pv.paging = &machine.paging;
	if (pv() == &pv_native) {
		return;
	}
	turned = TURNED & ~((level_bytes(leaf_max) >> PAGE_SHIFT) - 1);
	machine.pv.pfn_to_mfn = turned_mfn;
	machine.pv.count_in_order = turned_in_order;
	machine.pv.mfn_to_pfn = turned_pfn;
	machine.pv.commit = pv_alien.commit;
	machine.pv.load_root = turned_load_root;
}

void machine_run(level_t leaf_max, level_t levels, void (*body)(void))
{
	uint64_t cr3 = cpu_read_cr3();
	uint64_t cr4 = cpu_read_cr4();

	memset(&machine, 0, sizeof(machine));
	make_platform(leaf_max);
	machine.pt = (struct pgtable){ .pv = &machine.pv,
				       .pages = &machine.pages,
				       .audit = &machine.audit,
				       .levels = levels };
	sparse_memory_on();
	/* The tables of the host's own platform are not in this memory. */
	cpu_write_cr3(0);
	cpu_write_cr4(machine.paging.global ? cr4 | CR4_PGE : cr4);
	body();
	fake_tlb_off();
	cpu_write_cr3(cr3);
	cpu_write_cr4(cr4);
	sparse_memory_off();
}

void machine_start(const struct memory_map *ram)
{
	page_alloc_reserve(&machine.pages, paddr(0), LOW_MEMORY_BYTES,
			   PAGE_BOOT);
	page_alloc_init(&machine.pages, ram);
	if (page_alloc(&machine.pages, PAGE_TABLE, &machine.pt.root) != OK) {
		PANIC("the machine of a test has no memory for its root");
	}
	page_set_kind(&machine.pages, machine.pt.root, PAGE_TABLE_LIVE);
}

void machine_load(void)
{
	machine.pv.load_root(machine.pt.root, machine.pt.levels);
	machine.pt.live = true;
	ledger_pay_all(&machine.audit, true);
}
