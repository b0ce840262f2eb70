// SPDX-License-Identifier: MIT
/*
 * Tests of changes of page attributes: each operation, once.
 */
#include "mm/cpa.h"

#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "arch/x86/probe.h"
#include "mm/own_tables.h"
#include "mm/test_pages.h"

#define PAGES 8

static struct cpa_space space;
static struct cpa_result result;
static pfn_t first;

static void begin(void)
{
	space = (struct cpa_space){ kernel_pgtable(), kernel_regions(),
				    kernel_ram() };
	first = test_pages_take(PAGES);
	CHECK(!pfn_eq(first, PFN_NONE));
}

static void end(void)
{
	test_pages_give(first, PAGES);
}

static vaddr_t page(unsigned int i)
{
	return direct_map_vaddr(pfn_paddr(pfn(first.pfn + i)));
}

static enum err change(const struct cpa_op *op, unsigned int from,
		       unsigned int count)
{
	struct cpa_pages pages = cpa_range(page(from), count);

	return cpa_change(&space, op, &pages, &result);
}

static attrs_t attrs_at(vaddr_t address)
{
	struct found found = walk_to(space.pt, address, L1);

	return (attrs_t){ found.rights,
			  pte_attrs(pt_paging(space.pt), found.place.level,
				    found.entry)
				  .type };
}

static bool can_write(vaddr_t address)
{
	struct fault fault;

	return probe_write(address, 0, &fault);
}

SELFTEST(readonly, "pages can be made read-only, and no others become so")
{
	uint64_t calls;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	calls = pv()->cost->calls;
	CHECK_EQ(change(&cpa_ro, 1, 3), OK);
	CHECK_EQ(result.changed, 3);
	/* Stores and flushes, in one. */
	CHECK_EQ(pv()->cost->calls - calls, pv()->ring == 0 ? 0 : 1);
	CHECK(can_write(page(0))); /* CPA-1 */
	CHECK(!can_write(page(1)));
	CHECK(!can_write(page(3)));
	CHECK(can_write(page(4)));
	CHECK_EQ(change(&cpa_ro, 1, 3), OK);
	CHECK_EQ(result.changed, 0); /* CPA-2 */
	CHECK_EQ(result.flushes, 0);
	CHECK_EQ(change(&cpa_rw, 0, PAGES), OK);
	CHECK_EQ(result.changed, 3);
	CHECK(can_write(page(1)));
	end();
}

SELFTEST(unmapped, "pages can be taken away, and come back as they were")
{
	level_t level;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	level = walk_to(space.pt, page(0), L1).place.level;
	CHECK_EQ(change(&cpa_np, 2, 2), OK);
	CHECK(can_write(page(1)));
	CHECK(!can_write(page(2)));
	CHECK_EQ(change(&cpa_ro, 2, 1), ERR_RANGE);
	CHECK_EQ(result.where.va, page(2).va);
	CHECK_EQ(change(&cpa_np, 2, 2), OK);
	CHECK_EQ(result.changed, 0);
	CHECK_EQ(change(&cpa_p, 0, PAGES), OK);
	CHECK_EQ(result.changed, 2);
	CHECK(can_write(page(2)));
	CHECK_EQ(walk_to(space.pt, page(0), L1).place.level, level); /* CPA-4 */
	end();
}

SELFTEST(types, "a memory type comes, goes, and leaves nothing behind")
{
	attrs_t before;
	attrs_t after;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	before = attrs_at(page(0));
	if (!pt_paging(space.pt)->memtypes) {
		CHECK_EQ(change(&cpa_wc, 0, 1), ERR_REFUSED);
		CHECK(attrs_eq(attrs_at(page(0)), before)); /* CPA-5 */
		end();
		SKIP("memory can have no other type here");
	}
	CHECK_EQ(change(&cpa_wc, 0, 1), OK);
	CHECK_EQ(attrs_at(page(0)).type, result.type);
	CHECK_EQ(attrs_at(page(1)).type, MT_WB);
	CHECK(result.cache_lines != 0); /* CPA-6 */
	CHECK_EQ(change(&cpa_uc, 0, 1), OK);
	CHECK_EQ(result.cache_lines, 0);
	CHECK_EQ(change(&cpa_wb, 0, 1), OK);
	CHECK_EQ(result.changed, 1);
	after = attrs_at(page(0));
	CHECK(attrs_eq(after, before));
	end();
}

/* That a page is global or not changes nothing that others could notice. */
SELFTEST(whole, "a large leaf that is changed as a whole stays one")
{
	struct cpa_pages block;
	struct found found;
	vaddr_t at;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	at = vaddr(align_down(page(0).va, level_bytes(L2)));
	found = walk_to(space.pt, page(0), L1);
	if (found.place.level != L2 || !pt_paging(space.pt)->global) {
		end();
		SKIP("the pages lie in no large, global leaf");
	}
	block = cpa_range(at, ENTRY_COUNT);
	CHECK_EQ(cpa_change(&space, &cpa_nonglobal, &block, &result), OK);
	CHECK_EQ(result.changed, 1);
	CHECK_EQ(result.split, 0);
	CHECK_EQ(walk_to(space.pt, at, L1).place.level, L2); /* CPA-3 */
	CHECK_EQ(cpa_change(&space, &cpa_global, &block, &result), OK);
	CHECK_EQ(result.changed, 1);
	end();
}

SELFTEST(statics, "code and constants cannot be made writable, by any address")
{
	struct cpa_pages text = cpa_range(vaddr_of(text_start), 1);
	struct cpa_pages rodata = cpa_range(vaddr_of(rodata_start), 1);

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	CHECK_EQ(cpa_change(&space, &cpa_rw, &text, &result), OK);
	CHECK_EQ(result.narrowed, 1);
	CHECK_EQ(result.changed, 0);
	CHECK_EQ(cpa_change(&space, &cpa_rw, &rodata, &result), OK);
	CHECK_EQ(result.narrowed, 1);
	CHECK_EQ(change(&cpa_x, 0, 1), OK);
	CHECK_EQ(result.narrowed, 1);
	CHECK_EQ(result.changed, 0);
	end();
}

SELFTEST_SUITE(cpa_ops, &readonly, &unmapped, &types, &whole, &statics);
