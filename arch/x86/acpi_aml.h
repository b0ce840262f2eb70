/* SPDX-License-Identifier: MIT */
/*
 * The sleep type in ACPI's byte code.
 *
 * What has to be written to switch a machine off stands in the object \_S5, a
 * package, and that in byte code. It is a constant in all of them, so it can be
 * found without an interpreter: by its bytes.
 */
#ifndef ARCH_X86_ACPI_AML_H
#define ARCH_X86_ACPI_AML_H

#include "lib/types.h"

/* As many as there are values of the field (ACPI 6.5, 4.8.3.2.1). */
#define ACPI_SLEEP_TYPES 8

/*
 * Finds the first "Name(_S5_, Package() { a, b, ... })" in that code, and the
 * types that it has for the registers PM1a and PM1b. What only looks like it,
 * has fewer than two elements, others than integer constants, or types that
 * there cannot be, is passed over. False if there is no other.
 */
bool acpi_aml_find_s5(const uint8_t *code, size_t bytes, uint8_t types[2]);

#endif
