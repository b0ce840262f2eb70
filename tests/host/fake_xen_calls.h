/* SPDX-License-Identifier: MIT */
/*
 * A model of Xen: the hypercalls.
 *
 * One function for each, with the arguments as they are in the guest's
 * registers and the result that it gets.
 */
#ifndef TESTS_HOST_FAKE_XEN_CALLS_H
#define TESTS_HOST_FAKE_XEN_CALLS_H

#include "tests/host/fake_xen_model.h"

/* fake_xen.c: any of them, by its number. */
long fx_dispatch(uint64_t number, const uint64_t args[5]);

/* fake_xen_mmu.c */
long fx_mmu_update(uint64_t requests, uint64_t count, uint64_t done,
		   uint64_t foreign);
long fx_update_va_mapping(uint64_t address, uint64_t entry, uint64_t flags,
			  domid_t owner);
/* The domain whose frames entries name, by the number the guest gave; in a list
 * of mmu_update, or elsewhere. */
long fx_find_owner(uint64_t id, bool in_list, domid_t *owner);

/* fake_xen_ext.c */
long fx_mmuext_op(uint64_t ops, uint64_t count, uint64_t done,
		  uint64_t foreign);
long fx_set_root(uint64_t mfn);

/* fake_xen_memop.c */
long fx_memory_op(uint64_t command, uint64_t arg);

/* fake_xen_cpu.c */
long fx_set_trap_table(uint64_t table);
long fx_callback_op(uint64_t command, uint64_t arg);
long fx_set_gdt(uint64_t frames, uint64_t entries);
long fx_update_descriptor(uint64_t address, uint64_t descriptor);
long fx_set_segment_base(uint64_t which, uint64_t base);
long fx_set_debugreg(uint64_t number, uint64_t value);
long fx_vm_assist(uint64_t command, uint64_t type);
long fx_vcpu_op(uint64_t command, uint64_t id, uint64_t arg);
/* Xen has no such rule, but it would end a domain that faults before. */
void fx_require_handlers(void);

/* fake_xen_io.c */
/* Whose ring the console daemon reads; NULL for none. */
void fx_console_attach(const struct start_info *info);
long fx_console_io(uint64_t command, uint64_t length, uint64_t text);
long fx_event_channel_op(uint64_t command, uint64_t arg);
long fx_physdev_op(uint64_t command, uint64_t arg);
long fx_sched_op(uint64_t command, uint64_t arg);

#endif
