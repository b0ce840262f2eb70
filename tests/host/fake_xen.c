// SPDX-License-Identifier: MIT
/*
 * A model of Xen: which hypercall is which.
 *
 * Takes the place of hypercall.asm when the host program is linked.
 */
#include "tests/host/fake_xen_calls.h"

#include "arch/x86/cpu.h"
#include "lib/assert.h"
#include "xen/hypercall.h"

#include <stdlib.h>
#include <string.h>
#include <xen/version.h>

/* 4.17 */
#define VERSION (4 << 16 | 17)

/* ---- Domains ------------------------------------------------------------- */

const struct start_info *fake_xen_build(enum fake_xen_kind kind)
{
	/* Xen programs the CPU, and the guest can only read it. */
	cpu_write_msr(MSR_PAT, PAT_MSR_XEN);
	fx_build(kind, ARENA_VADDR, ARENA_BYTES / PAGE_BYTES,
		 paddr_pfn(arena_image_end()).pfn, true);
	fx_console_attach(fx_is_dom0() ? NULL : fake_xen_start_info());
	return fake_xen_start_info();
}

uint64_t fake_xen_stack_top(void)
{
	return fx.stack_top;
}

/* A pretended image of this size, which is just memory. */
#define TEST_IMAGE_PAGES 0x100

void fake_xen_run(enum fake_xen_kind kind, void (*body)(void))
{
	struct fx_domain *before = malloc(sizeof(fx));
	uint64_t cr3 = cpu_read_cr3();

	if (before == NULL) {
		PANIC("the host has no memory for a domain");
	}
	memcpy(before, &fx, sizeof(fx));
	fx_build(kind, FAKE_XEN_TEST_VADDR, FAKE_XEN_TEST_BYTES / PAGE_BYTES,
		 TEST_IMAGE_PAGES, false);
	memset(fx.vectors, true, sizeof(fx.vectors));
	memset(fx.callbacks, true, sizeof(fx.callbacks));
	body();
	memcpy(&fx, before, sizeof(fx));
	free(before);
	if (fx.base != 0) {
		fx_memory_reopen(fx.base);
	}
	cpu_write_cr3(cr3);
}

/* ---- What the model can be asked ----------------------------------------- */

const struct start_info *fake_xen_start_info(void)
{
	return vaddr_ptr(vaddr(fx.info));
}

vaddr_t fake_xen_map_end(void)
{
	return vaddr(fx.map_end);
}

mfn_t fake_xen_mfn(pfn_t frame)
{
	return frame.pfn < fx.frame_count && !fx_is_hole(frame.pfn)
		       ? mfn(fx_home_mfn(frame.pfn))
		       : MFN_NONE;
}

mfn_t fake_xen_root(void)
{
	return mfn(fx.root);
}

mfn_t fake_xen_user_root(void)
{
	return mfn(fx.user_root);
}

uint64_t fake_xen_entry(mfn_t table, unsigned int index)
{
	return ((const uint64_t *)fx_view(table.mfn))[index];
}

uint64_t fake_xen_calls(void)
{
	uint64_t sum = fx.other_calls;

	for (size_t i = 0; i < FX_CALL_COUNT; i++) {
		sum += fx.calls[i];
	}
	return sum;
}

uint64_t fake_xen_calls_of(uint64_t number)
{
	return number < FX_CALL_COUNT ? fx.calls[number] : 0;
}

uint64_t fake_xen_requests(void)
{
	return fx.requests;
}

/* ---- Hypercalls ---------------------------------------------------------- */

static long update_for(const uint64_t args[5])
{
	domid_t owner;
	long error = fx_find_owner(args[3] & 0xffff, false, &owner);

	return error != 0
		       ? error
		       : fx_update_va_mapping(args[0], args[1], args[2], owner);
}

/* Each entry has a result of its own; the call has none but for an array that
 * is not there. */
static long multicall(uint64_t list, uint64_t count)
{
	struct multicall_entry entry;

	if (!fx_is_guest(list, count * sizeof(entry))) {
		return -XEN_EFAULT;
	}
	for (; count != 0; count--, list += sizeof(entry)) {
		if (!fx_read(&entry, list, sizeof(entry))) {
			return -XEN_EFAULT;
		}
		entry.result = (xen_ulong_t)(entry.op == __HYPERVISOR_multicall
						     ? -XEN_EINVAL
						     : fx_dispatch(entry.op,
								   entry.args));
		if (!fx_write(list + offsetof(struct multicall_entry, result),
			      &entry.result, sizeof(entry.result))) {
			return -XEN_EFAULT;
		}
	}
	return 0;
}

void fake_xen_refuse_next(uint64_t number, long error)
{
	fx.refused_call = number;
	fx.refused_error = error;
}

static bool hvm_params_unset;

void fake_xen_unset_hvm_params(bool unset)
{
	hvm_params_unset = unset;
}

/* The value is left as it is, which is 0 in what the kernel hands over. */
static long hvm_op(uint64_t command)
{
	return command == HVMOP_get_param && hvm_params_unset ? 0 : -XEN_ENOSYS;
}

static bool is_refused(uint64_t number, long *error)
{
	*error = fx.refused_error;
	if (*error == 0 || number != fx.refused_call) {
		return false;
	}
	fx.refused_error = 0;
	return true;
}

/* The calls that have to do with memory. */
static bool dispatch_mmu(uint64_t number, const uint64_t args[5], long *result)
{
	switch (number) {
	case __HYPERVISOR_mmu_update:
		*result = fx_mmu_update(args[0], args[1], args[2], args[3]);
		return true;
	case __HYPERVISOR_memory_op:
		*result = fx_memory_op(args[0], args[1]);
		return true;
	case __HYPERVISOR_multicall:
		*result = multicall(args[0], args[1]);
		return true;
	case __HYPERVISOR_update_va_mapping:
		*result = fx_update_va_mapping(args[0], args[1], args[2],
					       DOMID_SELF);
		return true;
	case __HYPERVISOR_update_va_mapping_otherdomain:
		*result = update_for(args);
		return true;
	case __HYPERVISOR_mmuext_op:
		*result = fx_mmuext_op(args[0], args[1], args[2], args[3]);
		return true;
	default:
		return false;
	}
}

static bool dispatch_cpu(uint64_t number, const uint64_t args[5], long *result)
{
	switch (number) {
	case __HYPERVISOR_set_trap_table:
		*result = fx_set_trap_table(args[0]);
		return true;
	case __HYPERVISOR_set_gdt:
		*result = fx_set_gdt(args[0], args[1]);
		return true;
	case __HYPERVISOR_set_debugreg:
		*result = fx_set_debugreg(args[0], args[1]);
		return true;
	case __HYPERVISOR_update_descriptor:
		*result = fx_update_descriptor(args[0], args[1]);
		return true;
	case __HYPERVISOR_vm_assist:
		*result = fx_vm_assist(args[0], args[1]);
		return true;
	case __HYPERVISOR_vcpu_op:
		*result = fx_vcpu_op(args[0], args[1], args[2]);
		return true;
	case __HYPERVISOR_set_segment_base:
		*result = fx_set_segment_base(args[0], args[1]);
		return true;
	case __HYPERVISOR_callback_op:
		*result = fx_callback_op(args[0], args[1]);
		return true;
	default:
		return false;
	}
}

static long dispatch_other(uint64_t number, const uint64_t args[5])
{
	switch (number) {
	case __HYPERVISOR_xen_version:
		return args[0] == XENVER_version ? VERSION : -XEN_ENOSYS;
	case __HYPERVISOR_console_io:
		return fx_console_io(args[0], args[1], args[2]);
	case __HYPERVISOR_sched_op:
		return fx_sched_op(args[0], args[1]);
	case __HYPERVISOR_event_channel_op:
		return fx_event_channel_op(args[0], args[1]);
	case __HYPERVISOR_physdev_op:
		return fx_physdev_op(args[0], args[1]);
	case __HYPERVISOR_hvm_op:
		return hvm_op(args[0]);
	case __HYPERVISOR_domctl:
		return -XEN_EACCES; /* For a version of its own only. */
	default:
		return -XEN_ENOSYS;
	}
}

long fx_dispatch(uint64_t number, const uint64_t args[5])
{
	long result;

	if (number < FX_CALL_COUNT) {
		fx.calls[number]++;
	} else {
		fx.other_calls++;
	}
	if (is_refused(number, &result) ||
	    dispatch_mmu(number, args, &result) ||
	    dispatch_cpu(number, args, &result)) {
		return result;
	}
	return dispatch_other(number, args);
}

/* There is but one way in. */
const void *xen_hypercall_way;
const uint8_t xen_by_vmcall[1];
const uint8_t xen_by_vmmcall[1];

long xen_hypercall(uint64_t number, uint64_t first, uint64_t second,
		   uint64_t third, uint64_t fourth, uint64_t fifth)
{
	const uint64_t args[5] = { first, second, third, fourth, fifth };

	return fx_dispatch(number, args);
}
