// SPDX-License-Identifier: MIT
/*
 * Tests of stores to live page tables under Xen PV.
 */
#include "xen/mmu.h"

#include "arch/x86/cpu.h"
#include "arch/x86/phys.h"
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "xen/backend.h"

static uint8_t page[PAGE_BYTES] ALIGNED(PAGE_BYTES);

#define SKIP_UNLESS_XEN()                                     \
	do {                                                  \
		if (pv() != &pv_xen || cpu_read_cr3() == 0) { \
			SKIP("no page tables of Xen's");      \
		}                                             \
	} while (0)

static pfn_t root(void)
{
	return pv()->mfn_to_pfn(mfn(cpu_read_cr3() >> PAGE_SHIFT));
}

/* A step that stores to the L1 entry of the page; what it holds in *entry. */
static struct batch_op find_entry(vaddr_t address, pte_t *entry)
{
	struct batch_op op = { .kind = BATCH_STORE, .va = address };
	pfn_t table = root();

	for (level_t level = L4; level >= L1; level = (level_t)(level - 1)) {
		const uint64_t *entries = phys_ptr(pfn_paddr(table));

		op.level = level;
		op.table = table;
		op.index = level_index(level, address);
		*entry = pte_read(&entries[op.index]);
		table = pv()->mfn_to_pfn(pte_mfn(level, *entry));
	}
	return op;
}

static attrs_t attrs_of_page(void)
{
	pte_t entry;

	(void)find_entry(vaddr_of(page), &entry);
	return pte_attrs(pv()->paging, L1, entry);
}

static attrs_t possible(unsigned int right_bits)
{
	return attrs_possible(pv()->paging, attrs(right_bits, MT_WB));
}

/* Stores a leaf for the frame into the entry of the address, and flushes. */
static enum err store_at(vaddr_t address, mfn_t frame, attrs_t a, size_t *done)
{
	struct batch_op ops[2];
	pte_t old;

	ops[0] = find_entry(address, &old);
	ops[0].entry = pte_leaf(pv()->paging, L1, frame, a);
	ops[1] = (struct batch_op){ .kind = BATCH_FLUSH_RANGE,
				    .va = address,
				    .bytes = PAGE_BYTES };
	return pv()->commit(ops, 2, done);
}

/* The same for the entry of the page. */
static enum err store(mfn_t frame, unsigned int right_bits, size_t *done)
{
	return store_at(vaddr_of(page), frame, possible(right_bits), done);
}

static mfn_t frame_of_page(void)
{
	pte_t entry;

	(void)find_entry(vaddr_of(page), &entry);
	return pte_mfn(L1, entry);
}

SELFTEST(granted, "rights that are stored are what the CPU grants")
{
	struct fault fault;
	mfn_t frame;
	size_t done;

	SKIP_UNLESS_XEN();
	frame = frame_of_page();
	CHECK_EQ(store(frame, 0, &done), OK);
	CHECK_EQ(done, 2);
	CHECK(!probe_write(vaddr_of(page), 1, &fault));
	CHECK_EQ(fault.error, PF_PRESENT | PF_WRITE);
	CHECK_EQ(fault.address.va, vaddr_of(page).va);
	CHECK_EQ(store(frame, RIGHT_WRITE, &done), OK);
	CHECK(probe_write(vaddr_of(page), 2, &fault));
	CHECK_EQ(READ_ONCE(page[0]), 2);
}

/* PTE-1: Xen sets the user bit and a mark in what it was given. */
SELFTEST(read_back, "what Xen makes of an entry decodes to what was stored")
{
	mfn_t frame;
	size_t done;

	SKIP_UNLESS_XEN();
	frame = frame_of_page();
	for (unsigned int bits = 0; bits <= (RIGHT_WRITE | RIGHT_EXECUTE);
	     bits++) {
		CHECK_EQ(store(frame, bits, &done), OK);
		CHECK(attrs_eq(attrs_of_page(), possible(bits)));
		CHECK_EQ(frame_of_page().mfn, frame.mfn);
	}
	CHECK_EQ(store(frame, RIGHT_WRITE, &done), OK);
}

SELFTEST(refused, "a writable mapping of a page table is refused, and told")
{
	attrs_t before;
	mfn_t frame;
	size_t done;

	SKIP_UNLESS_XEN();
	frame = frame_of_page();
	CHECK_EQ(store(frame, RIGHT_WRITE, &done), OK);
	before = attrs_of_page();
	CHECK_EQ(store(pv()->pfn_to_mfn(root()), RIGHT_WRITE, &done),
		 ERR_REFUSED);
	CHECK_EQ(done, 0);
	CHECK_EQ(frame_of_page().mfn, frame.mfn);
	CHECK(attrs_eq(attrs_of_page(), before));
	/* The control: read-only is allowed. */
	CHECK_EQ(store(pv()->pfn_to_mfn(root()), 0, &done), OK);
	CHECK_EQ(store(frame, RIGHT_WRITE, &done), OK);
}

SELFTEST(partly, "of a list that is refused in the middle the start is done")
{
	struct batch_op ops[3];
	mfn_t frame;
	size_t done;
	pte_t old;

	SKIP_UNLESS_XEN();
	frame = frame_of_page();
	for (size_t i = 0; i < ARRAY_COUNT(ops); i++) {
		ops[i] = find_entry(vaddr_of(page), &old);
		ops[i].entry = pte_leaf(pv()->paging, L1, frame, possible(0));
	}
	ops[1].entry = pte_leaf(pv()->paging, L1, pv()->pfn_to_mfn(root()),
				possible(RIGHT_WRITE));
	CHECK_EQ(pv()->commit(ops, ARRAY_COUNT(ops), &done), ERR_REFUSED);
	CHECK_EQ(done, 1);
	CHECK(attrs_eq(attrs_of_page(), possible(0)));
	CHECK_EQ(store(frame, RIGHT_WRITE, &done), OK);
}

SELFTEST(memory_types, "memory has other types just where the facts say so")
{
	attrs_t uncached;
	mfn_t frame;
	size_t done;

	SKIP_UNLESS_XEN();
	uncached = possible(RIGHT_WRITE);
	uncached.type = MT_UC;
	frame = frame_of_page();
	CHECK_EQ(store_at(vaddr_of(page), frame, uncached, &done),
		 pv()->paging->memtypes ? OK : ERR_REFUSED);
	CHECK_EQ(store(frame, RIGHT_WRITE, &done), OK);
}

/* ---- Many pages, one flush ----------------------------------------------- */

#define MANY 3
/* More than one hypercall flushes page by page. */
#define FAR UINT64_C(80)

static uint8_t many[MANY][PAGE_BYTES] ALIGNED(PAGE_BYTES);

static const struct {
	enum batch_kind kind;
	uint64_t pages; /* Of a range that ends with the last one. */
} flushes[] = { { BATCH_FLUSH_ALL, 0 },
		{ BATCH_FLUSH_LOCAL, 0 },
		{ BATCH_FLUSH_RANGE, MANY },
		{ BATCH_FLUSH_RANGE, FAR } };

/* The list that makes all of them read-only. */
static void make_list(struct batch_op ops[MANY + 1], enum batch_kind kind,
		      uint64_t pages)
{
	vaddr_t end = vaddr_add(vaddr_of(many), sizeof(many));
	pte_t old;

	for (size_t i = 0; i < MANY; i++) {
		ops[i] = find_entry(vaddr_of(many[i]), &old);
		ops[i].entry = pte_leaf(pv()->paging, L1, pte_mfn(L1, old),
					possible(0));
	}
	ops[MANY] = (struct batch_op){ .kind = kind,
				       .va = vaddr(end.va - pages * PAGE_BYTES),
				       .bytes = pages * PAGE_BYTES };
}

static void make_writable(void)
{
	for (size_t i = 0; i < MANY; i++) {
		vaddr_t at = vaddr_of(many[i]);
		size_t done;
		pte_t old;

		(void)find_entry(at, &old);
		CHECK_EQ(store_at(at, pte_mfn(L1, old), possible(RIGHT_WRITE),
				  &done),
			 OK);
	}
}

/* Written to while that is allowed, so that the CPU has translations that say
 * so; the last page is tried first. */
static void check_flush(enum batch_kind kind, uint64_t pages)
{
	struct batch_op ops[MANY + 1];
	bool reached[MANY];
	struct fault fault;
	size_t done;

	make_list(ops, kind, pages);
	for (size_t i = 0; i < MANY; i++) {
		CHECK(probe_write(vaddr_of(many[i]), 1, &fault));
	}
	CHECK_EQ(pv()->commit(ops, ARRAY_COUNT(ops), &done), OK);
	CHECK_EQ(done, ARRAY_COUNT(ops));
	for (size_t i = MANY; i-- > 0;) {
		reached[i] = probe_write(vaddr_of(many[i]), 2, &fault);
	}
	CHECK_CALL(make_writable());
	for (size_t i = 0; i < MANY; i++) {
		CHECK(!reached[i]);
	}
}

SELFTEST(flushed, "one flush behind many stores holds for all of their pages")
{
	SKIP_UNLESS_XEN();
	for (size_t i = 0; i < ARRAY_COUNT(flushes); i++) {
		CHECK_CALL(check_flush(flushes[i].kind, flushes[i].pages));
	}
}

SELFTEST_SUITE(xen_mmu, &granted, &read_back, &refused, &partly, &memory_types,
	       &flushed);
