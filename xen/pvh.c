// SPDX-License-Identifier: MIT
/*
 * What a PVH domain has of Xen.
 */
#include "xen/pvh.h"

#include "arch/x86/boot_tables.h"
#include "arch/x86/cpu.h"
#include "xen/console.h"
#include "xen/hypercall.h"

/* Hypervisors have their leaves from one of these on (arch-x86/cpuid.h). */
#define LEAF_STEP 0x100
#define LEAF_END  (XEN_CPUID_FIRST_LEAF + 0x10000)

/* The ring is mapped in place of this page (compare shared_info, backend.h). */
ALIGNED(PAGE_BYTES) static uint8_t ring_page[PAGE_BYTES];

static bool is_xen(void)
{
	for (uint32_t leaf = XEN_CPUID_FIRST_LEAF; leaf < LEAF_END;
	     leaf += LEAF_STEP) {
		struct cpuid id = cpu_cpuid(leaf, 0);

		if (id.ebx == XEN_CPUID_SIGNATURE_EBX &&
		    id.ecx == XEN_CPUID_SIGNATURE_ECX &&
		    id.edx == XEN_CPUID_SIGNATURE_EDX) {
			return true;
		}
	}
	return false;
}

/* "AuthenticAMD" and "HygonGenuine" have SVM, all others VMX; the instruction
 * of the other kind is an invalid opcode. */
static bool has_svm(void)
{
	uint32_t ecx = cpu_cpuid(0, 0).ecx;

	return ecx == 0x444d4163 || ecx == 0x656e6975;
}

/* One that nobody has set is 0. */
static bool has_param(uint32_t index, uint64_t *value)
{
	return xen_hvm_param(index, value) == 0 && *value != 0;
}

bool xen_pvh_begin(struct boot_page *ring)
{
	uint64_t frame;
	uint64_t port;

	if (!is_xen()) {
		return false;
	}
	xen_hypercall_way = has_svm() ? xen_by_vmmcall : xen_by_vmcall;
	if (has_param(HVM_PARAM_CONSOLE_PFN, &frame) &&
	    has_param(HVM_PARAM_CONSOLE_EVTCHN, &port)) {
		*ring = (struct boot_page){ .page = vaddr_of(ring_page),
					    .frame = mfn(frame),
					    .name = "console ring" };
		boot_tables_show(ring->page, ring->frame);
		xen_console_attach(ring_page, (evtchn_port_t)port);
	}
	return true;
}
