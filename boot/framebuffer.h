/* SPDX-License-Identifier: MIT */
/*
 * A framebuffer that a loader tells of.
 */
#ifndef BOOT_FRAMEBUFFER_H
#define BOOT_FRAMEBUFFER_H

#include "arch/x86/bootinfo.h"
#include "lib/err.h"

/*
 * Puts it into *info, if it has any bytes, and keeps them from being RAM.
 * ERR_RANGE if its pixels do not fit into its lines, its lines into its bytes,
 * or these below 2^52; ERR_FULL as with memory_map_add.
 */
enum err framebuffer_take(struct bootinfo *info,
			  const struct boot_framebuffer *found) MUST_CHECK;

#endif
