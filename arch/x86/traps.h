/* SPDX-License-Identifier: MIT */
/*
 * Traps, and faults on purpose.
 *
 * Every vector ends in trap_handle, on both metals with the same frame. A
 * fault at an instruction that is listed in the fixup table is recorded and
 * execution goes on at the listed place; it prints nothing. Any other trap
 * is reported in full and is a panic.
 *
 * TRAP-1 A fixup is taken only for the very instruction it names, and only by
 *	  an exception of that instruction: never by an NMI, a machine check, a
 *	  double fault or an interrupt that came by at that moment.
 * TRAP-2 The record of a caught fault is whole: vector, error code, address.
 * TRAP-3 A trap that nothing expects never returns.
 * TRAP-4 An access is tried again at most TRAP_RETRIES_MAX times in a row.
 */
#ifndef ARCH_X86_TRAPS_H
#define ARCH_X86_TRAPS_H

#include "arch/x86/addr.h"
#include "arch/x86/regs.h"

/* The stub of a vector is found by its number. */
#define TRAP_STUB_BYTES 16

/* From low addresses to high, as the stubs and the CPU leave it. */
#define TRAP_FRAME_BYTES 176

struct trap_frame {
	uint64_t r15;
	uint64_t r14;
	uint64_t r13;
	uint64_t r12;
	uint64_t rbp;
	uint64_t rbx;
	uint64_t r11;
	uint64_t r10;
	uint64_t r9;
	uint64_t r8;
	uint64_t rax;
	uint64_t rcx;
	uint64_t rdx;
	uint64_t rsi;
	uint64_t rdi;
	uint64_t vector;
	uint64_t error; /* 0 for vectors that have none. */
	uint64_t rip;
	uint64_t cs;
	uint64_t rflags;
	uint64_t rsp;
	uint64_t ss;
};

_Static_assert(sizeof(struct trap_frame) == TRAP_FRAME_BYTES, "22 words");

/* Above the CPU's vectors: the callbacks that Xen knows. */
enum trap_callback {
	TRAP_XEN_EVENT = VECTOR_COUNT,
	TRAP_XEN_FAILSAFE,
	TRAP_SYSCALL, /* Natively too. */
	TRAP_XEN_SYSENTER,
	TRAP_END
};

struct fault {
	unsigned int vector;
	uint64_t error;
	vaddr_t address; /* CR2 of a page fault, else 0. */
};

/* A fault at from goes on at to. */
#define FIXUP_FAULT 0
/* from is the return address of a call: the fault is one of fetching the
 * call's target, and the call is undone. */
#define FIXUP_CALL 1
/* Any vector will do: from follows an instruction that raises it. */
#define FIXUP_ANY 2

/* One entry of the fixup table. */
struct fixup {
	uint64_t from;
	uint64_t to;
	uint64_t kind;
};

/* Entry of the table for inline assembly; from and to are its labels. */
#define TRAP_FIXUP(from, to)              \
	".pushsection fixups, \"a\"\n\t"  \
	".quad " #from ", " #to ", 0\n\t" \
	".popsection\n\t"

/* Called by the stubs only. Returns where a fixup was found. */
void trap_handle(struct trap_frame *frame);

/*
 * Was a fault caught on this CPU since the last call? If so, copies the
 * latest one and forgets it.
 */
bool trap_caught(struct fault *fault) MUST_CHECK;

/* Before an access: a fault that nobody asked about must not pass for one of
 * the access, nor a retry of old for one in a row with it. */
void trap_forget(void);

/* Times that a page fault of the same instruction at the same address is taken
 * for spurious, with no other trap in between: success in between does not
 * count, as nobody sees it. */
#define TRAP_RETRIES_MAX 2

typedef bool (*trap_retry_t)(const struct fault *fault);

/*
 * Who is asked, for every page fault, whether the access should be tried
 * again, before fixups are looked at; NULL, as at start, for nobody. Returns
 * who was asked before. The function runs in the trap handler; it is not asked
 * about faults of its own.
 */
trap_retry_t trap_set_retry(trap_retry_t retry);

/*
 * Who is shown every vector from 32 on, and every callback, first; NULL, as at
 * start, for nobody. True: it was an interrupt, and has been taken.
 */
void trap_set_interrupt(bool (*take)(unsigned int vector));

/* "#PF", "#GP", "event callback", ...; "interrupt" for vectors from 32. */
const char *trap_name(unsigned int vector);

#endif
