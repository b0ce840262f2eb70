// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: descriptors, handlers, registers, CPUs and events.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/traps.h"
#include "lib/selftest.h"
#include "xen/refusal.h"
#include "xen/refusal_calls.h"

#define MSR_FS_BASE 0xc0000100

#define CODE_RING0 UINT64_C(0x00af9b000000ffff)
#define CODE_RING3 UINT64_C(0x00affb000000ffff)
#define TSS	   UINT64_C(0x0000890000000067)

#define NOT_CANONICAL BIT(47)
#define NO_VCPU	      1000

/* ---- Descriptors --------------------------------------------------------- */

static long use_gdt(uint64_t address)
{
	return refusal_gdt(address, 512);
}

static long use_gdt_of(uint64_t entries)
{
	return refusal_gdt(refusal_base(OF_TABLE), entries);
}

/* The table is filled before it is protected. */
static long use_gdt_with(uint64_t descriptor)
{
	refusal_words(OF_SPARE)[1] = descriptor == 0 ? CODE_RING3 : descriptor;
	if (refusal_protect(OF_SPARE) != 0) {
		return WRONG;
	}
	refusal_ready();
	return refusal_gdt(refusal_base(OF_SPARE), 512);
}

static long update_at(uint64_t address)
{
	return xen_update_descriptor(address, CODE_RING0);
}

/* Xen gives code of ring 0 to ring 3. */
static long update_with(uint64_t descriptor)
{
	long error = xen_update_descriptor(refusal_base(OF_DATA),
					   descriptor == 0 ? CODE_RING0
							   : descriptor);

	STEP(1, refusal_words(OF_DATA)[0] == (error == 0 ? CODE_RING3 : 0));
	return error;
}

/* xen/arch/x86/pv/descriptor-tables.c. */
static const struct refusal descriptor_rows[] = {
	{ "a writable GDT", use_gdt, 0, 0, OF_DATA, OF_TABLE, BOTH(-XEN_EINVAL),
	  0 },
	{ "a GDT that is too long", use_gdt_of, 7169, 512, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_EINVAL), 0 },
	{ "a GDT with a TSS", use_gdt_with, TSS, 0, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_EINVAL), 0 },
	{ "a TSS", update_with, TSS, 0, OF_ZERO, OF_ZERO, BOTH(-XEN_EINVAL),
	  0 },
	{ "half a descriptor", update_at, 4, 0, OF_DATA, OF_DATA,
	  BOTH(-XEN_EINVAL), 0 },
	{ "a descriptor in a live table", update_at, 0, 0, OF_L1, OF_DATA,
	  BOTH(-XEN_EINVAL), 0 },
};

SELFTEST(descriptors, "Xen refuses descriptors that would be its own")
{
	REFUSAL_TEST_ROWS(descriptor_rows, refusal_protect_tables);
}

/* ---- Handlers and registers ---------------------------------------------- */

extern const uint8_t xen_trap_stubs[];

/* The last vector's own handler, or another. */
static long set_handler(uint64_t address)
{
	const uint8_t *own = xen_trap_stubs + (size_t)255 * TRAP_STUB_BYTES;
	struct trap_info table[2] = {
		{ .vector = 255,
		  .cs = FLAT_KERNEL_CS,
		  .address = address == 0 ? vaddr_of(own).va : address },
	};

	TI_SET_IF(&table[0], 1);
	return xen_set_trap_table(table);
}

static long set_handlers(uint64_t list)
{
	return xen_set_trap_table(vaddr_ptr(vaddr(list)));
}

static long set_base(uint64_t base)
{
	uint64_t now = cpu_read_msr(MSR_FS_BASE);
	long error = xen_set_segment_base(SEGBASE_FS, base == 0 ? now : base);

	return cpu_read_msr(MSR_FS_BASE) == now ? error : WRONG;
}

static long set_which_base(uint64_t which)
{
	return xen_set_segment_base(which, cpu_read_msr(MSR_FS_BASE));
}

static long disable(uint64_t type)
{
	return xen_vm_assist(VMASST_CMD_disable, (unsigned int)type);
}

static long assist(uint64_t command)
{
	return xen_vm_assist((unsigned int)command,
			     VMASST_TYPE_writable_pagetables);
}

static long set_iopl(uint64_t level)
{
	return xen_set_iopl((unsigned int)level);
}

static long set_dr0(uint64_t value)
{
	return xen_set_debugreg(0, value);
}

static long set_dr7(uint64_t value)
{
	return xen_set_debugreg(7, value);
}

/* xen/arch/x86/pv/callback.c, pv/misc-hypercalls.c, domain.c, physdev.c and
 * traps.c; xen/common/kernel.c, do_vm_assist. */
static const struct refusal register_rows[] = {
	{ "a handler at no address", set_handler, NOT_CANONICAL, 0, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_EINVAL), 0 },
	{ "handlers that are not mapped", set_handlers, UNMAPPED_VADDR, 0,
	  OF_ZERO, VA_ONE, BOTH(-XEN_EFAULT), 0 },
	{ "a segment base at no address", set_base, NOT_CANONICAL, 0, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_EINVAL), 0 },
	{ "the base of no segment", set_which_base, 9, SEGBASE_FS, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_EINVAL), 0 },
	{ "an assist behind the last", disable, 6,
	  VMASST_TYPE_writable_pagetables, OF_ZERO, OF_ZERO, BOTH(-XEN_EINVAL),
	  0 },
	{ "the last bit of assists", disable, 63,
	  VMASST_TYPE_writable_pagetables, OF_ZERO, OF_ZERO, BOTH(-XEN_EINVAL),
	  0 },
	{ "neither on nor off", assist, 9, VMASST_CMD_disable, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_ENOSYS), 0 },
	{ "IOPL 9", set_iopl, 9, 0, OF_ZERO, OF_ZERO, BOTH(-XEN_EINVAL), 0 },
	{ "DR7 with GD", set_dr7, BIT(13), 0, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_EPERM), 0 },
	{ "a breakpoint in Xen", set_dr0, HOLE_VADDR, 0, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_EPERM), 0 },
};

SELFTEST(registers, "Xen refuses what a CPU would not survive")
{
	REFUSAL_TEST_ROWS(register_rows, NULL);
}

/* ---- CPUs and events ----------------------------------------------------- */

static long use_vcpu(uint64_t command)
{
	return xen_vcpu_op(command, 0, refusal_words(OF_DATA));
}

static long ask_vcpu(uint64_t vcpu)
{
	return xen_vcpu_op(VCPUOP_is_up, vcpu, NULL);
}

static long close_port(evtchn_port_t port)
{
	struct evtchn_close close = { .port = port };

	return xen_event_op(EVTCHNOP_close, &close);
}

/* To a port that nobody has bound yet, where nothing arrives. */
static long send(uint64_t other)
{
	struct evtchn_alloc_unbound open = { .dom = DOMID_SELF,
					     .remote_dom = DOMID_SELF };
	long error;

	if (xen_event_op(EVTCHNOP_alloc_unbound, &open) != 0) {
		return WRONG;
	}
	error = xen_event_send(other == 0 ? open.port : (evtchn_port_t)other);
	return close_port(open.port) == 0 ? error : WRONG;
}

static long bind_virq(uint32_t virq, uint32_t vcpu, uint64_t again)
{
	struct evtchn_bind_virq first = { .virq = virq, .vcpu = vcpu };
	struct evtchn_bind_virq second = { .virq = (uint32_t)again,
					   .vcpu = vcpu };
	long error = xen_event_op(EVTCHNOP_bind_virq, &first);

	if (error != 0 || again == 0) {
		return error == 0 ? close_port(first.port) : error;
	}
	error = xen_event_op(EVTCHNOP_bind_virq, &second);
	if (error == 0 && close_port(second.port) != 0) {
		return WRONG;
	}
	return close_port(first.port) == 0 ? error : WRONG;
}

static long bind(uint64_t virq)
{
	return bind_virq((uint32_t)virq, 0, 0);
}

static long bind_on(uint64_t vcpu)
{
	return bind_virq(VIRQ_DEBUG, (uint32_t)vcpu, 0);
}

static long bind_another(uint64_t virq)
{
	return bind_virq(VIRQ_DEBUG, 0, virq);
}

/* xen/common/domain.c and xen/arch/x86/domain.c; xen/common/event_channel.c. */
static const struct refusal event_rows[] = {
	{ "a start of the CPU that runs", use_vcpu, VCPUOP_initialise,
	  VCPUOP_is_up, OF_ZERO, OF_ZERO, BOTH(-XEN_EEXIST), 0 },
	{ "a CPU that is not there", ask_vcpu, NO_VCPU, 0, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_ENOENT), 0 },
	{ "a port that is not open", send, 4000, 0, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_EINVAL), 0 },
	{ "a VIRQ behind the last", bind, 99, VIRQ_DEBUG, OF_ZERO, OF_ZERO,
	  BOTH(-XEN_EINVAL), 0 },
	{ "a VIRQ twice", bind_another, VIRQ_DEBUG, VIRQ_XENPMU, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_EEXIST), 0 },
	{ "a VIRQ of a CPU that is not there", bind_on, NO_VCPU, 0, OF_ZERO,
	  OF_ZERO, BOTH(-XEN_ENOENT), 0 },
};

SELFTEST(events, "Xen refuses CPUs and events that are not there, or twice")
{
	REFUSAL_TEST_ROWS(event_rows, NULL);
}

SELFTEST_SUITE(refusal_call, &descriptors, &registers, &events);
