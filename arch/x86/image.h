/* SPDX-License-Identifier: MIT */
/*
 * The ends of the image, from the linker script.
 */
#ifndef ARCH_X86_IMAGE_H
#define ARCH_X86_IMAGE_H

#include "lib/types.h"

extern const uint8_t image_start[];
extern const uint8_t image_end[]; /* One past the zeroed memory. */

/* The parts begin on pages of their own; what lies between the end of one and
 * the start of the next is nobody's. */
extern const uint8_t text_start[];
extern const uint8_t text_end[];
extern const uint8_t rodata_start[];
extern const uint8_t rodata_end[];
extern const uint8_t data_start[];

#endif
