// SPDX-License-Identifier: MIT
/*
 * Protections of the CPU.
 */
#include "arch/x86/protect.h"

#include "arch/x86/cpu.h"
#include "arch/x86/pv.h"
#include "lib/assert.h"
#include "lib/log.h"

static uint32_t active;

struct protect_plan protect_plan(uint32_t features, uint64_t cr4,
				 uint64_t rflags)
{
	static const struct {
		uint32_t feature;
		uint64_t bit;
	} bits[] = {
		{ FEATURE_MCE, CR4_MCE },   { FEATURE_PGE, CR4_PGE },
		{ FEATURE_UMIP, CR4_UMIP }, { FEATURE_SMEP, CR4_SMEP },
		{ FEATURE_SMAP, CR4_SMAP }, { FEATURE_PKU, CR4_PKE },
	};
	struct protect_plan plan = {
		.cr0 = CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE,
		/* Not to be changed while paging is on (SDM vol. 3, 4.1.1). */
		.cr4 = CR4_PAE | (cr4 & CR4_LA57),
		/* Without SMAP the flag has no meaning here, and there is no
		 * instruction to clear it. */
		.clear_ac = (features & FEATURE_SMAP) != 0 &&
			    (rflags & RFLAGS_AC) != 0, /* PROTECT-3 */
	};

	for (size_t i = 0; i < ARRAY_COUNT(bits); i++) {
		if ((features & bits[i].feature) != 0) {
			plan.cr4 |= bits[i].bit;
		}
	}
	return plan;
}

static void check_kept(const char *name, uint64_t found, uint64_t expected)
{
	if (found != expected) {
		PANIC("%s holds 0x%lx and not 0x%lx", name, found, expected);
	}
}

static void carry_out(const struct protect_plan *plan, bool nx)
{
	if (plan->clear_ac) {
		cpu_clac();
		check_kept("RFLAGS.AC", cpu_read_rflags() & RFLAGS_AC, 0);
	}
	cpu_write_cr0(plan->cr0);
	cpu_write_cr4(plan->cr4);
	check_kept("CR0", cpu_read_cr0(), plan->cr0);
	check_kept("CR4", cpu_read_cr4(), plan->cr4);
	/* Set before the first table that has the bit. */
	check_kept("EFER.NXE", cpu_read_msr(MSR_EFER) & EFER_NXE,
		   nx ? EFER_NXE : 0);
	/* User pages have key 0, and a loader may have denied it. */
	if ((plan->cr4 & CR4_PKE) != 0) {
		cpu_write_pkru(0);
		check_kept("PKRU", cpu_read_pkru(), 0);
	}
}

void protect_init(void)
{
	uint32_t features = features_detect() & pv()->features;
	struct protect_plan plan;
	char names[64];

	if (pv()->ring != 0) {
		print("# protections: the hypervisor's own, as this kernel "
		      "runs at ring %u\n",
		      pv()->ring);
		return;
	}
	plan = protect_plan(features, cpu_read_cr4(), cpu_read_rflags());
	carry_out(&plan, (features & FEATURE_NX) != 0);
	active = features & PROTECTIONS;
	features_format(names, sizeof(names), active);
	print("# protections: wp%s%s\n", active != 0 ? "," : "",
	      active != 0 ? names : "");
}

bool protect_has(uint32_t features)
{
	return (active & features) == features;
}
