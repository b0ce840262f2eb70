// SPDX-License-Identifier: MIT
/*
 * Tests of commit under Xen: which requests, and what of a refused one.
 *
 * On real Xen no flush is refused, and one that is missing shows only where
 * the CPU had a translation.
 */
#include "arch/x86/cpu.h"
#include "lib/selftest.h"
#include "tests/host/fake_xen_scene.h"
#include "xen/backend.h"
#include "xen/hypercall.h"
#include "xen/mmu.h"

#define SKIP_UNLESS_XEN()                           \
	do {                                        \
		if (pv() != &pv_xen) {              \
			SKIP("not a guest of Xen"); \
		}                                   \
	} while (0)

static uint8_t page[PAGE_BYTES] ALIGNED(PAGE_BYTES);

/* The entry of the page, as it is. */
static struct batch_op store(void)
{
	vaddr_t at = vaddr_of(page);
	uint64_t raw = scene_entry(L1, at);
	pte_t entry = pte_read(&raw);

	return (struct batch_op){
		.kind = BATCH_STORE,
		.level = L1,
		.index = level_index(L1, at),
		.table = pv()->mfn_to_pfn(scene_table(L1, at)),
		.entry = pte_leaf(pv()->paging, L1, pte_mfn(L1, entry),
				  attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB)),
		.va = at,
	};
}

static struct batch_op flush(enum batch_kind kind, uint64_t pages)
{
	return (struct batch_op){ .kind = kind,
				  .va = vaddr_of(page),
				  .bytes = pages * PAGE_BYTES };
}

/* ---- Requests ------------------------------------------------------------ */

static const struct {
	enum batch_kind kind;
	uint64_t pages;
	uint64_t requests;
} flushes[] = {
	{ BATCH_FLUSH_ALL, 0, 1 },
	{ BATCH_FLUSH_LOCAL, 0, 1 },
	{ BATCH_FLUSH_RANGE, 1, 1 },
	{ BATCH_FLUSH_RANGE, 3, 3 },
	{ BATCH_FLUSH_RANGE, 64, 64 },
	{ BATCH_FLUSH_RANGE, 65, 1 }, /* Everything. */
};

static void check_requests(enum batch_kind kind, uint64_t pages, uint64_t count)
{
	struct batch_op ops[] = { store(), store(), flush(kind, pages) };
	uint64_t before = fake_xen_requests();
	size_t done;

	CHECK_EQ(pv()->commit(ops, ARRAY_COUNT(ops), &done), OK);
	CHECK_EQ(done, ARRAY_COUNT(ops));
	CHECK_EQ(fake_xen_requests() - before, 2 + count);
	before = fake_xen_requests();
	CHECK_EQ(pv()->commit(ops + 2, 1, &done), OK);
	CHECK_EQ(fake_xen_requests() - before, count);
}

SELFTEST(requests, "a flush is a request for each page, or one for everything")
{
	SKIP_UNLESS_XEN();
	for (size_t i = 0; i < ARRAY_COUNT(flushes); i++) {
		CHECK_CALL(check_requests(flushes[i].kind, flushes[i].pages,
					  flushes[i].requests));
	}
}

/* Two ranges that do not fit beside each other, and one behind a flush of
 * everything. */
static void check_many(void)
{
	struct batch_op ops[] = { store(), flush(BATCH_FLUSH_RANGE, 60),
				  flush(BATCH_FLUSH_RANGE, 5),
				  flush(BATCH_FLUSH_RANGE, 1) };
	uint64_t before = fake_xen_requests();
	size_t done;

	CHECK_EQ(pv()->commit(ops, ARRAY_COUNT(ops), &done), OK);
	CHECK_EQ(done, ARRAY_COUNT(ops));
	CHECK_EQ(fake_xen_requests() - before, 2);
}

SELFTEST(many_flushes, "flushes that are too many become one of everything")
{
	SKIP_UNLESS_XEN();
	check_many();
}

/* ---- Refusals ------------------------------------------------------------ */

/* The list of two with the next hypercall of that number refused. */
static void check_refusal(uint64_t number, size_t stored)
{
	struct batch_op ops[] = { store(), flush(BATCH_FLUSH_RANGE, 1) };
	size_t done;

	fake_xen_refuse_next(number, -XEN_EPERM);
	CHECK_EQ(pv()->commit(ops, ARRAY_COUNT(ops), &done), ERR_REFUSED);
	CHECK_EQ(done, stored);
	CHECK_EQ(pv()->cost->refusal, -XEN_EPERM);
	CHECK_EQ(pv()->commit(ops, ARRAY_COUNT(ops), &done), OK);
	CHECK_EQ(done, ARRAY_COUNT(ops));
}

SELFTEST(refusals, "whichever part of a list is refused, that is told")
{
	SKIP_UNLESS_XEN();
	CHECK_CALL(check_refusal(__HYPERVISOR_mmu_update, 0));
	CHECK_CALL(check_refusal(__HYPERVISOR_mmuext_op, 1));
	CHECK_CALL(check_refusal(__HYPERVISOR_multicall, 0));
}

/* Without the other part there is no multicall. */
static void check_single(void)
{
	struct batch_op ops[] = { store(), flush(BATCH_FLUSH_ALL, 0) };
	size_t done;

	fake_xen_refuse_next(__HYPERVISOR_mmu_update, -XEN_EPERM);
	CHECK_EQ(pv()->commit(ops, 1, &done), ERR_REFUSED);
	CHECK_EQ(done, 0);
	fake_xen_refuse_next(__HYPERVISOR_mmuext_op, -XEN_EPERM);
	CHECK_EQ(pv()->commit(ops + 1, 1, &done), ERR_REFUSED);
	CHECK_EQ(done, 0);
	CHECK_EQ(pv()->commit(ops, ARRAY_COUNT(ops), &done), OK);
}

SELFTEST(single_refusals, "so it is where there is only one part")
{
	SKIP_UNLESS_XEN();
	check_single();
}

SELFTEST_SUITE(xen_commit, &requests, &many_flushes, &refusals,
	       &single_refusals);
