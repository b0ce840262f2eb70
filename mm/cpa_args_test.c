// SPDX-License-Identifier: MIT
/*
 * Tests of changes of page attributes: what is refused, and what is not given.
 *
 * Of a call that is refused nothing may be done, not even to the pages before
 * the one that is to blame.
 */
#include "arch/x86/image.h"
#include "arch/x86/stacks.h"
#include "lib/selftest.h"
#include "mm/cpa.h"
#include "mm/own_tables.h"
#include "mm/test_pages.h"

#define PAGES 4

static struct cpa_space space;
static struct cpa_result result;
static pfn_t first;
static vaddr_t page;
static vaddr_t guard;

static void remember_guard(vaddr_t found)
{
	guard = found;
}

static void begin(void)
{
	space = (struct cpa_space){ kernel_pgtable(), kernel_regions(),
				    kernel_ram() };
	first = test_pages_take(PAGES);
	CHECK(!pfn_eq(first, PFN_NONE));
	page = direct_map_vaddr(pfn_paddr(first));
	stack_each_guard(remember_guard);
}

static void end(void)
{
	test_pages_give(first, PAGES);
}

/* Nothing is stored and nothing is flushed. */
static void check_idle(const struct cpa_op *op, struct cpa_pages pages,
		       enum err want)
{
	const struct audit *audit = space.pt->audit;
	uint64_t stores = audit->stores;
	uint64_t flushes = audit->flushes_all + audit->flushes_range;

	CHECK_EQ(cpa_change(&space, op, &pages, &result), want);
	CHECK_EQ(audit->stores, stores);
	CHECK_EQ(audit->flushes_all + audit->flushes_range, flushes);
	CHECK_EQ(result.changed, 0);
}

static void check_refused(const struct cpa_op *op, struct cpa_pages pages,
			  vaddr_t where)
{
	CHECK_CALL(check_idle(op, pages, ERR_RANGE));
	CHECK_EQ(result.where.va, where.va);
}

/* Is what is asked for refused for good pages too? Then they come first. */
static bool is_refused_anyway(const struct cpa_op *op, bool data)
{
	const struct paging *paging = pt_paging(space.pt);
	enum memtype type = op->change.type;

	return (type != MT_KEEP && type != MT_WB && !paging->memtypes) ||
	       (data && op == &cpa_x && paging->nx);
}

/* ---- Addresses ----------------------------------------------------------- */

/* As the only one, as the last of two, and in the middle of three. */
static void check_address(const struct cpa_op *op, vaddr_t bad)
{
	vaddr_t list[] = { page, bad, vaddr_add(page, PAGE_BYTES) };

	CHECK_CALL(check_refused(op, cpa_range(bad, 1), bad));
	CHECK_CALL(check_refused(op, cpa_range(bad, 3), bad));
	CHECK_CALL(check_refused(op, cpa_addresses(&bad, 1), bad));
	if (!is_refused_anyway(op, false)) {
		CHECK_CALL(check_refused(op, cpa_addresses(list, 2), bad));
		CHECK_CALL(check_refused(op, cpa_addresses(list, 3), bad));
	}
}

static void check_addresses(const struct cpa_op *op)
{
	const vaddr_t bad[] = {
		vaddr_add(page, 1),
		vaddr_add(page, PAGE_BYTES - 1),
		vaddr(0),
		vaddr(PAGE_BYTES),
		vaddr(BIT(47)),
		vaddr(HYPERVISOR_VADDR),
		vaddr(DIRECT_MAP_VADDR - PAGE_BYTES),
		vaddr(DIRECT_MAP_VADDR + DIRECT_MAP_BYTES),
		vaddr(IOMAP_VADDR),
		vaddr(IMAGE_VADDR - PAGE_BYTES),
		vaddr_of(image_end),
		vaddr(UINT64_MAX - PAGE_BYTES + 1),
		vaddr(UINT64_MAX),
		guard,
	};

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		CHECK_CALL(check_address(op, bad[i]));
	}
}

SELFTEST(addresses, "an address that is no page of a region stops any call")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	for (size_t i = 0; cpa_ops[i] != NULL; i++) {
		CHECK_CALL(check_addresses(cpa_ops[i]));
	}
	end();
}

/* The page before a guard is data: it stays as it is. */
static void check_ranges(const struct cpa_op *op)
{
	vaddr_t before = vaddr(guard.va - PAGE_BYTES);

	if (!is_refused_anyway(op, true)) {
		CHECK_CALL(check_refused(op, cpa_range(before, 2), guard));
	}
	/* Numbers of pages whose bytes are no number of bytes. */
	CHECK_CALL(check_refused(op, cpa_range(page, BIT(52)), page));
	CHECK_CALL(check_refused(op, cpa_range(page, BIT(52) + 1), page));
	CHECK_CALL(check_refused(op, cpa_range(page, UINT64_MAX), page));
}

static void check_frames(const struct cpa_op *op)
{
	const pfn_t bad[] = {
		PFN_NONE,
		pfn(DIRECT_MAP_BYTES / PAGE_BYTES),
		/* The image, by its distance. */
		pfn((IMAGE_VADDR - DIRECT_MAP_VADDR) / PAGE_BYTES),
		pfn(first.pfn + BIT(52)),
	};

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		pfn_t list[] = { first, bad[i] };

		CHECK_CALL(check_idle(op, cpa_frames(&bad[i], 1), ERR_RANGE));
		if (!is_refused_anyway(op, false)) {
			CHECK_CALL(
				check_idle(op, cpa_frames(list, 2), ERR_RANGE));
		}
	}
}

SELFTEST(numbers, "numbers of pages or frames that do not exist stop any call")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	for (size_t i = 0; cpa_ops[i] != NULL; i++) {
		CHECK_CALL(check_ranges(cpa_ops[i]));
		CHECK_CALL(check_frames(cpa_ops[i]));
	}
	end();
}

SELFTEST(nothing, "no pages at all are done at once, wherever they are")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	for (size_t i = 0; cpa_ops[i] != NULL; i++) {
		CHECK_CALL(check_idle(cpa_ops[i], cpa_range(vaddr(1), 0), OK));
		CHECK_CALL(check_idle(cpa_ops[i], cpa_addresses(NULL, 0), OK));
		CHECK_CALL(check_idle(cpa_ops[i], cpa_frames(NULL, 0), OK));
	}
	end();
}

SELFTEST(behind_ram, "behind the last page of RAM nothing is, or can be made")
{
	paddr_t last;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	last = kernel_ram()->ranges[kernel_ram()->count - 1].end;
	for (size_t i = 0; cpa_ops[i] != NULL && last.pa < DIRECT_MAP_BYTES;
	     i++) {
		const struct cpa_op *op = cpa_ops[i];
		vaddr_t behind = direct_map_vaddr(last);
		pfn_t frame = paddr_pfn(last);

		if (op->kind == CPA_CHANGE || op->kind == CPA_MAP) {
			CHECK_CALL(check_refused(op, cpa_range(behind, 1),
						 behind));
			CHECK_CALL(check_refused(op, cpa_frames(&frame, 1),
						 behind));
		} else {
			CHECK_CALL(check_idle(op, cpa_range(behind, 1), OK));
		}
	}
	end();
}

/* ---- Rights that are never given ----------------------------------------- */

struct ask {
	const struct cpa_op *op;
	vaddr_t start;
	uint64_t pages;
	uint64_t narrowed;
};

static void check_asks(const struct ask *asks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct cpa_pages pages =
			cpa_range(asks[i].start, asks[i].pages);

		CHECK_CALL(check_idle(asks[i].op, pages, OK));
		CHECK_EQ(result.narrowed, asks[i].narrowed);
	}
}

/* In the direct map, by the region of the image. */
static vaddr_t alias_of(const uint8_t *symbol)
{
	const struct region *region =
		region_find(kernel_regions(), vaddr_of(symbol));

	return direct_map_vaddr(paddr_add(
		region->memory, vaddr_of(symbol).va - region->start.va));
}

SELFTEST(narrowed, "no region gives more than it may, by any of its addresses")
{
	vaddr_t text = vaddr_of(text_start);
	vaddr_t constants = vaddr_of(rodata_start);

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(begin());
	{
		const struct ask asks[] = {
			{ &cpa_rw, text, 1, 1 },
			{ &cpa_rw, constants, 1, 1 },
			{ &cpa_x, constants, 1, 1 },
			{ &cpa_rox, constants, 1, 1 },
			{ &cpa_rw, alias_of(text_start), 1, 1 },
			{ &cpa_x, alias_of(text_start), 1, 1 },
			{ &cpa_rw, alias_of(rodata_start), 1, 1 },
			{ &cpa_rox, alias_of(rodata_start), 1, 1 },
			{ &cpa_x, alias_of(data_start), 1, 1 },
			{ &cpa_x, page, PAGES, PAGES },
			/* Partly: across the borders. */
			{ &cpa_rw, vaddr(constants.va - PAGE_BYTES), 2, 2 },
			{ &cpa_rw, vaddr(vaddr_of(data_start).va - PAGE_BYTES),
			  2, 1 },
			{ &cpa_rw, vaddr(alias_of(data_start).va - PAGE_BYTES),
			  2, 1 },
		};

		/* Leaves are counted, and these may be in one. */
		check_asks(asks, 9);
		check_asks(asks + 10, ARRAY_COUNT(asks) - 10);
	}
	end();
}

SELFTEST(write_xor_execute, "data that can be written does not become code")
{
	vaddr_t data = vaddr_of(data_start);

	SKIP_WITHOUT_TABLES();
	if (!pv()->paging->nx) {
		SKIP("no NX: all that is writable is executable");
	}
	CHECK_CALL(begin());
	CHECK_CALL(check_idle(&cpa_x, cpa_range(data, 2), ERR_DENIED));
	CHECK_EQ(result.where.va, data.va);
	/* The constants before it are only not given what they never get. */
	CHECK_CALL(check_idle(&cpa_x, cpa_range(vaddr(data.va - PAGE_BYTES), 2),
			      ERR_DENIED));
	CHECK_EQ(result.where.va, data.va);
	end();
}

SELFTEST_SUITE(cpa_args, &addresses, &numbers, &nothing, &behind_ram, &narrowed,
	       &write_xor_execute);
