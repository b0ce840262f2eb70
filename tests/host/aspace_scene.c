// SPDX-License-Identifier: MIT
/*
 * What tests of address spaces begin with.
 */
#include "tests/host/aspace_scene.h"

#include "lib/assert.h"
#include "lib/selftest.h"
#include "tests/host/direct_map_scene.h"
#include "tests/host/fake_tlb.h"
#include "tests/host/hw_tables.h"
#include "tests/host/machine.h"

#define RAM_START (16 * MIB)
#define RAM_BYTES (16 * MIB)

static struct memory_map ram;
static struct region_table regions;
static struct memtypes types;
static uint64_t refuse_at;
static enum err (*commit)(const struct batch_op *ops, size_t count,
			  size_t *done);

static enum err commit_some(const struct batch_op *ops, size_t count,
			    size_t *done)
{
	for (*done = 0; *done < count; ++*done) {
		const struct batch_op *op = &ops[*done];
		enum err error;
		size_t one;

		if (op->kind == BATCH_STORE && op->va.va >> 63 == 0 &&
		    refuse_at != 0 && --refuse_at == 0) {
			return ERR_REFUSED;
		}
		error = commit(op, 1, &one);
		if (error != OK) {
			return error;
		}
	}
	return OK;
}

void aspace_scene_refuse_at(uint64_t n)
{
	refuse_at = n;
}

bool aspace_scene_refused(void)
{
	return refuse_at == 0;
}

/* By the bits of the manual. */
static bool is_of_area(vaddr_t at, bool write)
{
	const struct aspace_area *area = aspace_find(&test_aspace, at);
	struct hw_leaf leaf;

	return hw_walk(hw_machine_space(), at, &leaf) && area != NULL &&
	       machine.paging.pat.types[hw_pat_index(&leaf)] == area->type &&
	       (leaf.bits & HW_USER) != 0 &&
	       (!write || (leaf.bits & HW_WRITE) != 0);
}

static bool touch(vaddr_t at, bool write)
{
	enum fake_access how = write ? FAKE_WRITE : FAKE_READ;
	struct fault fault = { .vector = VECTOR_PF,
			       .error = write ? PF_WRITE : 0,
			       .address = at };

	if (fake_tlb_access(at, how).fault) {
		if (walk_to(&machine.pt, at, L1).kind == PTE_LEAF) {
			fault.error |= PF_PRESENT;
		}
		if (!aspace_fault(&test_aspace, &fault) ||
		    fake_tlb_access(at, how).fault) {
			return false;
		}
	}
	return is_of_area(at, write);
}

void aspace_scene_begin(struct pat pat)
{
	machine.paging.pat = pat;
	machine.paging.memtypes = true;
	commit = machine.pv.commit;
	machine.pv.commit = commit_some;
	refuse_at = 0;
	ram.count = 0;
	scene_add_ram(&ram, RAM_START, RAM_BYTES);
	machine_start(&ram);
	scene_one_region(&regions);
	CHECK_EQ(direct_map_build(&machine.pt, &ram, &regions), OK);
	machine_load();
	regions_apply(&machine.pt, &regions);
	memset(&types, 0, sizeof(types));
	types.pv = &machine.pv;
	types.pages = &machine.pages;
	types.ram = &ram;
	CHECK_CALL(aspace_scene_begin_again());
}

void aspace_scene_begin_again(void)
{
	fake_tlb_on(FAKE_TLB_KEEPS);
	CHECK_CALL(test_aspace_begin(
		&machine.pt, (struct cpa_space){ &machine.pt, &regions, &ram },
		&types, touch));
}

void aspace_scene_end(void)
{
	const char *complaint;

	CHECK_CALL(test_aspace_end());
	CHECK(types.devices.root == NULL); /* ASPACE-7 */
	complaint = fake_tlb_off();
	if (complaint != NULL) {
		FAIL("the TLB: %s", complaint);
	}
}

pfn_t aspace_scene_take(uint64_t count)
{
	pfn_t first = PFN_NONE;
	pfn_t last;

	/* What lies before the first one is lost. */
	do {
		if (page_alloc(&machine.pages, PAGE_TEST, &last) != OK) {
			PANIC("the machine of a test has too little memory");
		}
		if (is_aligned(last.pfn, count)) {
			first = last;
		}
	} while (pfn_eq(first, PFN_NONE) || last.pfn != first.pfn + count - 1);
	return first;
}

void aspace_scene_give(pfn_t first, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		page_free(&machine.pages, pfn(first.pfn + i));
	}
}
