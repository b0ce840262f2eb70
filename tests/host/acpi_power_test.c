// SPDX-License-Identifier: MIT
/*
 * Tests of switching off, on a model of the power registers.
 */
#include "arch/x86/acpi_power.h"

#include "lib/selftest.h"
#include "tests/host/fake_pm.h"

/* Bits that are not for sleeping, and must stay as they are. */
#define OTHERS	   0x8102
#define SCI_ENABLE 1

static void check_writes(const struct fake_pm_write *expected, size_t count)
{
	CHECK_EQ(fake_pm.write_count, count);
	for (size_t i = 0; i < count; i++) {
		CHECK_EQ(fake_pm.writes[i].port, expected[i].port);
		CHECK_EQ(fake_pm.writes[i].value, expected[i].value);
	}
}

static const struct acpi_power both = {
	.smi_command = FAKE_PM_SMI,
	.acpi_enable = FAKE_PM_ENABLE,
	.control = { FAKE_PM_1A, FAKE_PM_1B },
	.types = { 5, 2 },
};

SELFTEST(order, "both registers have their types before one is enabled")
{
	static const struct fake_pm_write expected[] = {
		{ FAKE_PM_1A, OTHERS | SCI_ENABLE | 5 << 10 },
		{ FAKE_PM_1B, OTHERS | 2 << 10 },
		{ FAKE_PM_1A, OTHERS | SCI_ENABLE | 5 << 10 | 0x2000 },
		{ FAKE_PM_1B, OTHERS | 2 << 10 | 0x2000 },
	};

	/* What an earlier sleep left does not stay. */
	fake_pm = (struct fake_pm){ .control = { OTHERS | SCI_ENABLE | 0x1c00,
						 OTHERS | 0x2400 } };
	acpi_power_write(&both);
	check_writes(expected, ARRAY_COUNT(expected));
}

SELFTEST(hand_over, "firmware is asked for the registers, and waited for")
{
	static const struct fake_pm_write expected[] = {
		{ FAKE_PM_SMI, FAKE_PM_ENABLE },
		{ FAKE_PM_1A, SCI_ENABLE | 7 << 10 },
		{ FAKE_PM_1A, SCI_ENABLE | 7 << 10 | 0x2000 },
	};
	struct acpi_power one = both;

	one.control[1] = 0;
	one.types[0] = 7;
	fake_pm = (struct fake_pm){ .reads_to_wait = 1000 };
	acpi_power_write(&one);
	check_writes(expected, ARRAY_COUNT(expected));
}

SELFTEST(deaf, "firmware that never hands over does not hold the run up")
{
	struct acpi_power one = both;

	one.control[1] = 0;
	one.acpi_enable = FAKE_PM_ENABLE + 1;
	fake_pm = (struct fake_pm){ 0 };
	acpi_power_write(&one);
	CHECK_EQ(fake_pm.write_count, 3);
	CHECK_EQ(fake_pm.writes[2].value, 5 << 10 | 0x2000);
}

SELFTEST(reduced, "hardware-reduced ACPI has one register of eight bits")
{
	static const struct fake_pm_write expected[] = {
		{ 0x802, 5 << 2 | 0x20 },
	};
	struct acpi_power other = both;

	other.sleep_control = 0x802;
	fake_pm = (struct fake_pm){ 0 };
	acpi_power_write(&other);
	check_writes(expected, ARRAY_COUNT(expected));
}

SELFTEST(unknown, "nothing is written where nobody found out how")
{
	fake_pm = (struct fake_pm){ 0 };
	acpi_power_init(paddr(0));
	acpi_power_off();
	CHECK_EQ(fake_pm.write_count, 0);
}

SELFTEST_SUITE(acpi_power, &order, &hand_over, &deaf, &reduced, &unknown);
