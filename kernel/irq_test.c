// SPDX-License-Identifier: MIT
/*
 * Tests of interrupts: their state, and that they come.
 */
#include "arch/x86/apic.h"
#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/pv.h"
#include "arch/x86/regs.h"
#include "lib/selftest.h"
#include "mm/iomap.h"
#include "mm/own_tables.h"

/* Cycles in which an interrupt comes on any machine; some tenths of a second.
 */
#define BOUND UINT64_C(400000000)
#define SOON  UINT64_C(200000)

static volatile unsigned int taken[IRQ_SOURCES];
static volatile bool on_in_handler;
static irq_handler_t handler_before;
static const struct iomap *registers;

static bool are_on(void)
{
	irqstate_t state = pv()->irq_save();

	pv()->irq_restore(state);
	return irq_was_on(state);
}

static void count(enum irq_source source)
{
	on_in_handler = irq_was_on(pv()->irq_save());
	taken[source]++;
}

static void begin(void)
{
	static volatile uint8_t any;
	volatile void *place = &any;
	mfn_t frame = pv()->irq_frame();

	registers = NULL;
	if (!mfn_eq(frame, MFN_NONE)) {
		CHECK_EQ(iomap_add(frame, PAGE_BYTES, MT_UC, "local APIC",
				   &registers),
			 OK);
		place = vaddr_ptr(registers->start);
	}
	taken[IRQ_SELF] = 0;
	taken[IRQ_TIMER] = 0;
	handler_before = irq_set_handler(count);
	pv()->irq_use(place);
}

static void end(void)
{
	pv()->irq_disable();
	pv()->irq_use(NULL);
	irq_set_handler(handler_before);
	if (registers != NULL) {
		iomap_remove(registers);
	}
}

static bool has_two_modes(void)
{
	return (features_detect() & pv()->features & FEATURE_X2APIC) != 0;
}

static void wait_for(uint64_t cycles)
{
	uint64_t start = cpu_rdtsc();

	while (cpu_rdtsc() - start < cycles) {
	}
}

/* Does the count become so much, within bounds? */
static bool comes(enum irq_source source, unsigned int n)
{
	uint64_t start = cpu_rdtsc();

	while (taken[source] != n && cpu_rdtsc() - start < BOUND) {
	}
	return taken[source] == n;
}

SELFTEST(kept, "a state says whether interrupts were on, through any nesting")
{
	irqstate_t outer;
	irqstate_t inner;

	outer = pv()->irq_save();
	CHECK(!irq_was_on(outer));
	CHECK(!are_on());
	pv()->irq_restore(outer);
	CHECK(!are_on());
	pv()->irq_enable();
	outer = pv()->irq_save();
	inner = pv()->irq_save();
	CHECK(irq_was_on(outer));
	CHECK(!irq_was_on(inner));
	pv()->irq_restore(inner);
	CHECK(!are_on());
	pv()->irq_restore(outer);
	CHECK(are_on());
	pv()->irq_disable();
	CHECK(!are_on());
}

#define PATTERNS 64

/* IRQ-1 */
SELFTEST(poison, "what else is in the word of a state makes no difference")
{
	struct random random = selftest_random();
	uint64_t different = 0;

	for (unsigned int i = 0; i < PATTERNS; i++) {
		irqstate_t state;

		irq_poison = random_u64(&random) & ~IRQSTATE_ON;
		state = pv()->irq_save();
		different |= state.word;
		CHECK(!irq_was_on(state));
		pv()->irq_restore(state);
		CHECK(!are_on());
		pv()->irq_enable();
		state = pv()->irq_save();
		CHECK(irq_was_on(state));
		pv()->irq_restore(state);
		CHECK(are_on());
		pv()->irq_disable();
	}
	irq_poison = 0;
	/* That there was any poison. */
	CHECK(different != 0 && different != IRQSTATE_ON);
}

/* IRQ-2 */
static void check_masked(void)
{
	CHECK_CALL(begin());
	pv()->irq_self();
	wait_for(SOON);
	CHECK_EQ(taken[IRQ_SELF], 0);
	pv()->irq_enable();
	CHECK(comes(IRQ_SELF, 1));
	CHECK(!on_in_handler);
	CHECK(are_on());
	pv()->irq_disable();
	CHECK_EQ(taken[IRQ_SELF], 1);
	end();
}

SELFTEST(masked, "what is raised while interrupts are off comes once, after")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_masked());
}

static void check_nested(void)
{
	irqstate_t outer;
	irqstate_t inner;

	CHECK_CALL(begin());
	pv()->irq_enable();
	outer = pv()->irq_save();
	inner = pv()->irq_save();
	pv()->irq_self();
	pv()->irq_restore(inner);
	CHECK_EQ(taken[IRQ_SELF], 0);
	pv()->irq_restore(outer);
	CHECK(comes(IRQ_SELF, 1));
	end();
}

SELFTEST(nested,
	 "what is raised in nested saves comes at the outermost restore")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_nested());
}

static void check_at_once(void)
{
	CHECK_CALL(begin());
	pv()->irq_enable();
	for (unsigned int i = 1; i <= 16; i++) {
		pv()->irq_self();
		CHECK(comes(IRQ_SELF, i));
	}
	end();
}

SELFTEST(at_once, "what is raised while interrupts are on comes, each time")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_at_once());
}

static void check_timer(void)
{
	uint64_t deadline;

	CHECK_CALL(begin());
	pv()->irq_enable();
	deadline = cpu_rdtsc() + SOON;
	pv()->irq_timer(deadline);
	CHECK(comes(IRQ_TIMER, 1));
	CHECK(cpu_rdtsc() >= deadline);
	end();
}

SELFTEST(timer, "the timer comes when it is due, and not before")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_timer());
}

/* IRQ-3: one that is pending when the wait begins, and one that comes in it. */
static void check_wait(void)
{
	CHECK_CALL(begin());
	pv()->irq_self();
	pv()->irq_wait();
	CHECK_EQ(taken[IRQ_SELF], 1);
	CHECK(!are_on());
	pv()->irq_timer(cpu_rdtsc() + SOON);
	while (taken[IRQ_TIMER] == 0) {
		pv()->irq_wait();
	}
	CHECK_EQ(taken[IRQ_TIMER], 1);
	CHECK(!are_on());
	end();
}

SELFTEST(wait, "a wait ends by what is pending already, and by what comes")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_wait());
}

static void check_all(uint64_t mode)
{
	CHECK_EQ(cpu_read_msr(MSR_APIC_BASE) & APIC_BASE_MODE, mode);
	CHECK_EQ(mfn_eq(pv()->irq_frame(), MFN_NONE),
		 (mode & APIC_BASE_X2APIC) != 0);
	CHECK_CALL(check_masked());
	CHECK_CALL(check_nested());
	CHECK_CALL(check_at_once());
	CHECK_CALL(check_timer());
	CHECK_CALL(check_wait());
}

/* Comes last: not every APIC can go back. */
SELFTEST(modes, "what comes by the MSRs of a local APIC comes by its page too")
{
	SKIP_WITHOUT_TABLES();
	if (!has_two_modes()) {
		SKIP("there is no x2APIC mode of ours");
	}
	CHECK(apic_choose(true));
	CHECK_CALL(check_all(APIC_BASE_MODE));
	if (!apic_choose(false)) {
		SKIP("x2APIC mode cannot be left here");
	}
	CHECK_CALL(check_all(APIC_BASE_ENABLE));
	CHECK(apic_choose(true));
	CHECK_CALL(check_all(APIC_BASE_MODE));
}

SELFTEST_SUITE(irq, &kept, &poison, &masked, &nested, &at_once, &timer, &wait,
	       &modes);
