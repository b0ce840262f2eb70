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
#include "arch/x86/user_access.h"
#include "lib/assert.h"
#include "lib/capture.h"
#include "lib/log.h"
#include "lib/selftest.h"
#include "mm/own_tables.h"
#include "mm/walk.h"

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

/* UACCESS-1 */
SELFTEST(left_open, "leaves user memory open: verdict fail")
{
	user_access_begin();
	CHECK(true);
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

static uint8_t page[PAGE_BYTES] ALIGNED(PAGE_BYTES);

/* The page of this file's, with other rights and without a flush. */
static void change_rights(struct batch *batch, unsigned int bits)
{
	struct pgtable *pt = kernel_pgtable();
	struct found found = walk_to(pt, vaddr_of(page), L1);
	attrs_t attrs = pte_attrs(pt_paging(pt), L1, found.entry);

	attrs.rights.bits = (uint8_t)bits;
	batch_begin(batch, pt, AUDIT_CHANGE);
	batch_store(batch, found.place,
		    pte_leaf(pt_paging(pt), L1, pte_mfn(L1, found.entry),
			     attrs_possible(pt_paging(pt), attrs)));
}

/* AUDIT-5 */
SELFTEST(no_flush, "touches a page before the flush it is owed: verdict panic")
{
	static struct batch batch;

	SKIP_WITHOUT_TABLES();
	change_rights(&batch, 0);
	batch_flush_range(&batch, vaddr_of(page), PAGE_BYTES);
	batch_finish(&batch);
	change_rights(&batch, RIGHT_WRITE);
	batch_finish(&batch);
	*(volatile uint8_t *)pt_access(kernel_pgtable(), vaddr_of(page), 1) = 1;
}

/* AUDIT-2 */
SELFTEST(rebuild, "builds over a present entry: verdict panic")
{
	static struct batch batch;

	SKIP_WITHOUT_TABLES();
	change_rights(&batch, 0);
	batch.phase = AUDIT_BUILD;
	batch_finish(&batch);
}

/* PAGE-3 */
SELFTEST(double_free, "frees a page twice: verdict panic")
{
	struct page_alloc *pages;
	pfn_t frame;

	SKIP_WITHOUT_TABLES();
	pages = kernel_pgtable()->pages;
	CHECK_EQ(page_alloc(pages, PAGE_TEST, &frame), OK);
	page_free(pages, frame);
	page_free(pages, frame);
}

SELFTEST(free_table, "frees a live page table: verdict panic")
{
	SKIP_WITHOUT_TABLES();
	page_free(kernel_pgtable()->pages, kernel_pgtable()->root);
}

SELFTEST_SUITE_ON_REQUEST(provoke, &failure, &error, &nothing, &skip,
			  &left_open, &panic_call, &panic_captured,
			  &panic_in_line, &null_write, &beside_fixup,
			  &nmi_at_fixup, &stack_overflow, &silence, &endless,
			  &reset, &no_verdict, &liar, &no_flush, &rebuild,
			  &double_free, &free_table);
