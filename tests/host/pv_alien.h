/* SPDX-License-Identifier: MIT */
/*
 * A platform that does not exist.
 */
#ifndef TESTS_HOST_PV_ALIEN_H
#define TESTS_HOST_PV_ALIEN_H

#include "arch/x86/pv.h"

extern const struct pv pv_alien;

void alien_init(void);

#endif
