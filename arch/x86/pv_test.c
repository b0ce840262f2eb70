// SPDX-License-Identifier: MIT
/*
 * Tests of the platform table's contract.
 */
#include "arch/x86/pv.h"

#include "arch/x86/features.h"
#include "lib/selftest.h"

SELFTEST(complete, "the registered platform lacks no member")
{
	const char *missing = pv_missing(pv()); /* PV-1 */

	CHECK_STR(missing == NULL ? "none" : missing, "none");
}

#define CHECK_NOTICED(member)                           \
	do {                                            \
		struct pv table = *pv();                \
                                                        \
		table.member = NULL;                    \
		CHECK_STR(pv_missing(&table), #member); \
	} while (0)

SELFTEST(notices, "a member that is missing is noticed and named")
{
	CHECK_NOTICED(name);
	CHECK_NOTICED(paging);
	CHECK_NOTICED(cost);
	CHECK_NOTICED(pfn_to_mfn);
	CHECK_NOTICED(count_in_order);
	CHECK_NOTICED(mfn_to_pfn);
	CHECK_NOTICED(boot_ptr);
	CHECK_NOTICED(boot_extend);
	CHECK_NOTICED(boot_release);
	CHECK_NOTICED(commit);
	CHECK_NOTICED(load_root);
	CHECK_NOTICED(irq_save);
	CHECK_NOTICED(irq_restore);
	CHECK_NOTICED(irq_disable);
	CHECK_NOTICED(irq_enable);
	CHECK_NOTICED(irq_wait);
	CHECK_NOTICED(irq_frame);
	CHECK_NOTICED(irq_use);
	CHECK_NOTICED(irq_self);
	CHECK_NOTICED(irq_timer);
	CHECK_NOTICED(load_user_root);
	CHECK_NOTICED(enter_user);
	CHECK_NOTICED(console_write);
	CHECK_NOTICED(exit);
}

SELFTEST(facts, "the facts are among those that the contract allows")
{
	CHECK(pv()->ring == 0 || pv()->ring == 3);
	CHECK_EQ(pv()->features & ~(uint32_t)FEATURES_ALL, 0);
}

SELFTEST(no_frame, "what is no frame of ours converts to no frame")
{
	CHECK(mfn_eq(pv()->pfn_to_mfn(PFN_NONE), MFN_NONE)); /* PV-3 */
	CHECK(pfn_eq(pv()->mfn_to_pfn(MFN_NONE), PFN_NONE));
	CHECK(mfn_eq(pv()->pfn_to_mfn(pfn(BIT(40))), MFN_NONE));
	CHECK(pfn_eq(pv()->mfn_to_pfn(mfn(BIT(40))), PFN_NONE));
}

SELFTEST(beyond_boot_map, "boot_ptr has no pointer to what is not mapped")
{
	CHECK(pv()->boot_ptr(paddr(BIT(51))) == NULL);
}

SELFTEST(empty_write, "writing nothing to the console is nothing")
{
	pv()->console_write("", 0);
	CHECK(true);
}

SELFTEST_SUITE(pv, &complete, &notices, &facts, &no_frame, &beyond_boot_map,
	       &empty_write);
