// SPDX-License-Identifier: MIT
/*
 * Tests of address spaces: the list of areas.
 */
#include "lib/selftest.h"
#include "mm/test_memtypes.h"
#include "tests/host/aspace_scene.h"
#include "tests/host/machine.h"

#define PAGES UINT64_C(4)

static struct aspace *const as = &test_aspace;

static vaddr_t page(uint64_t i)
{
	return vaddr(TEST_AREA + i * PAGE_BYTES);
}

static struct aspace_area anonymous(uint64_t first, uint64_t pages)
{
	return (struct aspace_area){ .start = page(first),
				     .bytes = pages * PAGE_BYTES,
				     .protection = ASPACE_WRITE };
}

static struct aspace_area device(uint64_t first, uint64_t pages)
{
	return (struct aspace_area){ .start = page(first),
				     .bytes = pages * PAGE_BYTES,
				     .protection = ASPACE_READ,
				     .type = MT_WC,
				     .backing = ASPACE_DEVICE,
				     .device = mfn(TEST_DEVICE_MFN) };
}

static enum err map(struct aspace_area area)
{
	enum memtype granted;

	return aspace_map(as, &area, &granted);
}

static enum err protect(uint64_t from, uint64_t count, unsigned int protection)
{
	return aspace_protect(as, page(from), count * PAGE_BYTES, protection);
}

static enum err unmap(uint64_t from, uint64_t count)
{
	return aspace_unmap(as, page(from), count * PAGE_BYTES);
}

static bool touch(uint64_t i)
{
	return test_aspace_touch(page(i), false);
}

/* Both on four levels and on five. */
static void run(void (*body)(void))
{
	CHECK_CALL(machine_run(L2, L4, body));
	CHECK_CALL(machine_run(L2, L5, body));
}

static void begin(void)
{
	CHECK_CALL(aspace_scene_begin(pat_from_msr(PAT_MSR_NATIVE)));
}

/* ---- Requests ------------------------------------------------------------ */

static void play_range(void)
{
	struct aspace_area bad[8];
	struct aspace_area last = anonymous(0, 1);
	uint64_t top;

	CHECK_CALL(begin());
	top = aspace_bytes(as);
	CHECK_EQ(top, as->pt->levels == L4 ? BIT(47) : BIT(56));
	CHECK_EQ(map(anonymous(0, PAGES)), OK);
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		bad[i] = anonymous(2 * PAGES, 2);
	}
	bad[0].start = page(PAGES - 1);
	bad[1].start.va = TEST_AREA - PAGE_BYTES;
	bad[2].start.va++;
	bad[3].bytes = 0;
	bad[4].bytes = -bad[4].start.va;
	bad[5].start.va = top;
	bad[6].start.va = DIRECT_MAP_VADDR;
	bad[7].type = MT_WC;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		CHECK_EQ(map(bad[i]), ERR_RANGE);
	}
	CHECK_EQ(as->count, 1);
	CHECK_EQ(protect(0, PAGES, ASPACE_WRITE | ASPACE_EXECUTE),
		 machine.paging.nx ? ERR_DENIED : OK);
	CHECK_EQ(protect(0, PAGES + 1, 0), ERR_RANGE);
	CHECK_EQ(aspace_protect(as, vaddr(top), PAGE_BYTES, 0), ERR_RANGE);
	CHECK_EQ(aspace_unmap(as, vaddr(top - PAGE_BYTES),
			      UINT64_C(2) * PAGE_BYTES),
		 ERR_RANGE);
	CHECK_EQ(aspace_unmap(as, vaddr(0), 0), ERR_RANGE);
	last.start.va = top - PAGE_BYTES;
	CHECK_EQ(map(last), OK);
	CHECK(test_aspace_touch(last.start, true));
	last.start.va = 0;
	CHECK_EQ(map(last), OK);
	CHECK(test_aspace_touch(last.start, true));
	CHECK_EQ(as->areas[0].start.va, 0);
	CHECK_CALL(aspace_scene_end());
}

/* ASPACE-1 */
SELFTEST(range, "areas are whole pages of the lower half, and do not overlap")
{
	run(play_range);
}

static void play_full(void)
{
	CHECK_CALL(begin());
	for (uint64_t i = 0; i < ASPACE_AREAS_MAX; i++) {
		CHECK_EQ(map(anonymous(3 * i, 2)), OK);
	}
	CHECK_EQ(map(anonymous(UINT64_C(3) * ASPACE_AREAS_MAX, 1)), ERR_FULL);
	CHECK(touch(4) && touch(6));
	CHECK_EQ(protect(3, 1, 0), ERR_FULL);
	CHECK_EQ(unmap(4, 3), ERR_FULL);
	CHECK_EQ(as->count, ASPACE_AREAS_MAX);
	CHECK(aspace_find(as, page(4)) != NULL);
	CHECK_EQ(walk_to(as->pt, page(4), L1).kind, PTE_LEAF);
	CHECK_EQ(unmap(0, 2), OK);
	CHECK_EQ(protect(3, 1, 0), OK);
	CHECK_CALL(aspace_scene_end());
}

/* ASPACE-6 */
SELFTEST(full, "a list that is full takes no more, and cuts nothing")
{
	run(play_full);
}

static void play_nothing(void)
{
	struct audit before;

	CHECK_CALL(begin());
	CHECK_EQ(map(anonymous(0, PAGES)), OK);
	CHECK(touch(0) && touch(1));
	before = *as->pt->audit;
	CHECK_EQ(protect(0, 1, ASPACE_WRITE), OK);
	CHECK_EQ(protect(2, 2, ASPACE_READ), OK);
	CHECK_EQ(as->pt->audit->stores, before.stores);
	CHECK_EQ(as->pt->audit->flushes_range, before.flushes_range);
	CHECK_EQ(protect(0, 2, ASPACE_READ), OK);
	CHECK_EQ(as->pt->audit->stores, before.stores + 2);
	CHECK_EQ(as->pt->audit->flushes_range, before.flushes_range + 1);
	CHECK_EQ(as->pt->audit->flushes_all, before.flushes_all);
	CHECK_EQ(as->count, 1);
	CHECK_CALL(aspace_scene_end());
}

/* ASPACE-5 */
SELFTEST(nothing, "what changes nothing stores nothing and flushes nothing")
{
	run(play_nothing);
}

static bool is_mapped_by(uint64_t error, uint64_t i)
{
	struct fault fault = { VECTOR_PF, error, page(i) };
	bool again = aspace_fault(as, &fault);

	return again && walk_to(as->pt, page(i), L1).kind == PTE_LEAF;
}

static void play_faults(void)
{
	uint64_t fetch = PF_FETCH;

	CHECK_CALL(begin());
	CHECK_EQ(map(anonymous(0, PAGES)), OK);
	CHECK_EQ(protect(1, 1, ASPACE_READ), OK);
	CHECK_EQ(protect(2, 1, 0), OK);
	CHECK(!is_mapped_by(PF_PRESENT, 0) && !is_mapped_by(PF_RESERVED, 0) &&
	      !is_mapped_by(PF_PKEY, 0) && !is_mapped_by(0, PAGES));
	CHECK_EQ(is_mapped_by(fetch, 0), !machine.paging.nx);
	CHECK_EQ(is_mapped_by(fetch, 1), !machine.paging.nx);
	CHECK(!is_mapped_by(PF_WRITE, 1) && is_mapped_by(PF_USER, 1));
	CHECK(!is_mapped_by(0, 2) && !is_mapped_by(PF_WRITE, 2));
	CHECK(is_mapped_by(PF_WRITE | PF_USER, 0) && is_mapped_by(0, 3));
	CHECK_EQ(protect(0, 1, ASPACE_EXECUTE), OK);
	CHECK_EQ(protect(2, 1, ASPACE_EXECUTE), OK);
	CHECK(!is_mapped_by(PF_WRITE, 2) && is_mapped_by(fetch, 2));
	CHECK_CALL(aspace_scene_end());
}

SELFTEST(faults, "a page is mapped by the accesses that its area permits")
{
	run(play_faults);
}

/* ---- Parts --------------------------------------------------------------- */

static void play_parts(void)
{
	pfn_t first;

	CHECK_CALL(begin());
	CHECK_EQ(map(anonymous(0, PAGES)), OK);
	CHECK(touch(0) && touch(1) && touch(2) && touch(3));
	first = frame_tree_find(&as->frames, page(0).va >> PAGE_SHIFT);
	CHECK_EQ(unmap(1, 2), OK);
	CHECK_EQ(as->count, 2);
	CHECK(touch(0) && !touch(1) && !touch(2) && touch(3));
	CHECK_EQ(protect(0, 1, 0), OK);
	CHECK_EQ(protect(0, 1, ASPACE_READ), OK);
	CHECK(touch(0) &&
	      pfn_eq(frame_tree_find(&as->frames, page(0).va >> PAGE_SHIFT),
		     first)); /* ASPACE-8 */
	CHECK_EQ(unmap(0, PAGES), OK);
	CHECK_CALL(test_aspace_check_empty());
	/* Nothing at all can be, too. */
	CHECK_EQ(unmap(0, PAGES), OK);
	CHECK_CALL(aspace_scene_end());
}

/* ASPACE-7, FRAMES-1 */
SELFTEST(parts, "parts of areas can be taken away, and nothing of them is left")
{
	run(play_parts);
}

/* The middle of the device is another area, and then is none. */
static void play_device_parts(void)
{
	CHECK_CALL(begin());
	CHECK_EQ(map(device(0, 6)), OK);
	CHECK(touch(0) && touch(2) && touch(5));
	CHECK_EQ(protect(2, 2, ASPACE_WRITE), OK);
	CHECK_EQ(as->count, 3);
	CHECK(test_aspace_touch(page(2), true) && touch(3));
	CHECK_CALL(test_aspace_check_leaves(page(2), UINT64_C(2) * PAGE_BYTES,
					    2, L1));
	CHECK_EQ(protect(0, 6, ASPACE_READ), OK);
	CHECK_EQ(as->count, 1);
	CHECK_CALL(test_aspace_check_leaves(page(0), UINT64_C(6) * PAGE_BYTES,
					    4, L1));
	CHECK_EQ(unmap(1, 3), OK);
	CHECK_EQ(memtype_of(as->types, mfn(TEST_DEVICE_MFN)), MT_WC);
	CHECK_EQ(memtype_of(as->types, mfn(TEST_DEVICE_MFN + 1)), MEMTYPE_NONE);
	CHECK_EQ(memtype_of(as->types, mfn(TEST_DEVICE_MFN + 4)), MT_WC);
	CHECK_CALL(aspace_scene_end());
}

SELFTEST(device_parts, "an area of a device is cut and joined with its type")
{
	run(play_device_parts);
}

/* Protects and unmaps parts of a leaf of 2 MiB. */
static void play_large_parts(void)
{
	struct aspace_area area = device(0, UINT64_C(3) * ENTRY_COUNT);
	vaddr_t block;

	CHECK_CALL(begin());
	block = vaddr(align_up(TEST_AREA, 2 * MIB));
	area.start = block;
	CHECK_EQ(map(area), OK);
	CHECK_CALL(test_aspace_touch_all(&area));
	for (uint64_t i = 0; i < 3; i++) {
		CHECK_EQ(aspace_use_large(as, vaddr_add(block, 2 * MIB * i)),
			 OK);
	}
	CHECK_EQ(aspace_use_large(as, vaddr_add(block, MIB)), ERR_RANGE);
	CHECK_CALL(test_aspace_check_leaves(block, 6 * MIB, 3, L2));
	/* The first is cut, the last cannot be: so the first is joined. */
	page_alloc_fail_at(&machine.pages, 2);
	CHECK_EQ(aspace_protect(as, vaddr_add(block, MIB), 4 * MIB,
				ASPACE_WRITE),
		 ERR_NOMEM);
	CHECK_CALL(test_aspace_check_leaves(block, 6 * MIB, 3, L2));
	CHECK_EQ(as->count, 1);
	CHECK_EQ(aspace_protect(as, vaddr_add(block, MIB), 4 * MIB,
				ASPACE_WRITE),
		 OK);
	CHECK_CALL(test_aspace_check_leaves(block, MIB, 256, L1));
	CHECK_CALL(
		test_aspace_check_leaves(vaddr_add(block, MIB), MIB, 256, L1));
	CHECK_CALL(test_aspace_check_leaves(vaddr_add(block, 2 * MIB), 2 * MIB,
					    1, L2));
	CHECK_EQ(aspace_use_large(as, block), ERR_RANGE);
	CHECK_EQ(aspace_unmap(as, vaddr_add(block, 3 * MIB), PAGE_BYTES), OK);
	CHECK_CALL(test_aspace_check_leaves(vaddr_add(block, 2 * MIB), MIB, 256,
					    L1));
	CHECK_CALL(aspace_scene_end());
}

SELFTEST(large_parts, "a large leaf is cut where only a part of it is changed")
{
	run(play_large_parts);
}

/* ---- Frames -------------------------------------------------------------- */

static void play_conflict(void)
{
	struct aspace_area a = { .bytes = UINT64_C(2) * PAGE_BYTES,
				 .backing = ASPACE_RAM };
	struct aspace_area b = a;
	pfn_t first;

	CHECK_CALL(begin());
	first = aspace_scene_take(4);
	CHECK_CALL(aspace_scene_begin_again());
	a.start = page(0);
	a.ram = first;
	b.start = page(8);
	b.ram = pfn(first.pfn + 1);
	CHECK_EQ(map(a), OK);
	b.type = MT_WC;
	CHECK_EQ(map(b), ERR_CONFLICT);
	b.type = MT_WB;
	CHECK_EQ(map(b), OK);
	CHECK_EQ(unmap(0, 10), OK);
	a.type = MT_WC;
	CHECK_EQ(map(a), OK);
	CHECK_EQ(map(b), ERR_CONFLICT);
	CHECK(page_free_refusal(&machine.pages, first) != NULL);
	CHECK_EQ(unmap(0, 1), OK);
	CHECK(page_free_refusal(&machine.pages, first) == NULL); /* ASPACE-4 */
	CHECK(page_free_refusal(&machine.pages, b.ram) != NULL);
	CHECK_CALL(aspace_scene_end());
	aspace_scene_give(first, 4);
}

static void play_others(void)
{
	struct aspace_area ram = { .start = page(0),
				   .bytes = PAGE_BYTES,
				   .backing = ASPACE_RAM };
	struct aspace_area bad = device(0, 1);

	CHECK_CALL(begin());
	ram.ram = as->pt->root; /* A table. */
	CHECK_EQ(map(ram), ERR_RANGE);
	ram.ram = PFN_NONE;
	CHECK_EQ(map(ram), ERR_RANGE);
	bad.device = machine.pv.pfn_to_mfn(as->pt->root);
	CHECK_EQ(map(bad), ERR_RANGE);
	bad.device = MFN_NONE;
	CHECK_EQ(map(bad), ERR_RANGE);
	machine.paging.memtypes = false;
	ram.type = MT_WC;
	CHECK_EQ(map(ram), ERR_REFUSED);
	CHECK_CALL(aspace_scene_end());
}

SELFTEST(others, "frames must be what they are said to be")
{
	run(play_others);
}

/* ASPACE-6 */
SELFTEST(conflict, "memory that has a type is nobody else's")
{
	run(play_conflict);
}

SELFTEST_SUITE(aspace_list, &range, &full, &nothing, &faults, &parts,
	       &device_parts, &large_parts, &others, &conflict);
