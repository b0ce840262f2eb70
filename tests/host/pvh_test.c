// SPDX-License-Identifier: MIT
/*
 * Tests of how a PVH domain is told from bare metal.
 */
#include "xen/pvh.h"

#include "arch/x86/cpu.h"
#include "lib/selftest.h"
#include "tests/host/fake_cpu.h"
#include "tests/host/fake_xen.h"
#include "xen/hypercall.h"

#define AMD   0x444d4163 /* The end of the vendor's name. */
#define INTEL 0x6c65746e

static const struct cpuid xen = { .ebx = XEN_CPUID_SIGNATURE_EBX,
				  .ecx = XEN_CPUID_SIGNATURE_ECX,
				  .edx = XEN_CPUID_SIGNATURE_EDX };

/* The model of Xen knows no PVH domain, and tells of no ring; so the console
 * stays what it is. */
static bool begin_on(uint32_t leaf, struct cpuid id, uint32_t vendor,
		     const void **way)
{
	struct boot_page ring = { 0 };
	const void *before = xen_hypercall_way;
	bool found;

	fake_cpu_answer(0, (struct cpuid){ .eax = 7, .ecx = vendor });
	fake_cpu_answer(leaf, id);
	xen_hypercall_way = NULL;
	found = xen_pvh_begin(&ring);
	*way = xen_hypercall_way;
	xen_hypercall_way = before;
	fake_cpu_answer_as_ever();
	return found && ring.name == NULL;
}

SELFTEST(found, "Xen is found wherever CPUID has its name")
{
	const void *way;

	CHECK(begin_on(XEN_CPUID_FIRST_LEAF, xen, AMD, &way));
	CHECK(begin_on(XEN_CPUID_FIRST_LEAF + 0x100, xen, AMD, &way));
	CHECK(begin_on(XEN_CPUID_FIRST_LEAF + 0xff00, xen, AMD, &way));
	CHECK(!begin_on(XEN_CPUID_FIRST_LEAF + 1, xen, AMD, &way));
	CHECK(way == NULL);
}

SELFTEST(other, "a hypervisor of another name is not Xen")
{
	struct cpuid id = xen;
	const void *way;

	id.edx++;
	CHECK(!begin_on(XEN_CPUID_FIRST_LEAF, id, AMD, &way));
	CHECK(way == NULL);
}

SELFTEST(instruction, "the hypercall instruction is that of the CPU's vendor")
{
	const void *way;

	CHECK(begin_on(XEN_CPUID_FIRST_LEAF, xen, AMD, &way));
	CHECK(way == xen_by_vmmcall);
	CHECK(begin_on(XEN_CPUID_FIRST_LEAF, xen, INTEL, &way));
	CHECK(way == xen_by_vmcall);
}

SELFTEST(no_ring, "a parameter that nobody has set is no console ring")
{
	const void *way;
	bool without;

	fake_xen_unset_hvm_params(true);
	without = begin_on(XEN_CPUID_FIRST_LEAF, xen, AMD, &way);
	fake_xen_unset_hvm_params(false);
	CHECK(without);
}

SELFTEST_SUITE(pvh, &found, &other, &instruction, &no_ring);
