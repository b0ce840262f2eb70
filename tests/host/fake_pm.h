/* SPDX-License-Identifier: MIT */
/*
 * A model of a PC's power registers.
 *
 * They are firmware's until it hands them over, and remember what is written.
 */
#ifndef TESTS_HOST_FAKE_PM_H
#define TESTS_HOST_FAKE_PM_H

#include "lib/types.h"

#define FAKE_PM_SMI    0xb2
#define FAKE_PM_ENABLE 0x5a
/* The two control registers, of 16 bits. */
#define FAKE_PM_1A 0x604
#define FAKE_PM_1B 0x704

#define FAKE_PM_WRITES_MAX 8

struct fake_pm_write {
	uint16_t port;
	uint16_t value;
};

struct fake_pm {
	uint16_t control[2];
	/* How often firmware is asked in vain once it was told to hand over. */
	unsigned int reads_to_wait;
	bool told;
	size_t write_count;
	struct fake_pm_write writes[FAKE_PM_WRITES_MAX];
};

extern struct fake_pm fake_pm;

/* A write of 8 bits to a port that nobody else has. */
void fake_pm_write(uint16_t port, uint8_t value);

#endif
