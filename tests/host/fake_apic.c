// SPDX-License-Identifier: MIT
/*
 * A model of a local APIC, as its MSRs show it.
 */
#include "tests/host/fake_apic.h"

#include "arch/x86/regs.h"
#include "lib/assert.h"
#include "lib/bits.h"

#define BASE_ADDRESS UINT64_C(0xfee00000)
#define BASE_BSP     UINT64_C(0x100)

#define EOI	      0x0b0
#define SPURIOUS      0x0f0
#define IN_SERVICE    0x100
#define TIMER	      0x320
#define INITIAL_COUNT 0x380
#define SELF_IPI      0x3f0

#define MASKED	       0x10000
#define SOFT_ENABLED   0x100
#define REGISTER_COUNT 0x40
#define REGISTER_BYTES 16

static uint64_t mode = APIC_BASE_ENABLE;
static bool stays_disabled;
static uint32_t registers[REGISTER_COUNT];
static unsigned int in_service;

static uint32_t *at(unsigned int offset)
{
	return &registers[offset / REGISTER_BYTES];
}

static void reset(void)
{
	for (size_t i = 0; i < REGISTER_COUNT; i++) {
		registers[i] = 0;
	}
	*at(SPURIOUS) = 0xff;
	*at(TIMER) = MASKED;
	in_service = 0;
}

void fake_apic_start(uint64_t left)
{
	mode = left;
	stays_disabled = false;
	reset();
}

void fake_apic_stay_disabled(void)
{
	stays_disabled = true;
}

uint64_t fake_apic_mode(void)
{
	return mode;
}

uint32_t fake_apic_register(unsigned int offset)
{
	return *at(offset);
}

unsigned int fake_apic_in_service(void)
{
	return in_service;
}

static void deliver(unsigned int vector)
{
	ASSERT((*at(SPURIOUS) & SOFT_ENABLED) != 0 && in_service == 0);
	in_service = vector;
}

void fake_apic_expire(void)
{
	if (*at(INITIAL_COUNT) != 0 && (*at(TIMER) & MASKED) == 0) {
		*at(INITIAL_COUNT) = 0;
		deliver(*at(TIMER) & 0xff);
	}
}

/* ---- MSRs ---------------------------------------------------------------- */

bool fake_apic_has(uint32_t msr)
{
	return msr == MSR_APIC_BASE || msr - MSR_X2APIC < REGISTER_COUNT;
}

/* SDM vol. 3, 11.12.5; a way out of the disabled state finds all reset. */
static void change_mode(uint64_t next)
{
	bool is_step = (mode == 0 && next == APIC_BASE_ENABLE) ||
		       (mode == APIC_BASE_ENABLE && next == APIC_BASE_MODE) ||
		       next == 0 || next == mode;

	if (!is_step) {
		PANIC("the APIC cannot go from mode 0x%lx to 0x%lx", mode,
		      next);
	}
	if (mode == 0 && stays_disabled) {
		return;
	}
	if (mode == 0 && next != 0) {
		reset();
	}
	mode = next;
}

static uint32_t *x2apic_register(uint32_t msr)
{
	if (mode != APIC_BASE_MODE) {
		PANIC("MSR 0x%x is there in x2APIC mode only", msr);
	}
	return &registers[msr - MSR_X2APIC];
}

uint64_t fake_apic_read(uint32_t msr)
{
	unsigned int offset = (msr - MSR_X2APIC) * REGISTER_BYTES;

	if (msr == MSR_APIC_BASE) {
		return BASE_ADDRESS | BASE_BSP | mode;
	}
	if (offset == EOI || offset == SELF_IPI) {
		PANIC("MSR 0x%x cannot be read", msr);
	}
	if (offset - IN_SERVICE < 8 * REGISTER_BYTES) {
		bool same = in_service / 32 ==
			    (offset - IN_SERVICE) / REGISTER_BYTES;

		return same && in_service != 0 ? BIT(in_service % 32) : 0;
	}
	return *x2apic_register(msr);
}

void fake_apic_write(uint32_t msr, uint64_t value)
{
	unsigned int offset = (msr - MSR_X2APIC) * REGISTER_BYTES;

	if (msr == MSR_APIC_BASE) {
		ASSERT((value & ~(uint64_t)APIC_BASE_MODE) ==
		       (BASE_ADDRESS | BASE_BSP));
		change_mode(value & APIC_BASE_MODE);
		return;
	}
	*x2apic_register(msr) = (uint32_t)value;
	if (offset == EOI) {
		ASSERT(value == 0);
		in_service = 0;
	} else if (offset == SELF_IPI) {
		deliver((unsigned int)value);
	}
}
