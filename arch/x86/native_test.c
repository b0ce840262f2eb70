// SPDX-License-Identifier: MIT
/*
 * Tests of what a bare-metal start leaves behind.
 */
#include "arch/x86/boot_tables.h"
#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/native.h"
#include "arch/x86/probe.h"
#include "lib/selftest.h"

#define SKIP_UNLESS_NATIVE()                             \
	do {                                             \
		if (pv() != &pv_native) {                \
			SKIP("not on bare metal");       \
		}                                        \
	} while (0)

SELFTEST(control_registers, "CR0, CR4 and EFER are what the entry code set")
{
	uint32_t features = features_detect();
	uint64_t mce = (features & FEATURE_MCE) != 0 ? CR4_MCE : 0;
	uint64_t nxe = (features & FEATURE_NX) != 0 ? EFER_NXE : 0;

	SKIP_UNLESS_NATIVE();
	CHECK_EQ(cpu_read_cr0(),
		 CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE);
	CHECK_EQ(cpu_read_cr4(), CR4_PAE | mce);
	CHECK_EQ(cpu_read_msr(MSR_EFER), EFER_LME_LMA | nxe);
}

SELFTEST(low_half, "nothing is mapped at the address of physical memory")
{
	struct fault fault;
	uint64_t value;

	SKIP_UNLESS_NATIVE();
	CHECK_EQ(boot_l4[0], 0);
	CHECK(!probe_read(vaddr(0), &value, &fault));
	CHECK(!probe_read(vaddr(IMAGE_PADDR), &value, &fault));
}

SELFTEST_SUITE(native, &control_registers, &low_half);
