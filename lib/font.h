/* SPDX-License-Identifier: MIT */
/*
 * The letters of the screen.
 *
 * Printable ASCII, drawn in dots. A cell has its letter at the left and at the
 * top, so that the last column and the last line keep neighbours apart.
 */
#ifndef LIB_FONT_H
#define LIB_FONT_H

#include "lib/types.h"

#define FONT_FIRST ' '
#define FONT_LAST  '~'

/* A cell, in dots. */
#define FONT_WIDTH  6
#define FONT_HEIGHT 10

/* One line of the cell, 0 at the top: bit FONT_WIDTH - 1 is the leftmost dot.
 * What the font does not have looks like a question mark. */
unsigned int font_line(int c, unsigned int line);

#endif
