// SPDX-License-Identifier: MIT
/*
 * A framebuffer that a loader tells of.
 */
#include "boot/framebuffer.h"

#include "lib/bits.h"

#define PIXEL_BYTES 4

static bool is_possible(const struct boot_framebuffer *found)
{
	return found->start.pa <= BIT(PADDR_BITS) &&
	       found->bytes <= BIT(PADDR_BITS) - found->start.pa &&
	       (uint64_t)found->pitch * found->height <= found->bytes &&
	       found->width <= found->pitch / PIXEL_BYTES;
}

/* Firmware does not list what belongs to devices, and a mistake of its own must
 * not make RAM of the screen. */
enum err framebuffer_take(struct bootinfo *info,
			  const struct boot_framebuffer *found)
{
	if (found->bytes == 0) {
		return OK;
	}
	if (!is_possible(found)) {
		return ERR_RANGE;
	}
	info->framebuffer = *found;
	return memory_map_add(&info->map, found->start, found->bytes,
			      MEMORY_RESERVED);
}
