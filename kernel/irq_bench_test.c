// SPDX-License-Identifier: MIT
/*
 * What the operations on interrupts take; on request.
 *
 * In cycles of the TSC: with QEMU_ARGS='-icount shift=0' a cycle is an
 * instruction, and the numbers repeat.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/pv.h"
#include "lib/selftest.h"

#define ROUNDS 1000

static NOINLINE void nothing(void)
{
	__asm__ volatile("");
}

static NOINLINE void save_restore(void)
{
	pv()->irq_restore(pv()->irq_save());
}

static NOINLINE void disable_enable(void)
{
	pv()->irq_disable();
	pv()->irq_enable();
}

/* As a kernel would do it in line, by a test. */
static NOINLINE void inline_test(void)
{
	__asm__ volatile("pushfq; cli; pop %%rax; test $0x200, %%eax; jz 1f; "
			 "sti; 1:"
			 :
			 :
			 : "rax", "cc", "memory");
}

/* And by bringing all flags back. */
static NOINLINE void inline_popf(void)
{
	__asm__ volatile("pushfq; cli; popfq" : : : "cc", "memory");
}

static uint64_t measure(void (*what)(void))
{
	uint64_t start = cpu_rdtsc();

	for (unsigned int i = 0; i < ROUNDS; i++) {
		what();
	}
	return cpu_rdtsc() - start;
}

static void report(const char *name, void (*what)(void))
{
	uint64_t empty = measure(nothing);
	uint64_t whole = measure(what);

	CHECK(whole > empty);
	selftest_note("%s: %lu cycles in %u rounds beyond an empty call", name,
		      whole - empty, ROUNDS);
}

SELFTEST(operations, "what saving, restoring and the like take")
{
	report("save and restore, off", save_restore);
	pv()->irq_enable();
	report("save and restore, on", save_restore);
	report("disable and enable", disable_enable);
	pv()->irq_disable();
	if (pv()->ring != 0) {
		return;
	}
	report("in line, with a test, off", inline_test);
	report("in line, with POPF, off", inline_popf);
	pv()->irq_enable();
	report("in line, with a test, on", inline_test);
	report("in line, with POPF, on", inline_popf);
	pv()->irq_disable();
}

SELFTEST_SUITE_ON_REQUEST(irq_bench, &operations);
