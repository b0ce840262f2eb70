/* SPDX-License-Identifier: MIT */
/*
 * Switching the machine off.
 */
#ifndef ARCH_X86_ACPI_POWER_H
#define ARCH_X86_ACPI_POWER_H

#include "arch/x86/acpi.h"

/*
 * Finds out how, from ACPI's root pointer; 0: there is none. The tables that
 * the kernel was started on must be in use still, and no memory given away.
 */
void acpi_power_init(paddr_t rsdp);

/*
 * Writes ports and nothing else, so that it can be called with anything broken.
 * It returns if nobody found out how, and, as the power does not go at once, if
 * all went well too.
 */
void acpi_power_off(void);

/* The same by these registers. */
void acpi_power_write(const struct acpi_power *power);

#endif
