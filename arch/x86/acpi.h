/* SPDX-License-Identifier: MIT */
/*
 * How ACPI's tables say to switch off.
 *
 * From the root pointer to the registers and values of state S5, soft off:
 *
 *	RSDP -> XSDT or RSDT -> FADT -> registers
 *				    \-> DSDT -> \_S5 -> values
 *
 * The tables are firmware's, and firmware is wrong at times. They are read
 * once, and nothing of them is kept but what a power-off writes.
 *
 * ACPI-1 Only bytes that the reader hands out are looked at, and a table only
 *	  if its signature, its length and its checksum are right.
 * ACPI-2 What is found can be written: each register is a port, both types
 *	  are below ACPI_SLEEP_TYPES, and there is at least one register.
 */
#ifndef ARCH_X86_ACPI_H
#define ARCH_X86_ACPI_H

#include "arch/x86/addr.h"

/* PM1a, PM1b. */
#define ACPI_CONTROLS 2

/* What has to be written, and where. */
struct acpi_power {
	/* Hardware-reduced ACPI (ACPI 6.5, 4.1) has this register of 8 bits,
	 * and nothing of what follows but the first type; 0: it has those. */
	uint16_t sleep_control;
	/* Writing the value there hands the power registers over; 0: there is
	 * nothing to hand over. */
	uint16_t smi_command;
	uint8_t acpi_enable;
	/* 16 bits each; 0: there is no such register. */
	uint16_t control[ACPI_CONTROLS];
	uint8_t types[ACPI_CONTROLS];
	/* If the search failed: the table that it failed at, by its signature,
	 * and what is wrong with that. */
	const char *missing;
	const char *why;
};

/* So many bytes at an address, or NULL if they cannot be read. They must stay
 * there as long as the tables are looked at. */
typedef const void *(*acpi_reader_t)(paddr_t start, uint64_t bytes);

/*
 * Follows the tables from the root pointer on. False if they are not there, or
 * are not what they should be, or want a register that is no port; then *power
 * has the reason, and all else in it is unspecified.
 */
bool acpi_find_power(struct acpi_power *power, paddr_t rsdp,
		     acpi_reader_t read);

#endif
