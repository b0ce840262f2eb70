/* SPDX-License-Identifier: MIT */
/*
 * The ends of the image, from the linker script.
 */
#ifndef ARCH_X86_IMAGE_H
#define ARCH_X86_IMAGE_H

#include "lib/types.h"

extern const uint8_t image_start[];
extern const uint8_t image_end[]; /* One past the zeroed memory. */

#endif
