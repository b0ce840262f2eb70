// SPDX-License-Identifier: MIT
/*
 * Known differences: where an emulator is not the processor.
 */
#include "arch/x86/known_differences.h"

#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "lib/selftest.h"

#define CPUID_HYPERVISOR 0x40000000

static const struct {
	enum emulator emulator;
	const char *what;
	const char *where;
} differences[] = {
	[DIFFERENCE_RESERVED_P] = {
		EMULATOR_TCG,
		"the error code of a reserved bit says that the page is not "
		"present (SDM vol. 3, 4.7: RSVD only with P)",
		"QEMU TCG, seen in 7.2, 10.0 and 11.1",
	},
	[DIFFERENCE_GB] = {
		EMULATOR_TCG,
		"a leaf of 1 GiB is taken although CPUID has none (SDM vol. 3, "
		"table 4-16: bit 7 is reserved then)",
		"QEMU TCG, seen in 7.2, 10.0 and 11.1",
	},
	[DIFFERENCE_STACK] = {
		EMULATOR_TCG,
		"a non-canonical address by way of the stack segment is #GP "
		"(SDM vol. 3, 6.15: #SS)",
		"QEMU TCG, seen in 7.2, 10.0 and 11.1",
	},
	[DIFFERENCE_JUMP] = {
		EMULATOR_TCG,
		"a jump to a non-canonical address faults at its target (SDM "
		"vol. 2, JMP: the jump faults)",
		"QEMU TCG, seen in 7.2",
	},
};

_Static_assert(ARRAY_COUNT(differences) == DIFFERENCES, "all are listed");

enum emulator emulator_detect(void)
{
	struct cpuid id = cpu_cpuid(CPUID_HYPERVISOR, 0);
	uint32_t words[] = { id.ebx, id.ecx, id.edx };
	char name[64];

	features_cpu_name(name, sizeof(name));
	if (memcmp(words, "TCGTCGTCGTCG", sizeof(words)) == 0 ||
	    strncmp(name, "QEMU TCG", 8) == 0) {
		return EMULATOR_TCG;
	}
	return EMULATOR_NONE;
}

bool difference_is_listed(enum difference difference)
{
	/* KNOWN-1 */
	return differences[difference].emulator == emulator_detect();
}

void difference_judge(enum difference difference, struct difference_count count)
{
	if (!difference_is_listed(difference) || count.could == 0) {
		return;
	}
	selftest_note("known difference: %s; %s: %lu of %lu",
		      differences[difference].what,
		      differences[difference].where, count.did, count.could);
	selftest_checked();
	if (!difference_always(count)) { /* KNOWN-2 */
		FAIL("a difference that is known shows in %lu of %lu cases",
		     count.did, count.could);
	}
}
