// SPDX-License-Identifier: MIT
/*
 * Tests of which protections are turned on.
 *
 * What they do is tried in mm/protect_pages_test.c.
 */
#include "arch/x86/protect.h"

#include "arch/x86/cpu.h"
#include "arch/x86/percpu.h"
#include "arch/x86/probe.h"
#include "arch/x86/pv.h"
#include "arch/x86/user_access.h"
#include "lib/selftest.h"

#define ALL_BITS \
	(CR4_PAE | CR4_MCE | CR4_PGE | CR4_UMIP | CR4_SMEP | CR4_SMAP | CR4_PKE)

static uint64_t cr4_of(uint32_t features)
{
	return protect_plan(features, 0, 0).cr4;
}

/* PROTECT-1 */
SELFTEST(each_bit, "each feature turns on its bit of CR4 and no other")
{
	CHECK_EQ(cr4_of(0), CR4_PAE);
	CHECK_EQ(cr4_of(FEATURE_MCE), CR4_PAE | BIT(6));
	CHECK_EQ(cr4_of(FEATURE_PGE), CR4_PAE | BIT(7));
	CHECK_EQ(cr4_of(FEATURE_UMIP), CR4_PAE | BIT(11));
	CHECK_EQ(cr4_of(FEATURE_SMEP), CR4_PAE | BIT(20));
	CHECK_EQ(cr4_of(FEATURE_SMAP), CR4_PAE | BIT(21));
	CHECK_EQ(cr4_of(FEATURE_PKU), CR4_PAE | BIT(22));
	CHECK_EQ(cr4_of(FEATURES_ALL), ALL_BITS);
	/* These are in other registers, or not in use. */
	CHECK_EQ(cr4_of(FEATURE_NX | FEATURE_GB | FEATURE_PAT | FEATURE_LA57 |
			FEATURE_PCID),
		 CR4_PAE);
}

SELFTEST(outright, "of what a loader left in CR4 only the levels are kept")
{
	struct protect_plan plan = protect_plan(0, UINT64_MAX, 0);

	CHECK_EQ(plan.cr4, CR4_PAE | CR4_LA57);
	CHECK_EQ(plan.cr0, 0x80010033);
	plan = protect_plan(FEATURES_ALL, ~(uint64_t)CR4_LA57, 0);
	CHECK_EQ(plan.cr4, ALL_BITS);
}

/* PROTECT-3 */
SELFTEST(real_flag, "whether user memory is open is what bit 18 says, alone")
{
	struct random random = selftest_random();

	for (unsigned int i = 0; i < 64; i++) {
		uint64_t others = random_u64(&random) & ~(uint64_t)BIT(18);

		CHECK(!protect_plan(FEATURE_SMAP, 0, others).clear_ac);
		CHECK(protect_plan(FEATURE_SMAP, 0, others | BIT(18)).clear_ac);
		CHECK(!protect_plan(0, 0, others | BIT(18)).clear_ac);
		CHECK_EQ(protect_plan(FEATURE_SMAP, 0, others).cr4,
			 CR4_PAE | CR4_SMAP);
	}
}

/* IRQ-1, PROTECT-3: an interrupt state that has AC set says nothing of it. */
SELFTEST(poisoned, "what is in an interrupt state is not taken for the flag")
{
	struct random random = selftest_random();
	uint64_t before = irq_poison;
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < 64; i++) {
		irqstate_t state;

		irq_poison = (random_u64(&random) | RFLAGS_AC) & ~IRQSTATE_ON;
		state = pv()->irq_save();
		if (protect_plan(FEATURE_SMAP, 0, cpu_read_rflags()).clear_ac ||
		    (cpu_read_rflags() & RFLAGS_AC) != 0) {
			wrong++;
		}
		pv()->irq_restore(state);
		if (user_access_close()) {
			wrong++;
		}
	}
	irq_poison = before;
	CHECK_EQ(wrong, 0);
}

/* PROTECT-1, PROTECT-2 */
SELFTEST(in_force, "what CPUID has is in force at ring 0, nothing elsewhere")
{
	uint32_t found = features_detect() & pv()->features & PROTECTIONS;

	for (uint32_t bit = 1; bit <= FEATURES_ALL; bit <<= 1) {
		CHECK_EQ(protect_has(bit),
			 pv()->ring == 0 && (found & bit) != 0);
	}
}

/* UACCESS-1 */
SELFTEST(window, "user memory is open between begin and end, and not after")
{
	bool smap = protect_has(FEATURE_SMAP);
	uint64_t inside;
	uint64_t after;

	user_access_begin();
	inside = cpu_read_rflags() & RFLAGS_AC;
	user_access_end();
	after = cpu_read_rflags() & RFLAGS_AC;
	CHECK_EQ(inside, smap ? RFLAGS_AC : 0);
	CHECK_EQ(after, 0);
	CHECK(!this_cpu()->user_access);
}

SELFTEST(noticed, "a window that stays open is noticed and closed")
{
	CHECK(!user_access_close());
	user_access_begin();
	CHECK(user_access_close());
	CHECK_EQ(cpu_read_rflags() & RFLAGS_AC, 0);
	CHECK(!user_access_close());
	if (protect_has(FEATURE_SMAP)) {
		/* Past the account. */
		cpu_stac();
		CHECK(user_access_close());
		CHECK_EQ(cpu_read_rflags() & RFLAGS_AC, 0);
	}
}

static uint64_t flags_in_handler;

static bool look(const struct fault *fault)
{
	(void)fault;
	flags_in_handler = cpu_read_rflags();
	return false;
}

/* UACCESS-2 */
SELFTEST(in_handler, "a trap handler has user memory closed, for its time")
{
	struct fault fault;
	trap_retry_t before;
	uint64_t value;
	uint64_t flags;
	bool read;

	if (!protect_has(FEATURE_SMAP)) {
		SKIP("no SMAP of ours");
	}
	before = trap_set_retry(look);
	flags_in_handler = UINT64_MAX;
	user_access_begin();
	read = probe_read(vaddr(0), &value, &fault);
	flags = cpu_read_rflags();
	user_access_end();
	trap_set_retry(before);
	CHECK(!read);
	CHECK_EQ(flags & RFLAGS_AC, RFLAGS_AC);
	CHECK_EQ(flags_in_handler & RFLAGS_AC, 0);
}

SELFTEST_SUITE(protect, &each_bit, &outright, &real_flag, &poisoned, &in_force,
	       &window, &noticed, &in_handler);
