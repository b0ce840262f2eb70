/* SPDX-License-Identifier: MIT */
/*
 * A model of a local APIC, as its MSRs show it.
 *
 * The mode, with the steps between modes that are legal, and the registers of
 * x2APIC mode (Intel SDM vol. 3, 11.12). A panic where the CPU would fault. In
 * xAPIC mode the registers are whatever memory a test hands over, and nothing
 * comes.
 */
#ifndef TESTS_HOST_FAKE_APIC_H
#define TESTS_HOST_FAKE_APIC_H

#include "lib/types.h"

/* As a loader may leave it: mode is of APIC_BASE_MODE, registers are as after a
 * reset. */
void fake_apic_start(uint64_t mode);

/* Once disabled it stays so, as in old CPUs, until the next start. */
void fake_apic_stay_disabled(void);

/* Of APIC_BASE_MODE. */
uint64_t fake_apic_mode(void);

/* Of x2APIC mode, in any mode; offset is that of xAPIC mode. */
uint32_t fake_apic_register(unsigned int offset);

/* Lets the timer run out, if it runs and is not masked. */
void fake_apic_expire(void);

/* The vector that has been delivered, and has not ended; 0 for none. */
unsigned int fake_apic_in_service(void);

/* ---- For the fake CPU ---------------------------------------------------- */

bool fake_apic_has(uint32_t msr);
uint64_t fake_apic_read(uint32_t msr);
void fake_apic_write(uint32_t msr, uint64_t value);

#endif
