// SPDX-License-Identifier: MIT
/*
 * Tests of the dump of page tables.
 *
 * On tables that the test makes and no CPU uses, in a part of the address
 * space where no region of the kernel's is.
 */
#include "mm/dump.h"

#include "arch/x86/phys.h"
#include "lib/capture.h"
#include "lib/printf.h"
#include "lib/selftest.h"
#include "mm/test_pages.h"

#define PAGES 4
#define SHOWN UINT64_C(0x10000)
#define AT    UINT64_C(0xffffd00000000000)

static struct pgtable pt;
static pfn_t first;

static pte_t *entries_of(size_t n)
{
	return phys_ptr(pfn_paddr(pfn(first.pfn + n)));
}

/* The root is the first page, the L1 table the fourth; the others follow from
 * the address, whose indices below the root are 0. */
static void begin(void)
{
	first = test_pages_take(PAGES);
	if (pfn_eq(first, PFN_NONE)) {
		ERROR("no memory for the test");
	}
	pt = (struct pgtable){ .pv = pv(), .root = first, .levels = L4 };
	for (size_t n = 0; n < PAGES; n++) {
		memset(entries_of(n), 0, PAGE_BYTES);
	}
	for (level_t level = L4; level > L1; level = (level_t)(level - 1)) {
		size_t n = (size_t)L4 - level;
		mfn_t next = pv()->pfn_to_mfn(pfn(first.pfn + n + 1));

		entries_of(n)[level_index(level, vaddr(AT))] =
			pte_table(pv()->paging, level, next,
				  rights(RIGHT_WRITE | RIGHT_EXECUTE));
	}
}

static void map_page(unsigned int index, uint64_t frame, unsigned int bits)
{
	entries_of(3)[index] =
		pte_leaf(pv()->paging, L1, pv()->pfn_to_mfn(pfn(frame)),
			 attrs(bits | RIGHT_EXECUTE, MT_WB));
}

static const char *dump(uint64_t bytes)
{
	capture_begin();
	dump_leaves(&pt, vaddr(AT), bytes);
	return capture_end();
}

SELFTEST(empty, "where nothing is mapped there is no line")
{
	CHECK_CALL(begin());
	CHECK_STR(dump(SHOWN), "");
	test_pages_give(first, PAGES);
}

SELFTEST(runs, "leaves that go on from each other are one line, others are not")
{
	/* Frames 4 to 6 in a row, one apart, other rights, a gap. */
	static const struct {
		uint64_t frame;
		unsigned int index;
		unsigned int bits;
	} pages[] = { { 4, 0, RIGHT_WRITE }, { 5, 1, RIGHT_WRITE },
		      { 6, 2, RIGHT_WRITE }, { 9, 3, RIGHT_WRITE },
		      { 10, 4, 0 },	     { 11, 6, 0 } };
	char expected[512];

	CHECK_CALL(begin());
	for (size_t i = 0; i < ARRAY_COUNT(pages); i++) {
		map_page(pages[i].index, pages[i].frame, pages[i].bits);
	}
	snprintf(expected, sizeof(expected),
		 "# -- no region\n"
		 "# other %lx-%lx 3 x 4K rwx-- WB -> 0x4000\n"
		 "# other %lx-%lx 1 x 4K rwx-- WB -> 0x9000\n"
		 "# other %lx-%lx 1 x 4K r-x-- WB -> 0xa000\n"
		 "# other %lx-%lx 1 x 4K r-x-- WB -> 0xb000\n",
		 AT, AT + 0x2fff, AT + 0x3000, AT + 0x3fff, AT + 0x4000,
		 AT + 0x4fff, AT + 0x6000, AT + 0x6fff);
	CHECK_STR(dump(SHOWN), expected);
	test_pages_give(first, PAGES);
}

SELFTEST(rights_of_all, "the rights are those of all levels together")
{
	char expected[128];

	CHECK_CALL(begin());
	map_page(0, 4, RIGHT_WRITE);
	entries_of(0)[level_index(L4, vaddr(AT))] = pte_table(
		pv()->paging, L4, pv()->pfn_to_mfn(pfn(first.pfn + 1)),
		rights(RIGHT_EXECUTE));
	snprintf(expected, sizeof(expected),
		 "# -- no region\n"
		 "# other %lx-%lx 1 x 4K r-x-- WB -> 0x4000\n",
		 AT, AT + 0xfff);
	CHECK_STR(dump(PAGE_BYTES), expected);
	test_pages_give(first, PAGES);
}

SELFTEST(foreign, "a frame that is not ours is shown as the machine's")
{
	mfn_t frame = mfn((BIT(PADDR_BITS) >> PAGE_SHIFT) - 1);
	char expected[128];

	if (!pfn_eq(pv()->mfn_to_pfn(frame), PFN_NONE)) {
		SKIP("all frames are ours");
	}
	CHECK_CALL(begin());
	entries_of(3)[0] =
		pte_leaf(pv()->paging, L1, frame, attrs(RIGHT_EXECUTE, MT_WB));
	snprintf(expected, sizeof(expected),
		 "# -- no region\n"
		 "# other %lx-%lx 1 x 4K r-x-- WB -> machine 0x%lx\n",
		 AT, AT + 0xfff, frame.mfn << PAGE_SHIFT);
	CHECK_STR(dump(SHOWN), expected);
	test_pages_give(first, PAGES);
}

SELFTEST_SUITE(dump, &empty, &runs, &rights_of_all, &foreign);
