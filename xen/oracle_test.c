// SPDX-License-Identifier: MIT
/*
 * Tests that ask Xen what it takes a frame for.
 *
 * Xen pins a frame as a table of a level only if it has no writable mapping
 * anywhere and holds what a table of that level may hold (xen/arch/x86/mm.c,
 * get_page_and_type_from_mfn). So pinning tells, whoever made a mapping and
 * wherever, and whatever our own walkers believe.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/phys.h"
#include "arch/x86/pte.h"
#include "lib/selftest.h"
#include "xen/backend.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"

#define NOT_A_TABLE (-22) /* EINVAL of xen/errno.h. */

#define SKIP_UNLESS_XEN()                                     \
	do {                                                  \
		if (pv() != &pv_xen || cpu_read_cr3() == 0) { \
			SKIP("no page tables of Xen's");      \
		}                                             \
	} while (0)

static const unsigned int pin[] = { [L1] = MMUEXT_PIN_L1_TABLE,
				    [L2] = MMUEXT_PIN_L2_TABLE,
				    [L3] = MMUEXT_PIN_L3_TABLE,
				    [L4] = MMUEXT_PIN_L4_TABLE };

static long ask(unsigned int command, mfn_t frame)
{
	const struct mmuext_op op = { .cmd = command,
				      .arg1 = { .mfn = frame.mfn } };
	unsigned int done;

	return xen_mmuext_ops(&op, 1, &done);
}

static uint64_t tables;

/* In use as a table of this level, so it is one, and of no other level. */
static void check_table(mfn_t table, level_t level)
{
	level_t other = level == L1 ? L2 : L1;

	tables++;
	CHECK_EQ(ask(pin[level], table), 0);
	CHECK_EQ(ask(pin[other], table), NOT_A_TABLE);
	CHECK_EQ(ask(MMUEXT_UNPIN_TABLE, table), 0);
}

/* All below a table, as the CPU finds them; Xen's own entries lead to frames
 * that are not ours, or, one of them, back to the root. */
static void check_below(mfn_t table, level_t level)
{
	const uint64_t *entries = phys_ptr(pfn_paddr(xen_mfn_to_pfn(table)));
	level_t below = (level_t)(level - 1);

	for (unsigned int i = 0; i < ENTRY_COUNT; i++) {
		pte_t entry = pte_read(&entries[i]);
		mfn_t next;

		if (pte_kind(entry, level) != PTE_TABLE) {
			continue;
		}
		next = pte_mfn(level, entry);
		if (level == L4 && (pfn_eq(xen_mfn_to_pfn(next), PFN_NONE) ||
				    mfn_eq(next, table))) {
			continue;
		}
		CHECK_CALL(check_table(next, below));
		if (below > L1) {
			CHECK_CALL(check_below(next, below));
		}
	}
}

/* Of the frames that there are, those that can be reached each have a leaf. */
static uint64_t leaves_at_least(void)
{
	uint64_t leaves = 0;

	for (uint64_t i = 0; i < xen_p2m_count(); i++) {
		leaves += mfn_eq(xen_pfn_to_mfn(pfn(i)), MFN_NONE) ||
					  phys_ptr(pfn_paddr(pfn(i))) == NULL
				  ? 0
				  : 1;
	}
	return leaves;
}

SELFTEST(tables_of_all_levels, "Xen takes each table for one of its level")
{
	SKIP_UNLESS_XEN();
	tables = 0;
	CHECK_CALL(check_below(mfn(cpu_read_cr3() >> PAGE_SHIFT), L4));
	CHECK(tables >= leaves_at_least() / ENTRY_COUNT);
	selftest_note("%lu tables below the root", tables);
}

/* The root is pinned, and pinned once. */
SELFTEST(pinned_root, "Xen has the root pinned, once")
{
	mfn_t root = mfn(cpu_read_cr3() >> PAGE_SHIFT);

	SKIP_UNLESS_XEN();
	CHECK_EQ(ask(MMUEXT_PIN_L4_TABLE, root), NOT_A_TABLE);
	CHECK_EQ(ask(MMUEXT_UNPIN_TABLE, root), 0);
	CHECK_EQ(ask(MMUEXT_UNPIN_TABLE, root), NOT_A_TABLE);
	CHECK_EQ(ask(MMUEXT_PIN_L4_TABLE, root), 0);
}

/* An empty page would be a table if it were not writable. */
SELFTEST(other_memory, "Xen takes no page that is mapped writable for a table")
{
	static uint8_t page[PAGE_BYTES] ALIGNED(PAGE_BYTES);
	paddr_t memory = paddr(vaddr_of(page).va - IMAGE_BASE_VADDR);

	SKIP_UNLESS_XEN();
	for (level_t level = L1; level <= L4; level = (level_t)(level + 1)) {
		CHECK_EQ(ask(pin[level], xen_pfn_to_mfn(paddr_pfn(memory))),
			 NOT_A_TABLE);
	}
}

SELFTEST_SUITE(xen_oracle, &tables_of_all_levels, &pinned_root, &other_memory);
