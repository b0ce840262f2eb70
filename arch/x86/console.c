// SPDX-License-Identifier: MIT
/*
 * The console of bare metal.
 */
#include "arch/x86/console.h"

#include "arch/x86/cpu.h"
#include "arch/x86/uart.h"
#include "lib/bits.h"
#include "lib/screen.h"

/* Enough for 800x600 pixels, the most that have the smallest letters. */
#define CELLS 8192

static char cells[CELLS];
static struct screen screen;
static bool kept; /* Is there a screen? */

/* Where it is mapped, on which tables, and whether it may be drawn on before
 * the end. */
static volatile uint32_t *mapped;
static uint64_t mapped_root;
static bool live;

/* Set while the screen is at work. A fault in there prints a report, which must
 * not meet the same fault: the serial port has to do then. */
static bool busy;

/* Beside the address CR3 holds PWT, PCD or the PCID (SDM vol. 3, 4.5.2). */
static uint64_t root_in_use(void)
{
	return align_down(cpu_read_cr3(), PAGE_BYTES);
}

static void map_is(volatile uint32_t *pixels)
{
	screen_hide(&screen);
	mapped = pixels;
	mapped_root = root_in_use();
}

/* Shows the screen where it can be reached, and else hides it. */
static void follow_root(void)
{
	if (mapped == NULL || root_in_use() != mapped_root) {
		screen_hide(&screen);
	} else if (screen.pixels == NULL) {
		screen_show(&screen, mapped);
	}
}

void console_write(const char *text, size_t length)
{
	uart_write(text, length);
	if (!kept || busy) {
		return;
	}
	busy = true;
	if (live) {
		follow_root();
	}
	screen_write(&screen, text, length);
	busy = false;
}

void console_end(void)
{
	uart_drain();
	if (!kept || busy) {
		return;
	}
	busy = true;
	follow_root();
	busy = false;
}

bool console_keep_for(const struct boot_framebuffer *framebuffer,
		      volatile uint32_t *pixels)
{
	kept = framebuffer->bytes != 0 &&
	       screen_init(&screen, cells, CELLS, framebuffer->width,
			   framebuffer->height, framebuffer->pitch);
	live = false;
	map_is(pixels);
	return kept;
}

void console_show(volatile uint32_t *pixels)
{
	if (!kept || busy) {
		return;
	}
	busy = true;
	live = true;
	map_is(pixels);
	follow_root();
	busy = false;
}
