// SPDX-License-Identifier: MIT
/*
 * Tests of the model of Xen: lists of requests, and who they are for.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "tests/host/fake_xen_scene.h"
#include "xen/hypercall.h"

#define WRITABLE (SCENE_P | SCENE_RW)
#define KERNEL	 (SCENE_US | SCENE_KERNEL)

/* Nothing of the process is there. */
#define NOWHERE UINT64_C(0x1000)
#define IN_XEN	UINT64_C(0xffff800000000000)

static uint64_t address_of(unsigned int number)
{
	return scene_entry_address(L1, scene_page(number));
}

static uint64_t readonly(unsigned int number)
{
	return scene_make(scene_mfn(number), SCENE_P);
}

/* Three requests, of which the one in the middle is bad. */
static void check_partly(void)
{
	unsigned int done = 99;
	struct mmu_update list[] = {
		{ address_of(0), readonly(0) },
		{ address_of(1), scene_make(fake_xen_root(), WRITABLE) },
		{ address_of(2), readonly(2) },
	};
	uint64_t requests = fake_xen_requests();

	CHECK_EQ(scene_update_list(list, 3, &done, DOMID_SELF), -XEN_EBUSY);
	CHECK_EQ(done, 1);
	CHECK_EQ(fake_xen_requests() - requests, 2);
	CHECK_EQ(scene_entry(L1, scene_page(0)), readonly(0) | KERNEL);
	CHECK_EQ(scene_entry(L1, scene_page(2)) & SCENE_RW, SCENE_RW);
	list[1].val = readonly(1);
	CHECK_EQ(scene_update_list(list, 3, &done, DOMID_SELF), 0);
	CHECK_EQ(done, 3);
	CHECK_EQ(scene_entry(L1, scene_page(2)), readonly(2) | KERNEL);
	CHECK_EQ(scene_update_list(list, 0, &done, DOMID_SELF), 0);
	CHECK_EQ(done, 0);
}

SELFTEST(partly, "a list ends at the first refusal, and what was done stays")
{
	CHECK_CALL(scene_run(check_partly));
}

static void check_continued(void)
{
	struct mmu_update list = { address_of(0), readonly(0) };
	unsigned int done = 5;

	CHECK_EQ(scene_update_list(&list, 0x80000000, &done, DOMID_SELF), 0);
	CHECK_EQ(done, 5);
	CHECK_EQ(scene_entry(L1, scene_page(0)) & SCENE_RW, SCENE_RW);
}

SELFTEST(continued, "a count with Xen's own mark does nothing")
{
	CHECK_CALL(scene_run(check_continued));
}

static void check_commands(void)
{
	uint64_t at = address_of(0);
	uint64_t own = readonly(0);

	for (unsigned int command = 4; command < 8; command++) {
		CHECK_EQ(scene_update(at + command, own), -XEN_ENOSYS);
	}
	CHECK_EQ(scene_update(at | MMU_PT_UPDATE_NO_TRANSLATE,
			      own | SCENE_A | SCENE_D),
		 0);
	CHECK_EQ(scene_update(at | MMU_PT_UPDATE_PRESERVE_AD, own), 0);
	CHECK_EQ(scene_entry(L1, scene_page(0)),
		 own | KERNEL | SCENE_A | SCENE_D);
	CHECK_EQ(scene_update(at, own), 0);
	CHECK_EQ(scene_entry(L1, scene_page(0)), own | KERNEL);
	CHECK_EQ(scene_update(MMU_MACHPHYS_UPDATE, 0), -XEN_EINVAL);
	CHECK_EQ(scene_update(scene_make(scene_mfn(0), MMU_MACHPHYS_UPDATE),
			      12345),
		 0);
}

SELFTEST(commands, "the low three bits of a pointer are the command")
{
	CHECK_CALL(scene_run(check_commands));
}

static void check_pointers(void)
{
	uint64_t gdt = scene_mfn(2).mfn;

	CHECK_EQ(scene_update(0, 0), -XEN_EINVAL);
	CHECK_EQ(scene_update(BIT(50), 0), -XEN_EINVAL);
	CHECK_EQ(scene_update(FAKE_XEN_OTHER_MFN << PAGE_SHIFT, 0),
		 -XEN_EINVAL);
	/* An ordinary page is written to. */
	CHECK_EQ(scene_update(scene_make(scene_mfn(0), 8), 77), 0);
	CHECK_EQ(scene_ptr(0)[1], 77);
	CHECK_EQ(fake_xen_type_count(scene_mfn(0)), 1);
	CHECK_EQ(scene_protect(1, SCENE_P), 0);
	CHECK_EQ(scene_update(scene_make(scene_mfn(1), 8), 78), 0);
	CHECK_EQ(scene_ptr(1)[1], 78);
	CHECK_EQ(fake_xen_type(scene_mfn(1)), FAKE_XEN_NONE);
	CHECK_EQ(scene_protect(2, SCENE_P), 0);
	CHECK_EQ(scene_call(__HYPERVISOR_set_gdt, vaddr_of(&gdt).va, 512, 0),
		 0);
	CHECK_EQ(scene_update(scene_make(scene_mfn(2), 8), 0), -XEN_EINVAL);
}

SELFTEST(pointers, "a store goes to a table of ours, or to a page of ours")
{
	CHECK_CALL(scene_run(check_pointers));
}

static void check_arrays(void)
{
	struct mmu_update *list = vaddr_ptr(
		vaddr(fake_xen_map_end().va - sizeof(struct mmu_update)));
	unsigned int done;

	CHECK_EQ(xen_hypercall(__HYPERVISOR_mmu_update, NOWHERE, 1, 0,
			       DOMID_SELF, 0),
		 -XEN_EFAULT);
	CHECK_EQ(xen_hypercall(__HYPERVISOR_mmu_update, IN_XEN, 1, 0,
			       DOMID_SELF, 0),
		 -XEN_EFAULT);
	CHECK_EQ(xen_hypercall(__HYPERVISOR_mmuext_op, NOWHERE, 1, 0,
			       DOMID_SELF, 0),
		 -XEN_EFAULT);
	CHECK_EQ(scene_call(__HYPERVISOR_multicall, NOWHERE, 1, 0),
		 -XEN_EFAULT);
	/* One that the map ends in. */
	*list = (struct mmu_update){ address_of(0), readonly(0) };
	CHECK_EQ(scene_update_list(list, 2, &done, DOMID_SELF), -XEN_EFAULT);
	CHECK_EQ(done, 1);
	CHECK_EQ(scene_entry(L1, scene_page(0)), readonly(0) | KERNEL);
}

SELFTEST(arrays, "an array that is not there is a fault of the guest's")
{
	CHECK_CALL(scene_run(check_arrays));
}

static void check_domains(void)
{
	struct mmu_update list = { address_of(0), readonly(0) };
	bool dom0 = scene_is_dom0();
	uint64_t own = dom0 ? 0 : 1;

	CHECK_EQ(scene_update_list(&list, 1, NULL, 77), -XEN_ESRCH);
	CHECK_EQ(scene_update_list(&list, 1, NULL, own), -XEN_ESRCH);
	CHECK_EQ(scene_update_list(&list, 1, NULL, 0),
		 dom0 ? -XEN_ESRCH : -XEN_EPERM);
	CHECK_EQ(scene_update_list(&list, 1, NULL, DOMID_IO), -XEN_EBUSY);
	CHECK_EQ(xen_hypercall(__HYPERVISOR_update_va_mapping_otherdomain,
			       scene_page(0).va, readonly(0), UVMF_INVLPG,
			       DOMID_IO, 0),
		 dom0 ? -XEN_EBUSY : -XEN_EPERM);
	list.val = scene_make(mfn(FAKE_XEN_OWN_MFN), SCENE_P);
	CHECK_EQ(scene_update_list(&list, 1, NULL, DOMID_XEN),
		 dom0 ? 0 : -XEN_EPERM);
	list.val |= SCENE_RW;
	CHECK_EQ(scene_update_list(&list, 1, NULL, DOMID_XEN),
		 dom0 ? -XEN_EBUSY : -XEN_EPERM);
	list.val = readonly(0);
	CHECK_EQ(
		scene_update_list(&list, 1, NULL, (own + 1) << 16 | DOMID_SELF),
		0);
	CHECK_EQ(xen_hypercall(__HYPERVISOR_update_va_mapping_otherdomain,
			       scene_page(0).va, readonly(0), UVMF_INVLPG, own,
			       0),
		 -XEN_ESRCH);
	CHECK_EQ(xen_hypercall(__HYPERVISOR_update_va_mapping_otherdomain,
			       scene_page(0).va, readonly(0), UVMF_INVLPG,
			       DOMID_SELF, 0),
		 0);
}

SELFTEST(domains, "for which domains a guest can ask")
{
	CHECK_CALL(scene_run(check_domains));
}

/* ---- update_va_mapping --------------------------------------------------- */

static void check_addresses(void)
{
	CHECK_EQ(scene_remap(vaddr(IN_XEN), readonly(0)), -XEN_EINVAL);
	CHECK_EQ(scene_remap(vaddr(BIT(62)), readonly(0)), -XEN_EINVAL);
	CHECK_EQ(scene_remap(vaddr(DIRECT_MAP_VADDR), readonly(0)),
		 -XEN_EINVAL);
	CHECK_EQ(scene_remap(scene_free_slot(0), readonly(0)), -XEN_EINVAL);
	/* The offset in the page is nothing to Xen. */
	CHECK_EQ(scene_remap(vaddr_add(scene_page(0), 0x123), readonly(0)), 0);
	CHECK_EQ(scene_entry(L1, scene_page(0)), readonly(0) | KERNEL);
}

SELFTEST(addresses, "the address must have an L1 table")
{
	CHECK_CALL(scene_run(check_addresses));
}

static void check_flags(void)
{
	uint64_t cpus = 1;
	uint64_t page = scene_page(0).va;
	uint64_t call = __HYPERVISOR_update_va_mapping;

	CHECK_EQ(scene_call(call, page, readonly(0),
			    UVMF_INVLPG | vaddr_of(&cpus).va),
		 0);
	CHECK_EQ(scene_call(call, page, readonly(0), UVMF_TLB_FLUSH | UVMF_ALL),
		 0);
	/* The entry has changed all the same. */
	CHECK_EQ(scene_call(call, page, 0, UVMF_INVLPG | NOWHERE), -XEN_EFAULT);
	CHECK_EQ(scene_entry(L1, scene_page(0)), 0);
}

SELFTEST(flags, "a bitmap of CPUs that is not there is noticed too late")
{
	CHECK_CALL(scene_run(check_flags));
}

/* ---- mmuext_op ----------------------------------------------------------- */

static void check_ext_list(void)
{
	struct mmuext_op ops[3] = { { .cmd = MMUEXT_TLB_FLUSH_ALL },
				    { .cmd = MMUEXT_PIN_L1_TABLE },
				    { .cmd = MMUEXT_TLB_FLUSH_ALL } };
	unsigned int done = 99;

	ops[1].arg1.mfn = scene_mfn(0).mfn;
	CHECK_EQ(xen_hypercall(__HYPERVISOR_mmuext_op, vaddr_of(ops).va, 3,
			       vaddr_of(&done).va, DOMID_SELF, 0),
		 -XEN_EINVAL);
	CHECK_EQ(done, 1);
	CHECK_EQ(scene_protect(0, SCENE_P), 0);
	CHECK_EQ(xen_hypercall(__HYPERVISOR_mmuext_op, vaddr_of(ops).va, 3,
			       vaddr_of(&done).va, DOMID_SELF, 0),
		 0);
	CHECK_EQ(done, 3);
	CHECK_EQ(xen_hypercall(__HYPERVISOR_mmuext_op, vaddr_of(ops).va, 1, 0,
			       scene_is_dom0() ? 0 : 1, 0),
		 -XEN_ESRCH);
}

SELFTEST(ext_list, "a list of mmuext_op ends at the first refusal")
{
	CHECK_CALL(scene_run(check_ext_list));
}

static void check_ext_others(void)
{
	uint64_t cpus = 1;
	bool dom0 = scene_is_dom0();
	uint64_t own = scene_mfn(0).mfn;

	*scene_ptr(0) = 1;
	*scene_ptr(1) = 2;
	CHECK_EQ(scene_ext(MMUEXT_COPY_PAGE, own, scene_mfn(1).mfn), 0);
	CHECK_EQ(*scene_ptr(0), 2);
	CHECK_EQ(scene_ext(MMUEXT_CLEAR_PAGE, own, 0), 0);
	CHECK_EQ(*scene_ptr(0), 0);
	CHECK_EQ(scene_ext(MMUEXT_CLEAR_PAGE, fake_xen_root().mfn, 0),
		 -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_COPY_PAGE, fake_xen_root().mfn, own),
		 -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_CLEAR_PAGE, FAKE_XEN_OTHER_MFN, 0),
		 -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_INVLPG_LOCAL, BIT(60), 0), 0);
	CHECK_EQ(scene_ext(MMUEXT_TLB_FLUSH_MULTI, 0, vaddr_of(&cpus).va), 0);
	CHECK_EQ(scene_ext(MMUEXT_TLB_FLUSH_MULTI, 0, 0x10), -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_FLUSH_CACHE, 0, 0), dom0 ? 0 : -XEN_EACCES);
	CHECK_EQ(scene_ext(MMUEXT_FLUSH_CACHE_GLOBAL, 0, 0),
		 dom0 ? 0 : -XEN_EINVAL);
	CHECK_EQ(scene_ext(14, 0, 0), -XEN_ENOSYS);
	CHECK_EQ(scene_ext(99, 0, 0), -XEN_ENOSYS);
	CHECK_EQ(scene_ext(MMUEXT_MARK_SUPER, 0, 0), -XEN_EOPNOTSUPP);
	CHECK_EQ(scene_ext(MMUEXT_UNMARK_SUPER, 0, 0), -XEN_EOPNOTSUPP);
	CHECK_EQ(scene_ext(MMUEXT_SET_LDT, scene_page(0).va, 8), 0);
	CHECK_EQ(scene_ext(MMUEXT_SET_LDT, scene_page(0).va + 8, 8),
		 -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_SET_LDT, scene_page(0).va, 9000),
		 -XEN_EINVAL);
	CHECK_EQ(scene_ext(MMUEXT_SET_LDT, IN_XEN, 8), -XEN_EINVAL);
}

SELFTEST(ext_others, "mmuext_op has a result of its own for each command")
{
	CHECK_CALL(scene_run(check_ext_others));
}

/* ---- multicall ----------------------------------------------------------- */

static void check_multicall(void)
{
	struct mmu_update bad = { address_of(0),
				  scene_make(fake_xen_root(), WRITABLE) };
	struct mmu_update good = { address_of(1), readonly(1) };
	struct multicall_entry calls[] = {
		{ .op = __HYPERVISOR_mmu_update,
		  .args = { vaddr_of(&bad).va, 1, 0, DOMID_SELF } },
		{ .op = __HYPERVISOR_multicall },
		{ .op = 63 },
		{ .op = __HYPERVISOR_mmu_update,
		  .args = { vaddr_of(&good).va, 1, 0, DOMID_SELF } },
	};
	uint64_t before = fake_xen_calls();

	calls[3].result = 1;
	CHECK_EQ(scene_call(__HYPERVISOR_multicall, vaddr_of(calls).va, 4, 0),
		 0);
	CHECK_EQ(calls[0].result, -XEN_EBUSY);
	CHECK_EQ(calls[1].result, -XEN_EINVAL);
	CHECK_EQ(calls[2].result, -XEN_ENOSYS);
	CHECK_EQ(calls[3].result, 0);
	CHECK_EQ(scene_entry(L1, scene_page(1)), readonly(1) | KERNEL);
	CHECK_EQ(fake_xen_calls() - before, 4);
	CHECK_EQ(fake_xen_calls_of(__HYPERVISOR_mmu_update), 2);
	CHECK_EQ(fake_xen_calls_of(__HYPERVISOR_multicall), 1);
}

SELFTEST(multicalls,
	 "each call of a multicall has its result, whatever the others")
{
	CHECK_CALL(scene_run(check_multicall));
}

SELFTEST_SUITE(fake_xen_mmu, &partly, &continued, &commands, &pointers, &arrays,
	       &domains, &addresses, &flags, &ext_list, &ext_others,
	       &multicalls);
