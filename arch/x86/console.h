/* SPDX-License-Identifier: MIT */
/*
 * The console of bare metal.
 *
 * A serial port, and a screen if there is one. The screen is drawn on only
 * while the page tables are in use that map it: tests load others. What is
 * printed meanwhile is drawn afterwards.
 */
#ifndef ARCH_X86_CONSOLE_H
#define ARCH_X86_CONSOLE_H

#include "arch/x86/bootinfo.h"

/* As pv.h says. */
void console_write(const char *text, size_t length);

/*
 * The run ends: waits until the serial port has sent everything. What the
 * screen has not shown yet is drawn if the page tables in use map it.
 */
void console_end(void);

/*
 * Keeps what is printed from now on for a screen of that shape. Pixels are
 * where the page tables in use map it, or NULL. Nothing is drawn there before
 * the end, as these tables have it with a memory type of their own. False if
 * the screen is no use; without bytes there is none.
 */
bool console_keep_for(const struct boot_framebuffer *framebuffer,
		      volatile uint32_t *pixels);

/* Draws what was kept, and all that follows. The page tables in use map all
 * pixels of that screen, and write-combining is the type for that. */
void console_show(volatile uint32_t *pixels);

#endif
