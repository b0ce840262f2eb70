// SPDX-License-Identifier: MIT
/*
 * The screen that firmware left.
 */
#include "kernel/display.h"

#include "arch/x86/console.h"
#include "arch/x86/pv.h"
#include "lib/log.h"
#include "mm/iomap.h"

/* NULL if there is none that is of any use. */
static const struct boot_framebuffer *display;

void display_begin(const struct boot_framebuffer *framebuffer)
{
	void *first = NULL;

	if (framebuffer->bytes == 0) {
		return;
	}
	if (pv()->boot_ptr(paddr_add(framebuffer->start,
				     framebuffer->bytes - 1)) != NULL) {
		first = pv()->boot_ptr(framebuffer->start);
	}
	if (console_keep_for(framebuffer, first)) {
		display = framebuffer;
	}
}

void display_map(void)
{
	const struct iomap *map;
	uint64_t offset;
	enum err error;

	if (display == NULL) {
		return;
	}
	offset = display->start.pa % PAGE_BYTES;
	error = iomap_add(mfn(display->start.pa >> PAGE_SHIFT),
			  offset + display->bytes, MT_WC, "screen", &map);
	if (error != OK) {
		log_warn("the screen at 0x%lx is not mapped: error %d",
			 display->start.pa, error);
		return;
	}
	console_show(vaddr_ptr(vaddr_add(map->start, offset)));
}
