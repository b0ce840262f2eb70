// SPDX-License-Identifier: MIT
/*
 * Switching the machine off.
 *
 * Section numbers are those of ACPI 6.5. \_PTS, which wants an interpreter, is
 * not run.
 */
#include "arch/x86/acpi_power.h"

#include "arch/x86/boot_read.h"
#include "arch/x86/cpu.h"
#include "lib/log.h"

/* 4.8.3.2.1. */
#define PM1_SCI_ENABLE	     0x1U
#define PM1_SLEEP_TYPE	     0x1c00U
#define PM1_SLEEP_TYPE_SHIFT 10
#define PM1_SLEEP_ENABLE     0x2000U

/* 4.8.3.7. */
#define SLEEP_TYPE_SHIFT 2
#define SLEEP_ENABLE	 0x20

/* Firmware takes its time to hand over: ACPICA gives it three seconds
 * (evxfevnt.c, acpi_enable). A read of a port takes about 1 us on a real bus.
 */
#define HAND_OVER_READS 3000000

static struct acpi_power power_found;
static bool is_found;

void acpi_power_init(paddr_t rsdp)
{
	is_found = acpi_find_power(&power_found, rsdp, boot_read);
	if (is_found) {
		log_debug("power-off by ACPI: port 0x%x, type %u",
			  power_found.sleep_control | power_found.control[0],
			  power_found.types[0]);
	} else {
		log_debug("no power-off by ACPI: the %s %s",
			  power_found.missing, power_found.why);
	}
}

/* Until then the registers may be firmware's own (4.8.2.5). If it does not hand
 * them over there is nothing to be lost by writing them. */
static void hand_over(const struct acpi_power *power)
{
	uint16_t control = power->control[0];

	if (power->smi_command == 0 ||
	    (cpu_in16(control) & PM1_SCI_ENABLE) != 0) {
		return;
	}
	cpu_out8(power->smi_command, power->acpi_enable);
	for (unsigned int i = 0; i < HAND_OVER_READS; i++) {
		if ((cpu_in16(control) & PM1_SCI_ENABLE) != 0) {
			return;
		}
	}
}

/* The types stand in both registers before the first is enabled: there is
 * hardware that takes them only so (ACPICA, hwsleep.c). */
static void write_controls(const struct acpi_power *power)
{
	static const unsigned int enables[] = { 0, PM1_SLEEP_ENABLE };

	for (unsigned int i = 0; i < 2 * ACPI_CONTROLS; i++) {
		uint16_t port = power->control[i % ACPI_CONTROLS];
		unsigned int type = power->types[i % ACPI_CONTROLS];
		unsigned int value;

		if (port == 0) {
			continue;
		}
		value = cpu_in16(port) & ~(PM1_SLEEP_TYPE | PM1_SLEEP_ENABLE);
		value |= type << PM1_SLEEP_TYPE_SHIFT;
		value |= enables[i / ACPI_CONTROLS];
		cpu_out16(port, (uint16_t)value);
	}
}

void acpi_power_write(const struct acpi_power *power)
{
	if (power->sleep_control != 0) {
		cpu_out8(power->sleep_control,
			 (uint8_t)(power->types[0] << SLEEP_TYPE_SHIFT |
				   SLEEP_ENABLE));
		return;
	}
	hand_over(power);
	write_controls(power);
}

void acpi_power_off(void)
{
	if (is_found) {
		acpi_power_write(&power_found);
	}
}
