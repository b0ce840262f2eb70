// SPDX-License-Identifier: MIT
/*
 * Traps, and faults on purpose.
 */
#include "arch/x86/traps.h"

#include "arch/x86/cpu.h"
#include "arch/x86/fault_report.h"
#include "arch/x86/percpu.h"
#include "arch/x86/probe.h"
#include "arch/x86/user.h"
#include "lib/panic.h"

/* Ends of the table that the linker gathers. */
extern const struct fixup __start_fixups[];
extern const struct fixup __stop_fixups[];

static trap_retry_t trap_retry;
static bool (*take_interrupt)(unsigned int vector);

void trap_set_interrupt(bool (*take)(unsigned int vector))
{
	take_interrupt = take;
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

/* TRAP-1: does the vector belong to the instruction at rip? */
static bool is_of_instruction(unsigned int vector)
{
	return vector < 32 && vector != VECTOR_NMI && vector != VECTOR_DF &&
	       vector != VECTOR_MC;
}

/* By what user mode does; what comes by at that moment is the kernel's. */
static bool may_end_user(unsigned int vector)
{
	return is_of_instruction(vector) || vector == TRAP_SYSCALL ||
	       vector == TRAP_XEN_SYSENTER;
}

static bool fixup_at_rip(struct trap_frame *frame, unsigned int vector)
{
	const struct fixup *fixup = fixup_find(frame->rip);

	if (fixup == NULL || fixup->kind == FIXUP_CALL ||
	    (fixup->kind == FIXUP_FAULT && !is_of_instruction(vector))) {
		return false;
	}
	frame->rip = fixup->to;
	return true;
}

/* Nothing at rip has run, so the return address is still on top of the stack;
 * if there is a stack. */
static bool fixup_of_call(struct trap_frame *frame)
{
	const struct fixup *fixup;
	struct fault ignored;
	uint64_t caller;

	if (!probe_read(vaddr(frame->rsp), &caller, &ignored)) {
		return false;
	}
	fixup = fixup_find(caller);
	if (fixup == NULL || fixup->kind != FIXUP_CALL) {
		return false;
	}
	frame->rip = fixup->to;
	frame->rsp += sizeof(caller);
	return true;
}

static bool fixup_apply(struct trap_frame *frame, const struct fault *fault)
{
	return fixup_at_rip(frame, fault->vector) ||
	       (is_fetch_fault(frame, fault) && fixup_of_call(frame));
}

trap_retry_t trap_set_retry(trap_retry_t retry)
{
	trap_retry_t before = trap_retry;

	trap_retry = retry;
	return before;
}

/* Counts the page faults of the same access that came one after the other. */
static unsigned int count_retry(const struct trap_frame *frame,
				const struct fault *fault)
{
	struct cpu *cpu = this_cpu();

	if (fault->vector != VECTOR_PF || cpu->retried_rip != frame->rip ||
	    cpu->retried_address.va != fault->address.va) {
		cpu->retries = 0;
	}
	cpu->retried_rip = frame->rip;
	cpu->retried_address = fault->address;
	return cpu->retries++;
}

static bool should_retry(const struct trap_frame *frame,
			 const struct fault *fault)
{
	struct cpu *cpu = this_cpu();
	bool retry;

	/* TRAP-4; and who is asked is not asked about its own faults. */
	if (count_retry(frame, fault) >= TRAP_RETRIES_MAX ||
	    fault->vector != VECTOR_PF || trap_retry == NULL ||
	    cpu->asking_retry) {
		return false;
	}
	cpu->asking_retry = true;
	retry = trap_retry(fault);
	cpu->asking_retry = false;
	return retry;
}

void trap_handle(struct trap_frame *frame)
{
	struct fault fault = {
		.vector = (unsigned int)frame->vector,
		.error = frame->error,
		.address =
			vaddr(frame->vector == VECTOR_PF ? cpu_read_cr2() : 0),
	};

	if (fault.vector >= EXCEPTION_COUNT && take_interrupt != NULL &&
	    take_interrupt(fault.vector)) {
		return;
	}
	/* A page may be there now, for user mode too. */
	if (should_retry(frame, &fault)) {
		return;
	}
	if (may_end_user(fault.vector) && user_trap(frame, &fault)) {
		return;
	}
	if (fixup_apply(frame, &fault)) {
		this_cpu()->fault = fault;
		this_cpu()->fault_caught = true;
		return;
	}
	if (panic_begin()) {
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

void trap_forget(void)
{
	this_cpu()->fault_caught = false;
	this_cpu()->retries = 0;
	barrier();
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
		[TRAP_SYSCALL - VECTOR_COUNT] = "syscall",
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
