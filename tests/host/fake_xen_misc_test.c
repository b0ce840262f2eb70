// SPDX-License-Identifier: MIT
/*
 * Tests of the model of Xen: hypercalls that have no tables to do with.
 */
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "tests/host/fake_xen_scene.h"

#include <xen/physdev.h>
#include <xen/vcpu.h>

#define NOWHERE UINT64_C(0x1000)
#define IN_XEN	UINT64_C(0xffff800000000000)

/* Flat, at ring 0: code, and a TSS. */
#define CODE  UINT64_C(0x00af9b000000ffff)
#define TSS   UINT64_C(0x0000890000000067)
#define RING3 (UINT64_C(3) << 45)

static long call(uint64_t number, uint64_t first, void *second)
{
	return scene_call(number, first, vaddr_of(second).va, 0);
}

/* ---- Descriptors --------------------------------------------------------- */

static long set_gdt(uint64_t frame, uint64_t entries)
{
	return scene_call(__HYPERVISOR_set_gdt, vaddr_of(&frame).va, entries,
			  0);
}

static void check_gdt(void)
{
	uint64_t frame = scene_mfn(0).mfn;
	uint64_t many[15] = { 0 };

	scene_ptr(0)[1] = CODE;
	CHECK_EQ(set_gdt(frame, 512), -XEN_EINVAL);
	CHECK_EQ(scene_protect(0, SCENE_P), 0);
	CHECK_EQ(set_gdt(frame, 512), 0);
	CHECK_EQ(fake_xen_type(mfn(frame)), FAKE_XEN_SEGMENTS);
	CHECK_EQ(scene_ptr(0)[1], CODE | RING3);
	CHECK_EQ(scene_protect(0, SCENE_P | SCENE_RW), -XEN_EBUSY);
	CHECK_EQ(scene_call(__HYPERVISOR_set_gdt, vaddr_of(many).va, 7169, 0),
		 -XEN_EINVAL);
	CHECK_EQ(scene_call(__HYPERVISOR_set_gdt, NOWHERE, 512, 0),
		 -XEN_EFAULT);
	CHECK_EQ(set_gdt(0, 0), 0);
	CHECK_EQ(scene_protect(0, SCENE_P | SCENE_RW), 0);
	scene_ptr(0)[2] = TSS;
	CHECK_EQ(scene_protect(0, SCENE_P), 0);
	CHECK_EQ(set_gdt(frame, 512), -XEN_EINVAL);
}

SELFTEST(gdt, "pages of a GDT are read-only, with nothing but segments in them")
{
	CHECK_CALL(scene_run(check_gdt));
}

static long update_descriptor(uint64_t address, uint64_t descriptor)
{
	return scene_call(__HYPERVISOR_update_descriptor, address, descriptor,
			  0);
}

static void check_descriptor(void)
{
	uint64_t page = scene_make(scene_mfn(0), 0);

	CHECK_EQ(update_descriptor(page + 8, CODE), 0);
	CHECK_EQ(scene_ptr(0)[1], CODE | RING3);
	CHECK_EQ(update_descriptor(page + 8, TSS), -XEN_EINVAL);
	CHECK_EQ(update_descriptor(page + 4, CODE), -XEN_EINVAL);
	CHECK_EQ(update_descriptor(scene_make(fake_xen_root(), 0), CODE),
		 -XEN_EINVAL);
	CHECK_EQ(update_descriptor(0, CODE), -XEN_EINVAL);
	CHECK_EQ(scene_protect(0, SCENE_P), 0);
	CHECK_EQ(set_gdt(scene_mfn(0).mfn, 512), 0);
	CHECK_EQ(update_descriptor(page + 16, CODE), 0);
	CHECK_EQ(scene_ptr(0)[2], CODE | RING3);
}

SELFTEST(descriptor, "a descriptor is written after a look at it")
{
	CHECK_CALL(scene_run(check_descriptor));
}

/* ---- The CPU ------------------------------------------------------------- */

static void check_traps(void)
{
	struct trap_info table[2] = {
		{ .vector = 3, .cs = FLAT_KERNEL_CS, .address = 0x1000 }
	};
	struct callback_register callback = { .type = CALLBACKTYPE_event,
					      .address = 0x1000 };

	CHECK_EQ(call(__HYPERVISOR_set_trap_table, vaddr_of(table).va, NULL),
		 0);
	table[0].address = BIT(50);
	CHECK_EQ(call(__HYPERVISOR_set_trap_table, vaddr_of(table).va, NULL),
		 -XEN_EINVAL);
	CHECK_EQ(call(__HYPERVISOR_set_trap_table, NOWHERE, NULL), -XEN_EFAULT);
	CHECK_EQ(call(__HYPERVISOR_callback_op, CALLBACKOP_register, &callback),
		 0);
	callback.type = CALLBACKTYPE_syscall32 + 1;
	CHECK_EQ(call(__HYPERVISOR_callback_op, CALLBACKOP_register, &callback),
		 -XEN_ENOSYS);
	callback.address = BIT(50);
	CHECK_EQ(call(__HYPERVISOR_callback_op, CALLBACKOP_register, &callback),
		 -XEN_EINVAL);
}

SELFTEST(traps, "handlers must have addresses")
{
	CHECK_CALL(scene_run(check_traps));
}

static void check_registers(void)
{
	for (unsigned int base = SEGBASE_FS; base <= SEGBASE_GS_KERNEL;
	     base++) {
		CHECK_EQ(scene_call(__HYPERVISOR_set_segment_base, base, 0x1000,
				    0),
			 0);
		CHECK_EQ(scene_call(__HYPERVISOR_set_segment_base, base,
				    BIT(50), 0),
			 -XEN_EINVAL);
	}
	CHECK_EQ(scene_call(__HYPERVISOR_set_segment_base, 9, 0, 0),
		 -XEN_EINVAL);
	CHECK_EQ(scene_call(__HYPERVISOR_set_debugreg, 0, 0x1000, 0), 0);
	CHECK_EQ(scene_call(__HYPERVISOR_set_debugreg, 0, IN_XEN, 0),
		 -XEN_EPERM);
	CHECK_EQ(scene_call(__HYPERVISOR_set_debugreg, 7, 0x400, 0), 0);
	CHECK_EQ(scene_call(__HYPERVISOR_set_debugreg, 7, BIT(13), 0),
		 -XEN_EPERM);
}

SELFTEST(registers, "registers take what the CPU would, and nothing of Xen's")
{
	CHECK_CALL(scene_run(check_registers));
}

static void check_vm_assist(void)
{
	static const uint64_t unknown[] = { 6, 63, 64 };

	CHECK_EQ(scene_call(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
			    VMASST_TYPE_writable_pagetables, 0),
		 0);
	CHECK_EQ(scene_call(__HYPERVISOR_vm_assist, VMASST_CMD_disable,
			    VMASST_TYPE_m2p_strict, 0),
		 0);
	for (size_t i = 0; i < ARRAY_COUNT(unknown); i++) {
		CHECK_EQ(scene_call(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
				    unknown[i], 0),
			 -XEN_EINVAL);
	}
	CHECK_EQ(scene_call(__HYPERVISOR_vm_assist, 9,
			    VMASST_TYPE_writable_pagetables, 0),
		 -XEN_ENOSYS);
}

SELFTEST(assists, "assists that there are not cannot be had")
{
	CHECK_CALL(scene_run(check_vm_assist));
}

static void check_vcpu(void)
{
	struct vcpu_register_vcpu_info info = { .mfn = scene_mfn(0).mfn };

	CHECK_EQ(scene_call(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 0, 0), 1);
	CHECK_EQ(scene_call(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 0, 0),
		 -XEN_EEXIST);
	CHECK_EQ(scene_call(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 1000, 0),
		 -XEN_ENOENT);
	CHECK_EQ(scene_call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0,
			    vaddr_of(&info).va),
		 0);
	CHECK_EQ(scene_call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0,
			    vaddr_of(&info).va),
		 -XEN_EINVAL);
	/* Xen writes to it, so it becomes no table. */
	CHECK_EQ(scene_protect(0, SCENE_P), 0);
	CHECK_EQ(scene_ext(MMUEXT_PIN_L1_TABLE, info.mfn, 0), -XEN_EINVAL);
}

SELFTEST(vcpu, "there is one CPU, and it runs")
{
	CHECK_CALL(scene_run(check_vcpu));
}

/* ---- Memory -------------------------------------------------------------- */

static long reserve(uint64_t command, uint64_t *frame, unsigned int order)
{
	struct xen_memory_reservation list = { .nr_extents = 1,
					       .extent_order = order,
					       .domid = DOMID_SELF };

	list.extent_start.p = frame;
	return call(__HYPERVISOR_memory_op, command, &list);
}

static void check_released(void)
{
	uint64_t frame = scene_mfn(0).mfn;
	uint64_t entry = scene_make(mfn(frame), SCENE_P);

	CHECK_EQ(scene_remap(scene_page(0), 0), 0);
	CHECK_EQ(reserve(XENMEM_decrease_reservation, &frame, 0), 1);
	CHECK_EQ(fake_xen_refs(mfn(frame)), 0);
	CHECK_EQ(scene_remap(scene_page(0), entry), -XEN_EBUSY);
	CHECK_EQ(reserve(XENMEM_decrease_reservation, &frame, 0), 0);
	/* One that is still mapped goes with its last mapping. */
	frame = scene_mfn(1).mfn;
	CHECK_EQ(reserve(XENMEM_decrease_reservation, &frame, 0), 1);
	CHECK_EQ(fake_xen_refs(mfn(frame)), 1);
	CHECK_EQ(reserve(XENMEM_decrease_reservation, &frame, 0), 1);
	CHECK_EQ(fake_xen_refs(mfn(frame)), 1);
	CHECK_EQ(scene_remap(scene_page(1), 0), 0);
	CHECK_EQ(scene_protect(1, SCENE_P), -XEN_EBUSY);
}

SELFTEST(released, "a frame that was given back is gone")
{
	CHECK_CALL(scene_run(check_released));
}

static void check_more(void)
{
	struct xen_machphys_mapping m2p = { 0 };
	struct fault fault;
	uint64_t frame = 7777;
	uint64_t found;

	CHECK_EQ(call(__HYPERVISOR_memory_op, XENMEM_machphys_mapping, &m2p),
		 0);
	CHECK(probe_read(vaddr(m2p.v_start + scene_mfn(0).mfn * 8), &found,
			 &fault));
	CHECK_EQ(fake_xen_mfn(pfn(found)).mfn, scene_mfn(0).mfn);
	CHECK(!probe_write(vaddr(m2p.v_start), 0, &fault));
	CHECK(!probe_read(vaddr(m2p.v_end), &found, &fault));
	CHECK_EQ(reserve(XENMEM_populate_physmap, &frame, 0), 1);
	CHECK(probe_read(vaddr(m2p.v_start + frame * 8), &found, &fault));
	CHECK_EQ(found, 7777);
	CHECK_EQ(scene_remap(scene_page(0),
			     scene_make(mfn(frame), SCENE_P | SCENE_RW)),
		 0);
	CHECK_EQ(reserve(XENMEM_increase_reservation, &frame, 13),
		 scene_is_dom0() ? 1 : 0);
	CHECK_EQ(call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, NULL),
		 -XEN_EACCES);
	CHECK_EQ(call(__HYPERVISOR_memory_op, XENMEM_machphys_mapping,
		      vaddr_ptr(vaddr(NOWHERE))),
		 -XEN_EFAULT);
}

SELFTEST(more, "memory can be had, up to an order and a limit")
{
	CHECK_CALL(scene_run(check_more));
}

/* ---- Others -------------------------------------------------------------- */

static void check_events(void)
{
	struct evtchn_send send = { .port = 4000 };
	struct evtchn_bind_virq bind = { .virq = VIRQ_TIMER };
	struct evtchn_alloc_unbound open = { .dom = DOMID_SELF };

	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send),
		 -XEN_EINVAL);
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind),
		 0);
	send.port = bind.port;
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), 0);
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind),
		 -XEN_EEXIST);
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &send), 0);
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind),
		 0);
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
		      &open),
		 0);
	send.port = open.port;
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), 0);
	bind.virq = 99;
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind),
		 -XEN_EINVAL);
	bind = (struct evtchn_bind_virq){ .virq = VIRQ_DEBUG, .vcpu = 7 };
	CHECK_EQ(call(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind),
		 -XEN_ENOENT);
}

SELFTEST(events, "an event needs a port, and a port a source")
{
	CHECK_CALL(scene_run(check_events));
}

static void check_others(void)
{
	static const uint64_t unknown[] = { 11, 38, 63, 64 };
	struct physdev_set_iopl iopl = { .iopl = 3 };

	CHECK_EQ(call(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl), 0);
	iopl.iopl = 9;
	CHECK_EQ(call(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl),
		 -XEN_EINVAL);
	CHECK_EQ(call(__HYPERVISOR_domctl, vaddr_of(&iopl).va, NULL),
		 -XEN_EACCES);
	CHECK_EQ(scene_call(__HYPERVISOR_console_io, CONSOLEIO_write, 0, 0),
		 scene_is_dom0() ? 0 : -XEN_EPERM);
	for (size_t i = 0; i < ARRAY_COUNT(unknown); i++) {
		CHECK_EQ(scene_call(unknown[i], 0, 0, 0), -XEN_ENOSYS);
	}
}

SELFTEST(others, "what is not for the guest is refused")
{
	CHECK_CALL(scene_run(check_others));
}

SELFTEST_SUITE(fake_xen_misc, &gdt, &descriptor, &traps, &registers, &assists,
	       &vcpu, &released, &more, &events, &others);
