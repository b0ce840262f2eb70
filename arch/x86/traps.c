// SPDX-License-Identifier: MIT
/*
 * Traps, and faults on purpose.
 */
#include "arch/x86/traps.h"

#include "arch/x86/cpu.h"
#include "arch/x86/fault_report.h"
#include "arch/x86/percpu.h"
#include "lib/panic.h"

/* Ends of the table that the linker gathers. */
extern const struct fixup __start_fixups[];
extern const struct fixup __stop_fixups[];

struct cpu *this_cpu(void)
{
	static struct cpu boot_cpu;

	return &boot_cpu;
}

static const struct fixup *fixup_find(uint64_t from)
{
	for (const struct fixup *f = __start_fixups; f < __stop_fixups; f++) {
		if (f->from == from) {
			return f;
		}
	}
	return NULL;
}

/* The instruction could not even be fetched. Intel CPUs check the target of
 * a call before they go there, others (and QEMU) find out at the fetch. */
static bool is_fetch_fault(const struct trap_frame *frame,
			   const struct fault *fault)
{
	switch (fault->vector) {
	case VECTOR_PF:
		return fault->address.va == frame->rip;
	case VECTOR_GP:
		return !vaddr_is_canonical(vaddr(frame->rip));
	default:
		return false;
	}
}

static bool fixup_apply(struct trap_frame *frame, const struct fault *fault)
{
	const struct fixup *fixup = fixup_find(frame->rip);
	uint64_t caller;

	if (fixup != NULL && fixup->from != fixup->to) {
		frame->rip = fixup->to;
		return true;
	}
	if (!is_fetch_fault(frame, fault)) {
		return false;
	}
	/* Nothing at rip has run, so the return address is still on top. */
	caller = *(const uint64_t *)vaddr_ptr(vaddr(frame->rsp));
	fixup = fixup_find(caller);
	if (fixup == NULL || fixup->from != fixup->to) {
		return false;
	}
	frame->rip = caller;
	frame->rsp += sizeof(caller);
	return true;
}

void trap_handle(struct trap_frame *frame)
{
	struct fault fault = {
		.vector = (unsigned int)frame->vector,
		.error = frame->error,
		.address =
			vaddr(frame->vector == VECTOR_PF ? cpu_read_cr2() : 0),
	};

	if (fixup_apply(frame, &fault)) {
		this_cpu()->fault = fault;
		this_cpu()->fault_caught = true;
		return;
	}
	if (!panic_begin()) {
		fault_report(frame, &fault);
	}
	panic_finish(); /* TRAP-3 */
}

bool trap_caught(struct fault *fault)
{
	struct cpu *cpu = this_cpu();

	/* A trap handler wrote these behind the compiler's back. */
	barrier();
	if (!cpu->fault_caught) {
		return false;
	}
	*fault = cpu->fault;
	cpu->fault_caught = false;
	return true;
}

const char *trap_name(unsigned int vector)
{
	static const char *const cpu_names[] = {
		"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM",
		"#DF", "#9",  "#TS", "#NP", "#SS", "#GP", "#PF", "#15",
		"#MF", "#AC", "#MC", "#XM", "#VE", "#CP",
	};
	static const char *const callback_names[] = {
		[TRAP_XEN_EVENT - VECTOR_COUNT] = "event callback",
		[TRAP_XEN_FAILSAFE - VECTOR_COUNT] = "failsafe callback",
		[TRAP_XEN_SYSCALL - VECTOR_COUNT] = "syscall callback",
		[TRAP_XEN_SYSENTER - VECTOR_COUNT] = "sysenter callback",
	};

	if (vector < ARRAY_COUNT(cpu_names)) {
		return cpu_names[vector];
	}
	if (vector < 32) {
		return "reserved exception";
	}
	if (vector < VECTOR_COUNT) {
		return "interrupt";
	}
	return vector < TRAP_END ? callback_names[vector - VECTOR_COUNT]
				 : "unknown trap";
}
