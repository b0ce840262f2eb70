/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls that only tests make.
 *
 * As in xen/hypercall.h: the contract is Xen's own. Arguments are numbers where
 * a test hands over what is no address.
 */
#ifndef XEN_REFUSAL_CALLS_H
#define XEN_REFUSAL_CALLS_H

#include "xen/hypercall.h"

/* xen.h: count requests at an address, for a domain. */
static inline long xen_mmu_update_at(uint64_t updates, uint64_t count,
				     unsigned int *done, uint64_t domain)
{
	return xen_hypercall(__HYPERVISOR_mmu_update, updates, count,
			     vaddr_of(done).va, domain, 0);
}

/* xen.h: as xen_update_va_mapping, for frames of a domain. */
static inline long xen_update_va_mapping_of(vaddr_t page, uint64_t entry,
					    uint64_t flags, uint64_t domain)
{
	return xen_hypercall(__HYPERVISOR_update_va_mapping_otherdomain,
			     page.va, entry, flags, domain, 0);
}

/* xen.h: as many frames as the entries need; with 0 entries there is none. */
static inline long xen_set_gdt(const uint64_t *frames, uint64_t entries)
{
	return xen_hypercall(__HYPERVISOR_set_gdt, vaddr_of(frames).va, entries,
			     0, 0, 0);
}

/* xen.h: a descriptor at a machine address. */
static inline long xen_update_descriptor(uint64_t address, uint64_t descriptor)
{
	return xen_hypercall(__HYPERVISOR_update_descriptor, address,
			     descriptor, 0, 0, 0);
}

/* xen.h: which is SEGBASE_. */
static inline long xen_set_segment_base(uint64_t which, uint64_t base)
{
	return xen_hypercall(__HYPERVISOR_set_segment_base, which, base, 0, 0,
			     0);
}

/* xen.h */
static inline long xen_set_debugreg(uint64_t number, uint64_t value)
{
	return xen_hypercall(__HYPERVISOR_set_debugreg, number, value, 0, 0, 0);
}

/* vcpu.h: command is VCPUOP_. */
static inline long xen_vcpu_op(uint64_t command, uint64_t vcpu,
			       const void *argument)
{
	return xen_hypercall(__HYPERVISOR_vcpu_op, command, vcpu,
			     vaddr_of(argument).va, 0, 0);
}

/* physdev.h: which ring may use ports. */
static inline long xen_set_iopl(unsigned int level)
{
	struct physdev_set_iopl iopl = { .iopl = level };

	return xen_hypercall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl,
			     vaddr_of(&iopl).va, 0, 0, 0);
}

/* memory.h: any command. */
static inline long xen_memory_op(uint64_t command, void *argument)
{
	return xen_hypercall(__HYPERVISOR_memory_op, command,
			     vaddr_of(argument).va, 0, 0, 0);
}

#endif
