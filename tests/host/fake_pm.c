// SPDX-License-Identifier: MIT
/*
 * A model of a PC's power registers.
 */
#include "tests/host/fake_pm.h"

#include "arch/x86/cpu.h"
#include "lib/assert.h"

#define SCI_ENABLE 1

struct fake_pm fake_pm;

static void remember(uint16_t port, uint16_t value)
{
	if (fake_pm.write_count < FAKE_PM_WRITES_MAX) {
		fake_pm.writes[fake_pm.write_count] =
			(struct fake_pm_write){ port, value };
	}
	fake_pm.write_count++;
}

void fake_pm_write(uint16_t port, uint8_t value)
{
	remember(port, value);
	fake_pm.told |= port == FAKE_PM_SMI && value == FAKE_PM_ENABLE;
}

uint16_t cpu_in16(uint16_t port)
{
	if (fake_pm.told && fake_pm.reads_to_wait-- == 0) {
		fake_pm.told = false;
		fake_pm.control[0] |= SCI_ENABLE;
	}
	ASSERT(port == FAKE_PM_1A || port == FAKE_PM_1B);
	return fake_pm.control[port == FAKE_PM_1B];
}

void cpu_out16(uint16_t port, uint16_t value)
{
	ASSERT(port == FAKE_PM_1A || port == FAKE_PM_1B);
	remember(port, value);
	fake_pm.control[port == FAKE_PM_1B] = value;
}
