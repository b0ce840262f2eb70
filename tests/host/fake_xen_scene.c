// SPDX-License-Identifier: MIT
/*
 * A guest for tests of the model of Xen.
 */
#include "tests/host/fake_xen_scene.h"

#include "lib/assert.h"
#include "lib/selftest.h"
#include "xen/hypercall.h"

void scene_run(void (*body)(void))
{
	CHECK_CALL(fake_xen_run(FAKE_XEN_DOMU, body));
	CHECK_CALL(fake_xen_run(FAKE_XEN_DOM0, body));
}

bool scene_is_dom0(void)
{
	return (fake_xen_start_info()->flags & SIF_INITDOMAIN) != 0;
}

vaddr_t scene_page(unsigned int number)
{
	vaddr_t page =
		vaddr(fake_xen_stack_top() + (uint64_t)number * PAGE_BYTES);

	ASSERT(page.va < fake_xen_map_end().va);
	return page;
}

uint64_t *scene_ptr(unsigned int number)
{
	return vaddr_ptr(scene_page(number));
}

mfn_t scene_mfn(unsigned int number)
{
	return fake_xen_mfn(
		paddr_pfn(paddr(scene_page(number).va - FAKE_XEN_TEST_VADDR)));
}

mfn_t scene_far_mfn(uint64_t number)
{
	return fake_xen_mfn(pfn(FAKE_XEN_TEST_BYTES / PAGE_BYTES - 1 - number));
}

static mfn_t entry_mfn(uint64_t entry)
{
	return mfn((entry & SCENE_ADDRESS) >> PAGE_SHIFT);
}

mfn_t scene_table(level_t level, vaddr_t address)
{
	mfn_t table = fake_xen_root();

	for (level_t at = L4; at > level; at = (level_t)(at - 1)) {
		table = entry_mfn(
			fake_xen_entry(table, level_index(at, address)));
	}
	return table;
}

uint64_t scene_entry_address(level_t level, vaddr_t address)
{
	return (scene_table(level, address).mfn << PAGE_SHIFT) +
	       level_index(level, address) * sizeof(uint64_t);
}

uint64_t scene_entry(level_t level, vaddr_t address)
{
	return fake_xen_entry(scene_table(level, address),
			      level_index(level, address));
}

vaddr_t scene_free_slot(unsigned int number)
{
	return vaddr_add(fake_xen_map_end(), number * level_bytes(L2));
}

uint64_t scene_make(mfn_t frame, uint64_t flags)
{
	return frame.mfn << PAGE_SHIFT | flags;
}

/* ---- Hypercalls ---------------------------------------------------------- */

long scene_call(uint64_t number, uint64_t first, uint64_t second,
		uint64_t third)
{
	return xen_hypercall(number, first, second, third, 0, 0);
}

long scene_remap(vaddr_t page, uint64_t entry)
{
	return scene_call(__HYPERVISOR_update_va_mapping, page.va, entry,
			  UVMF_INVLPG);
}

long scene_protect(unsigned int number, uint64_t flags)
{
	return scene_remap(scene_page(number),
			   scene_make(scene_mfn(number), flags));
}

long scene_update_list(const struct mmu_update *list, unsigned int count,
		       unsigned int *done, uint64_t foreign)
{
	return xen_hypercall(__HYPERVISOR_mmu_update, vaddr_of(list).va, count,
			     vaddr_of(done).va, foreign, 0);
}

long scene_update(uint64_t address, uint64_t value)
{
	struct mmu_update request = { .ptr = address, .val = value };

	return scene_update_list(&request, 1, NULL, DOMID_SELF);
}

long scene_ext(unsigned int command, uint64_t first, uint64_t second)
{
	struct mmuext_op op = { .cmd = command };

	op.arg1.linear_addr = first;
	op.arg2.src_mfn = second;
	return xen_hypercall(__HYPERVISOR_mmuext_op, vaddr_of(&op).va, 1, 0,
			     DOMID_SELF, 0);
}
