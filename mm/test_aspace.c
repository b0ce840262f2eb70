// SPDX-License-Identifier: MIT
/*
 * An address space for tests.
 */
#include "mm/test_aspace.h"

#include "arch/x86/probe.h"
#include "arch/x86/user_access.h"
#include "lib/selftest.h"
#include "mm/direct_map.h"
#include "mm/kernel_space.h"
#include "mm/set_memory.h"
#include "mm/walk.h"

struct aspace test_aspace;
test_touch test_aspace_touch;

static struct aspace *const as = &test_aspace;
static uint64_t counts[PAGE_KIND_COUNT];

/* The lower half is the first half of the root. */
static bool is_lower_half_empty(void)
{
	struct place first = { .table = as->pt->root, .level = as->pt->levels };

	return pt_count_none(first, ENTRY_COUNT / 2) == ENTRY_COUNT / 2;
}

void test_aspace_begin(struct pgtable *pt, struct cpa_space kernel,
		       struct memtypes *types, test_touch touch)
{
	aspace_init(as, pt, kernel, types);
	test_aspace_touch = touch;
	memcpy(counts, pt->pages->counts, sizeof(counts));
	CHECK(is_lower_half_empty());
}

void test_aspace_check_empty(void)
{
	bool same = true;

	for (unsigned int kind = 0; kind < PAGE_KIND_COUNT; kind++) {
		/* Records are made, and stay. */
		same = same && (kind == PAGE_RECORD ||
				as->pt->pages->counts[kind] == counts[kind]);
	}
	CHECK(same && as->count == 0 && as->frames.root == 0);
	CHECK(is_lower_half_empty());
	CHECK(as->pt->audit->debt_count == 0); /* ASPACE-5 */
}

void test_aspace_end(void)
{
	CHECK_EQ(aspace_unmap(as, vaddr(0), aspace_bytes(as)), OK);
	CHECK_CALL(test_aspace_check_empty());
}

/* ---- Here ---------------------------------------------------------------- */

/* Nobody reads that byte in a page that the platform shares. */
#define OFFSET 0xff0

struct fault test_aspace_fault;

static bool touch_really(vaddr_t at, bool write)
{
	vaddr_t word = vaddr_add(at, OFFSET);
	uint64_t value;
	bool done;

	user_access_begin();
	done = probe_read(word, &value, &test_aspace_fault) &&
	       (!write ||
		probe_write(word, (uint8_t)value, &test_aspace_fault));
	user_access_end();
	return done;
}

void test_aspace_begin_here(void)
{
	CHECK_CALL(test_aspace_begin(kernel_pgtable(), kernel_cpa_space(),
				     kernel_memtypes(), touch_really));
	CHECK(aspace_use(as) == NULL);
}

void test_aspace_end_here(void)
{
	CHECK(aspace_use(NULL) == as);
	CHECK_CALL(test_aspace_end());
}

/* ---- Leaves -------------------------------------------------------------- */

struct look {
	const struct aspace_area *area;
	level_t level;
	uint64_t count;
};

static mfn_t frame_of(const struct aspace_area *area, vaddr_t at)
{
	uint64_t n = (at.va - area->start.va) >> PAGE_SHIFT;

	switch (area->backing) {
	case ASPACE_RAM:
		return as->pt->pv->pfn_to_mfn(pfn(area->ram.pfn + n));
	case ASPACE_DEVICE:
		return mfn(area->device.mfn + n);
	case ASPACE_ANONYMOUS:
		break;
	}
	return as->pt->pv->pfn_to_mfn(
		frame_tree_find(&as->frames, at.va >> PAGE_SHIFT));
}

static enum memtype direct_map_type(pfn_t frame)
{
	const struct pgtable *pt = as->kernel.pt;
	struct found found =
		walk_to(pt, direct_map_vaddr(pfn_paddr(frame)), L1);

	return pte_attrs(pt_paging(pt), found.place.level, found.entry).type;
}

/* What the CPU is to make of the protection: written out once more. */
static unsigned int rights_wanted(unsigned int protection)
{
	bool execute =
		(protection & ASPACE_EXECUTE) != 0 || !pt_paging(as->pt)->nx;

	return RIGHT_USER |
	       ((protection & ASPACE_WRITE) != 0 ? RIGHT_WRITE : 0) |
	       (execute ? RIGHT_EXECUTE : 0);
}

static unsigned int check_leaf(const struct found *found, void *context)
{
	struct look *look = context;
	const struct aspace_area *area = look->area;
	level_t level = found->place.level;
	enum memtype type =
		pte_attrs(pt_paging(as->pt), level, found->entry).type;
	mfn_t frame = frame_of(area, found->place.va);
	bool right = area->protection != 0 && level == look->level &&
		     type == area->type &&
		     found->rights.bits == rights_wanted(area->protection) &&
		     mfn_eq(pte_mfn(level, found->entry), frame);

	look->count++;
	if (right && area->backing == ASPACE_RAM) {
		right = direct_map_type(as->pt->pv->mfn_to_pfn(frame)) == type;
	}
	if (!right) {
		selftest_report(SELFTEST_FAIL, __FILE__, __LINE__,
				"%016lx: level %u, rights 0x%x, type %s; the "
				"area has 0x%x, %s",
				found->place.va.va, level, found->rights.bits,
				memtype_name(type), area->protection,
				memtype_name(area->type));
	}
	return right ? 1 : 0;
}

static bool are_leaves(vaddr_t start, uint64_t bytes, uint64_t count,
		       level_t level)
{
	struct look look = { .area = aspace_find(as, start), .level = level };

	walk_leaves(as->pt, start, bytes, check_leaf, &look);
	return look.count == count && !selftest_failed();
}

void test_aspace_check_leaves(vaddr_t start, uint64_t bytes, uint64_t count,
			      level_t level)
{
	CHECK(are_leaves(start, bytes, count, level));
}

static bool touch_all(const struct aspace_area *area)
{
	for (uint64_t at = 0; at < area->bytes; at += PAGE_BYTES) {
		if (!test_aspace_touch(vaddr_add(area->start, at), false)) {
			return false;
		}
	}
	return true;
}

void test_aspace_touch_all(const struct aspace_area *area)
{
	CHECK(touch_all(area));
}

/* ---- Every change -------------------------------------------------------- */

static bool is_all(const struct aspace_area *area, level_t level)
{
	return are_leaves(area->start, area->bytes,
			  area->bytes >> level_shift(level), level);
}

/* Twice is as good as once. */
static bool changes_size(const struct aspace_area *area)
{
	vaddr_t at = area->start;

	return aspace_use_small(as, at) == OK && is_all(area, L1) &&
	       aspace_use_small(as, at) == OK && is_all(area, L1) &&
	       aspace_use_large(as, at) == OK && is_all(area, L2) &&
	       aspace_use_large(as, at) == OK && is_all(area, L2);
}

static bool changes_to(const struct aspace_area *area, unsigned int protection,
		       level_t level)
{
	bool write = (protection & ASPACE_WRITE) != 0;

	if (aspace_protect(as, area->start, area->bytes, protection) != OK ||
	    as->pt->audit->debt_count != 0) { /* ASPACE-5 */
		return false;
	}
	if (protection == 0) {
		return !test_aspace_touch(area->start, false) &&
		       are_leaves(area->start, area->bytes, 0, L1);
	}
	if (walk_to(as->pt, area->start, L1).kind == PTE_NONE) {
		if (!touch_all(area) || !is_all(area, L1)) {
			return false;
		}
	} else if (!is_all(area, level)) {
		return false;
	}
	return test_aspace_touch(area->start, true) == write &&
	       (level == L1 || (aspace_use_large(as, area->start) == OK &&
				changes_size(area)));
}

void test_aspace_every_change(const struct aspace_area *area, level_t level)
{
	static const uint8_t protections[] = { 0, ASPACE_READ,
					       ASPACE_READ | ASPACE_WRITE,
					       ASPACE_READ | ASPACE_EXECUTE };

	for (unsigned int i = 0; i < 16; i++) {
		unsigned int from = protections[i / 4];
		unsigned int to = protections[i % 4];

		selftest_checked();
		if (!changes_to(area, from, level) ||
		    !changes_to(area, to, level)) {
			FAIL("%s, level %u, from 0x%x to 0x%x",
			     memtype_name(area->type), level, from, to);
		}
	}
}

void test_aspace_every_type(struct aspace_area area, level_t level)
{
	const struct paging *paging = pt_paging(as->pt);
	enum memtype granted;

	for (enum memtype type = MT_WB; type < MT_COUNT; type++) {
		bool possible = area.backing != ASPACE_RAM || type == MT_WB ||
				paging->memtypes;
		enum err error;

		area.type = type;
		error = aspace_map(as, &area, &granted);
		CHECK_EQ(error, possible ? OK : ERR_REFUSED);
		if (!possible) {
			continue;
		}
		CHECK_EQ(granted, memtype_possible(&paging->pat, type));
		CHECK_CALL(test_aspace_every_change(&area, level));
		CHECK(aspace_unmap(as, area.start, area.bytes) == OK);
		CHECK_CALL(test_aspace_check_empty());
		CHECK(area.backing != ASPACE_RAM ||
		      direct_map_type(area.ram) == MT_WB);
	}
}
