// SPDX-License-Identifier: MIT
/*
 * Accesses that may fault.
 *
 * The accesses themselves are in probe.asm, where each is one instruction
 * with a name for the fixup table.
 */
#include "arch/x86/probe.h"

#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/pv.h"

uint64_t probe_read_raw(uint64_t address);
uint64_t probe_read_stack_raw(uint64_t address);
void probe_write_raw(uint64_t address, uint8_t value);
void probe_execute_raw(uint64_t address);

static bool read_by(uint64_t (*raw)(uint64_t address), vaddr_t address,
		    uint64_t *value, struct fault *fault)
{
	uint64_t read;

	trap_forget();
	read = raw(address.va);
	if (trap_caught(fault)) {
		return false;
	}
	*value = read;
	return true;
}

bool probe_read(vaddr_t address, uint64_t *value, struct fault *fault)
{
	return read_by(probe_read_raw, address, value, fault);
}

bool probe_read_stack(vaddr_t address, uint64_t *value, struct fault *fault)
{
	return read_by(probe_read_stack_raw, address, value, fault);
}

bool probe_write(vaddr_t address, uint8_t value, struct fault *fault)
{
	trap_forget();
	probe_write_raw(address.va, value);
	return !trap_caught(fault);
}

bool probe_execute(vaddr_t address, struct fault *fault)
{
	trap_forget();
	probe_execute_raw(address.va);
	return !trap_caught(fault);
}

uint64_t probe_fetch_bit(void)
{
	uint32_t features = features_detect();
	bool smep = pv()->ring == 0 ? (cpu_read_cr4() & CR4_SMEP) != 0
				    : (features & FEATURE_SMEP) != 0;

	return smep || (features & FEATURE_NX) != 0 ? PF_FETCH : 0;
}
