// SPDX-License-Identifier: MIT
/*
 * Tests of the local APIC's two modes.
 *
 * The emulators differ in which modes they have, and none hands over one in
 * x2APIC mode. The model (fake_apic.h) does.
 */
#include "arch/x86/apic.h"

#include "arch/x86/cpu.h"
#include "arch/x86/irq.h"
#include "arch/x86/regs.h"
#include "lib/bits.h"
#include "lib/selftest.h"
#include "tests/host/fake_apic.h"
#include "tests/host/panics.h"

#define X2APIC APIC_BASE_MODE
#define XAPIC  APIC_BASE_ENABLE

#define SPURIOUS 0x0f0
#define COMMAND	 0x300
#define TIMER	 0x320
#define DIVIDE	 0x3e0
#define ENABLED	 0x100
#define MASKED	 0x10000

#define VECTOR_TIMER 0xf0
#define VECTOR_SELF  0xf1

static uint32_t page[PAGE_BYTES / sizeof(uint32_t)];
static unsigned int taken[IRQ_SOURCES];
static irq_handler_t handler_before;

static void count(enum irq_source source)
{
	taken[source]++;
}

/* As a loader left it, for a CPU that has x2APIC mode or not. */
static void begin(uint64_t left, bool x2apic)
{
	fake_apic_start(left);
	apic_init(x2apic);
	memset(page, 0, sizeof(page));
	taken[IRQ_SELF] = 0;
	taken[IRQ_TIMER] = 0;
	handler_before = irq_set_handler(count);
}

static void end(void)
{
	irq_set_handler(handler_before);
	fake_apic_start(XAPIC);
	apic_init(false);
}

static void check_mode(uint64_t left, bool x2apic, uint64_t expected)
{
	begin(left, x2apic);
	CHECK_EQ(mfn_eq(apic_frame(), MFN_NONE), x2apic);
	apic_use(page);
	CHECK_EQ(fake_apic_mode(), expected);
	apic_use(NULL);
	CHECK_EQ(fake_apic_mode(), expected);
	end();
}

SELFTEST(entered,
	 "x2APIC mode is entered from any, by the steps that there are")
{
	CHECK_CALL(check_mode(0, true, X2APIC));
	CHECK_CALL(check_mode(XAPIC, true, X2APIC));
	CHECK_CALL(check_mode(X2APIC, true, X2APIC));
	CHECK_CALL(check_mode(0, false, XAPIC));
	CHECK_CALL(check_mode(XAPIC, false, XAPIC));
}

SELFTEST(chosen, "xAPIC mode can be had back, but not where a loader left it")
{
	begin(XAPIC, true);
	apic_use(page);
	apic_use(NULL);
	CHECK(apic_choose(false));
	CHECK_EQ(apic_frame().mfn, 0xfee00);
	CHECK_EQ(fake_apic_mode(), XAPIC);
	apic_use(page);
	CHECK_EQ(fake_apic_mode(), XAPIC);
	CHECK_EQ(page[SPURIOUS / 4] & ENABLED, ENABLED);
	apic_use(NULL);
	CHECK(apic_choose(true));
	apic_use(page);
	CHECK_EQ(fake_apic_mode(), X2APIC);
	apic_use(NULL);
	end();
	begin(X2APIC, true);
	CHECK(!apic_choose(false));
	CHECK(mfn_eq(apic_frame(), MFN_NONE));
	end();
	begin(XAPIC, false);
	CHECK(!apic_choose(true));
	CHECK(apic_choose(false));
	CHECK(!mfn_eq(apic_frame(), MFN_NONE));
	end();
}

static void use_disabled(void)
{
	begin(0, true);
	fake_apic_stay_disabled();
	apic_use(page);
}

SELFTEST(stuck, "an APIC that stays disabled is noticed")
{
	begin(XAPIC, true);
	apic_use(page);
	apic_use(NULL);
	fake_apic_stay_disabled();
	CHECK(!apic_choose(false));
	CHECK_EQ(fake_apic_mode(), 0);
	end();
	CHECK_CALL(check_panics(use_disabled, "cannot be enabled"));
}

SELFTEST(by_msr, "in x2APIC mode what comes is ended once, and told")
{
	begin(XAPIC, true);
	apic_use(page);
	apic_self();
	CHECK_EQ(fake_apic_in_service(), VECTOR_SELF);
	CHECK(!apic_interrupt(VECTOR_TIMER));
	CHECK(!apic_interrupt(VECTOR_SELF + 1));
	CHECK_EQ(taken[IRQ_SELF], 0);
	CHECK(apic_interrupt(VECTOR_SELF));
	CHECK_EQ(taken[IRQ_SELF], 1);
	CHECK_EQ(fake_apic_in_service(), 0);
	/* An INT instruction. */
	CHECK(!apic_interrupt(VECTOR_SELF));
	apic_use(NULL);
	CHECK_EQ(page[SPURIOUS / 4], 0);
	end();
}

SELFTEST(timer, "in x2APIC mode the timer runs on until the TSC is there")
{
	begin(XAPIC, true);
	apic_use(page);
	apic_timer(UINT64_MAX);
	fake_apic_expire();
	CHECK_EQ(fake_apic_in_service(), VECTOR_TIMER);
	CHECK(apic_interrupt(VECTOR_TIMER));
	CHECK_EQ(taken[IRQ_TIMER], 0);
	apic_timer(0);
	fake_apic_expire();
	CHECK(apic_interrupt(VECTOR_TIMER));
	CHECK_EQ(taken[IRQ_TIMER], 1);
	fake_apic_expire();
	CHECK_EQ(fake_apic_in_service(), 0);
	apic_use(NULL);
	end();
}

SELFTEST(left, "what was changed in x2APIC mode is as it was found")
{
	uint32_t spurious;

	begin(XAPIC, true);
	spurious = fake_apic_register(SPURIOUS);
	apic_use(page);
	CHECK_EQ(fake_apic_register(SPURIOUS) & ENABLED, ENABLED);
	CHECK(apic_interrupt(0xff));
	apic_timer(0);
	CHECK_EQ(fake_apic_register(TIMER) & MASKED, 0);
	apic_use(NULL);
	CHECK_EQ(fake_apic_register(SPURIOUS), spurious);
	CHECK_EQ(fake_apic_register(TIMER) & MASKED, MASKED);
	CHECK(!apic_interrupt(0xff));
	end();
}

SELFTEST(by_page, "in xAPIC mode the registers are those of the page")
{
	begin(XAPIC, false);
	apic_use(page);
	CHECK_EQ(page[SPURIOUS / 4], ENABLED | 0xff);
	CHECK_EQ(page[DIVIDE / 4], 0xb);
	apic_self();
	CHECK_EQ(page[COMMAND / 4] & 0xff, VECTOR_SELF);
	apic_timer(0);
	CHECK_EQ(page[TIMER / 4], VECTOR_TIMER);
	apic_use(NULL);
	CHECK_EQ(page[SPURIOUS / 4], 0);
	CHECK_EQ(page[TIMER / 4], MASKED);
	end();
}

static void step_into_x2apic(void)
{
	fake_apic_start(0);
	cpu_write_msr(MSR_APIC_BASE,
		      cpu_read_msr(MSR_APIC_BASE) | APIC_BASE_MODE);
}

static void step_back(void)
{
	fake_apic_start(X2APIC);
	cpu_write_msr(MSR_APIC_BASE, cpu_read_msr(MSR_APIC_BASE) &
					     ~(uint64_t)APIC_BASE_X2APIC);
}

static void write_too_early(void)
{
	fake_apic_start(XAPIC);
	cpu_write_msr(MSR_X2APIC, 0);
}

SELFTEST(model, "steps and accesses that fault are faults of the model")
{
	CHECK_CALL(check_panics(step_into_x2apic, "cannot go from mode 0x0 "));
	CHECK_CALL(check_panics(step_back, "cannot go from mode 0xc00 "));
	CHECK_CALL(check_panics(write_too_early, "in x2APIC mode only"));
}

SELFTEST_SUITE(apic, &entered, &chosen, &stuck, &by_msr, &timer, &left,
	       &by_page, &model);
