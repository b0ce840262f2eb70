/* SPDX-License-Identifier: MIT */
/*
 * Code for user mode, of user_code_test.asm.
 */
#ifndef MM_TEST_USER_CODE_H
#define MM_TEST_USER_CODE_H

#include "lib/types.h"

/* All of it, at most a page: to be copied to one. */
extern const uint8_t user_code[];
extern const uint8_t user_code_end[];

/* The pieces, and places in them. */
extern const uint8_t user_code_invert[];
extern const uint8_t user_code_call[];
extern const uint8_t user_code_called[];
extern const uint8_t user_code_read[];
extern const uint8_t user_code_read_stack[];
extern const uint8_t user_code_write[];
extern const uint8_t user_code_jump[];
extern const uint8_t user_code_push[];
extern const uint8_t user_code_sgdt[];
extern const uint8_t user_code_hlt[];
extern const uint8_t user_code_spin[];
extern const uint8_t user_code_spun[];

#endif
