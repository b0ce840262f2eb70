/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls.
 *
 * One typed function for each that is used; the contract is Xen's own (the
 * public header named with each). A negative result is an error number of
 * xen/errno.h. All go through xen_hypercall, which the host tests replace.
 */
#ifndef XEN_HYPERCALL_H
#define XEN_HYPERCALL_H

#include "arch/x86/pv.h"
#include "xen/abi.h"

long xen_hypercall(uint64_t number, uint64_t first, uint64_t second,
		   uint64_t third, uint64_t fourth, uint64_t fifth);

/* Where it goes: SYSCALL, which is for PV guests, or one of these. */
extern const void *xen_hypercall_way;
extern const uint8_t xen_by_vmcall[];  /* Intel's VMX. */
extern const uint8_t xen_by_vmmcall[]; /* AMD's SVM. */

/* xen.h: registers the vectors up to an entry with address 0. */
static inline long xen_set_trap_table(const struct trap_info *table)
{
	return xen_hypercall(__HYPERVISOR_set_trap_table, vaddr_of(table).va, 0,
			     0, 0, 0);
}

/* callback.h */
static inline long xen_callback_register(const struct callback_register *what)
{
	return xen_hypercall(__HYPERVISOR_callback_op, CALLBACKOP_register,
			     vaddr_of(what).va, 0, 0, 0);
}

/* xen.h: the stack that traps in user mode begin on. */
static inline long xen_stack_switch(uint64_t selector, vaddr_t top)
{
	return xen_hypercall(__HYPERVISOR_stack_switch, selector, top.va, 0, 0,
			     0);
}

/* What the calls below on page tables have taken. */
extern struct pv_cost xen_cost;

/* xen.h: replaces the L1 entry of the page in the tables in use. flags are
 * UVMF_. */
static inline long xen_update_va_mapping(vaddr_t page, uint64_t entry,
					 uint64_t flags)
{
	xen_cost.calls++;
	xen_cost.requests++;
	return xen_hypercall(__HYPERVISOR_update_va_mapping, page.va, entry,
			     flags, 0, 0);
}

/* xen.h: count entries, in order; *done tells how many. */
static inline long xen_mmu_update(const struct mmu_update *updates,
				  unsigned int count, unsigned int *done)
{
	xen_cost.calls++;
	xen_cost.requests += count;
	return xen_hypercall(__HYPERVISOR_mmu_update, vaddr_of(updates).va,
			     count, vaddr_of(done).va, DOMID_SELF, 0);
}

/* xen.h: count operations, in order; *done tells how many. */
static inline long xen_mmuext_ops(const struct mmuext_op *ops,
				  unsigned int count, unsigned int *done)
{
	xen_cost.calls++;
	return xen_hypercall(__HYPERVISOR_mmuext_op, vaddr_of(ops).va, count,
			     vaddr_of(done).va, DOMID_SELF, 0);
}

/* xen.h: count calls in one; each has its own result, and one that fails does
 * not stop those behind it. */
static inline long xen_multicall(struct multicall_entry *calls,
				 unsigned int count)
{
	xen_cost.calls++;
	return xen_hypercall(__HYPERVISOR_multicall, vaddr_of(calls).va, count,
			     0, 0, 0);
}

/* xen.h: in every processor of the domain. command is VMASST_CMD_, type is
 * VMASST_TYPE_. */
static inline long xen_vm_assist(unsigned int command, unsigned int type)
{
	return xen_hypercall(__HYPERVISOR_vm_assist, command, type, 0, 0, 0);
}

/* memory.h: command is one of those that take a reservation; the result is
 * how many extents were done. */
static inline long xen_reservation(unsigned int command,
				   struct xen_memory_reservation *what)
{
	return xen_hypercall(__HYPERVISOR_memory_op, command, vaddr_of(what).va,
			     0, 0, 0);
}

/* memory.h: where the table of all machine frames is. */
static inline long xen_machphys_mapping(struct xen_machphys_mapping *mapping)
{
	return xen_hypercall(__HYPERVISOR_memory_op, XENMEM_machphys_mapping,
			     vaddr_of(mapping).va, 0, 0, 0);
}

/* xen.h: to the hypervisor's own console; refused in most domUs. */
static inline long xen_console_io_write(const char *text, size_t length)
{
	return xen_hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, length,
			     vaddr_of(text).va, 0, 0);
}

/* event_channel.h */
static inline long xen_event_send(evtchn_port_t port)
{
	struct evtchn_send send = { .port = port };

	return xen_hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
			     vaddr_of(&send).va, 0, 0, 0);
}

/* event_channel.h */
static inline long xen_event_op(unsigned int command, void *what)
{
	return xen_hypercall(__HYPERVISOR_event_channel_op, command,
			     vaddr_of(what).va, 0, 0, 0);
}

/* vcpu.h: of this processor. */
static inline long xen_set_timer(const struct vcpu_set_singleshot_timer *timer)
{
	return xen_hypercall(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer,
			     0, vaddr_of(timer).va, 0, 0);
}

static inline long xen_stop_periodic_timer(void)
{
	return xen_hypercall(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer,
			     0, 0, 0, 0);
}

static inline long xen_stop_timer(void)
{
	return xen_hypercall(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer,
			     0, 0, 0, 0);
}

/* version.h: nothing is wanted of it but that Xen is entered. */
static inline long xen_version(void)
{
	return xen_hypercall(__HYPERVISOR_xen_version, XENVER_version, 0, 0, 0,
			     0);
}

/* hvm/hvm_op.h: of this domain; *value is what it was if that fails. */
static inline long xen_hvm_param(uint32_t index, uint64_t *value)
{
	struct xen_hvm_param param = { .domid = DOMID_SELF, .index = index };
	long error = xen_hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param,
				   vaddr_of(&param).va, 0, 0, 0);

	if (error == 0) {
		*value = param.value;
	}
	return error;
}

/* sched.h: takes events, and waits for one. */
static inline long xen_sched_block(void)
{
	return xen_hypercall(__HYPERVISOR_sched_op, SCHEDOP_block, 0, 0, 0, 0);
}

/* sched.h: lets others run. */
static inline long xen_sched_yield(void)
{
	return xen_hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0);
}

/* sched.h: reason is SHUTDOWN_. Does not return if it works. */
static inline long xen_sched_shutdown(unsigned int reason)
{
	struct sched_shutdown shutdown = { .reason = reason };

	return xen_hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown,
			     vaddr_of(&shutdown).va, 0, 0, 0);
}

#endif
