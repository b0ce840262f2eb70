// SPDX-License-Identifier: MIT
/*
 * Bad endings, on request.
 *
 * Whoever judges a run must tell failures, errors, panics, crashes and
 * silence apart. Each of these ends in one of them; "make test" runs them and
 * expects just that. They run only if the command line names this suite.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/pv.h"
#include "arch/x86/traps.h"
#include "lib/assert.h"
#include "lib/capture.h"
#include "lib/log.h"
#include "lib/selftest.h"

SELFTEST(failure, "fails: verdict fail")
{
	CHECK_EQ(1, 2);
}

SELFTEST(error, "cannot do its work: verdict error")
{
	ERROR("this test never can");
}

SELFTEST(nothing, "checks nothing: verdict error")
{
}

SELFTEST(skip, "skips, alone: verdict error")
{
	SKIP("this test always does");
}

SELFTEST(panic_call, "panics: verdict panic")
{
	PANIC("as asked");
}

SELFTEST(panic_captured, "panics while output is captured: verdict panic")
{
	capture_begin();
	PANIC("as asked, to the console all the same");
}

SELFTEST(panic_in_line, "panics in the middle of a line: verdict panic")
{
	print("# half a line");
	PANIC("as asked");
}

/* TRAP-3 */
SELFTEST(null_write, "writes to address 0: verdict panic")
{
	uint64_t nowhere = 0;

	/* So that no compiler sees what is coming. */
	__asm__("" : "+r"(nowhere));
	*(volatile uint8_t *)vaddr_ptr(vaddr(nowhere)) = 1;
}

/* The entry names the first instruction; it is the second that faults. */
SELFTEST(beside_fixup, "faults right behind a fixup: verdict panic")
{
	__asm__ volatile("1: nop\n\t" /* TRAP-1 */
			 "ud2\n"
			 "2:\n\t" TRAP_FIXUP(1b, 2b)
			 :
			 :
			 : "memory");
}

/* Natively an NMI arrives where a fault would be caught; under Xen the INT is
 * a fault of its own. */
SELFTEST(nmi_at_fixup, "takes an NMI at a fixup: verdict panic")
{
	__asm__ volatile("int $2\n"
			 "1: nop\n" /* TRAP-1 */
			 "2:\n\t" TRAP_FIXUP(1b, 2b)
			 :
			 :
			 : "memory");
}

/* Not a tail call, and each frame is in use after the next one. */
NOINLINE static uint64_t recurse(uint64_t depth)
{
	volatile uint64_t frame[64];

	frame[0] = depth;
	if (depth == UINT64_MAX) {
		return 0; /* Never; the compiler wants an end. */
	}
	return recurse(depth + 1) + frame[0];
}

SELFTEST(stack_overflow, "overflows the stack: panic, or Xen ends the domain")
{
	CHECK_EQ(recurse(0), 0);
}

SELFTEST(silence, "hangs without a word: no verdict")
{
	for (;;) {
		barrier();
	}
}

SELFTEST(endless, "prints for ever: no verdict")
{
	for (;;) {
		print("# still here\n");
	}
}

SELFTEST(reset, "resets the machine by a triple fault: no verdict")
{
	static const struct descriptor_table empty = { 0, 0 };

	if (pv()->ring != 0) {
		SKIP("only bare metal has a triple fault");
	}
	cpu_load_idt(&empty);
	__asm__ volatile("ud2");
}

SELFTEST(no_verdict, "ends well but says nothing: no verdict")
{
	pv()->exit(PV_EXIT_PASS);
}

SELFTEST(liar, "says pass and ends as failed: no verdict to be believed")
{
	print("# verdict: pass platform=%s boot=none ok=1 skip=0 fail=0 "
	      "error=0\n",
	      pv()->name);
	pv()->exit(PV_EXIT_FAIL);
}

SELFTEST_SUITE_ON_REQUEST(provoke, &failure, &error, &nothing, &skip,
			  &panic_call, &panic_captured, &panic_in_line,
			  &null_write, &beside_fixup, &nmi_at_fixup,
			  &stack_overflow, &silence, &endless, &reset,
			  &no_verdict, &liar);
