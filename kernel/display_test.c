// SPDX-License-Identifier: MIT
/*
 * Tests of the screen that firmware left.
 */
#include "kernel/display.h"

#include "arch/x86/pv.h"
#include "kernel/main.h"
#include "lib/selftest.h"
#include "mm/iomap.h"
#include "mm/memtype.h"

static const struct iomap *find_screen(void)
{
	for (size_t i = 0; i < iomap_count(); i++) {
		if (strcmp(iomap_get(i)->name, "screen") == 0) {
			return iomap_get(i);
		}
	}
	return NULL;
}

SELFTEST(combines, "the screen that is written to is mapped write-combining")
{
	const struct iomap *map = find_screen();
	const struct boot_framebuffer *screen = &kernel_bootinfo()->framebuffer;

	if (screen->bytes == 0) {
		SKIP("there is no screen");
	}
	CHECK(map != NULL);
	CHECK_EQ(map->frame.mfn, screen->start.pa >> PAGE_SHIFT);
	CHECK_EQ(map->attrs.type, memtype_possible(&pv()->paging->pat, MT_WC));
}

SELFTEST_SUITE(display, &combines);
