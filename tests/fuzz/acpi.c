// SPDX-License-Identifier: MIT
/*
 * Fuzzing ACPI's tables.
 *
 * The input is memory from FUZZ_BASE on, with the root pointer at its start. It
 * is tried as it is, and with the checksums put right, which no fuzzer gets
 * past by itself.
 */
#include "arch/x86/acpi.h"

#include "arch/x86/acpi_aml.h"
#include "arch/x86/boot_read.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 36
#define SUM_AT	     9

/* Changes the byte at sum_at so that all add up to 0. */
static void sum_up(uint8_t *bytes, size_t count, size_t sum_at)
{
	uint8_t sum = 0;

	bytes[sum_at] = 0;
	for (size_t i = 0; i < count; i++) {
		sum = (uint8_t)(sum + bytes[i]);
	}
	bytes[sum_at] = (uint8_t)-sum;
}

/* Whatever has the signature of a table, and fits, is one. */
static void sum_up_table(uint8_t *bytes, size_t count)
{
	static const char *const signatures[] = { "RSDT", "XSDT", "FACP",
						  "DSDT" };
	uint32_t length;

	for (size_t i = 0; i < 4; i++) {
		if (memcmp(bytes, signatures[i], 4) != 0) {
			continue;
		}
		memcpy(&length, bytes + 4, sizeof(length));
		if (length >= HEADER_BYTES && length <= count) {
			sum_up(bytes, length, SUM_AT);
		}
	}
}

/* From the end, so that a table that lies within another is right for it. */
static void sum_up_all(uint8_t *bytes, size_t count)
{
	if (count < HEADER_BYTES) {
		return;
	}
	for (size_t i = count - HEADER_BYTES + 1; i-- > 0;) {
		sum_up_table(bytes + i, count - i);
	}
	sum_up(bytes, 20, 8);
	sum_up(bytes, 36, 32);
}

static void check_port(uint16_t port)
{
	FUZZ_CHECK(port != 0xffff);
}

/* ACPI-2 */
static void try(const uint8_t *bytes, size_t count)
{
	struct acpi_power power;

	fuzz_set_memory(bytes, count);
	if (!acpi_find_power(&power, paddr(FUZZ_BASE), boot_read)) {
		FUZZ_CHECK(strlen(power.missing) == 4 && power.why != NULL);
		return;
	}
	check_port(power.smi_command);
	check_port(power.sleep_control);
	check_port(power.control[0]);
	check_port(power.control[1]);
	FUZZ_CHECK(power.sleep_control != 0 || power.control[0] != 0);
	FUZZ_CHECK(power.types[0] < ACPI_SLEEP_TYPES);
	FUZZ_CHECK(power.types[1] < ACPI_SLEEP_TYPES);
}

void fuzz_one(const uint8_t *bytes, size_t count)
{
	uint8_t *repaired = malloc(count);

	try(bytes, count);
	if (count != 0 && repaired != NULL) {
		memcpy(repaired, bytes, count);
		sum_up_all(repaired, count);
		try(repaired, count);
	}
	free(repaired);
}
