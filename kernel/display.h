/* SPDX-License-Identifier: MIT */
/*
 * The screen that firmware left.
 *
 * It gets what the console gets, in two steps: first the text is kept, then,
 * on the kernel's own tables, the screen is mapped and drawn on. A run that
 * ends between them, by an option or a panic, is drawn by the boot tables if
 * they are still in use and reach that far.
 */
#ifndef KERNEL_DISPLAY_H
#define KERNEL_DISPLAY_H

#include "arch/x86/bootinfo.h"

/* Keeps the text. On the boot tables. */
void display_begin(const struct boot_framebuffer *framebuffer);

/* Maps it, write-combining, for the rest of the run; a warning if that cannot
 * be. The kernel must have its own tables. */
void display_map(void);

#endif
