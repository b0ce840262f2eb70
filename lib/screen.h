/* SPDX-License-Identifier: MIT */
/*
 * Text on a screen of pixels.
 *
 * Newest text below, wrapped at the right edge. The text itself is kept, so
 * that a screen may be written to before there is a way to its pixels, and so
 * that it can move up without being read: reads of a framebuffer are slow. It
 * moves by a quarter of the screen at once, as each move draws anew.
 *
 * SCREEN-1 Only pixels of the screen are written: none beyond its width, in
 *	    what the pitch adds to a line, and none beyond its last line.
 * SCREEN-2 No pixel is ever read.
 * SCREEN-3 What is seen depends on the text alone, and not on when it was
 *	    shown and hidden.
 */
#ifndef LIB_SCREEN_H
#define LIB_SCREEN_H

#include "lib/types.h"

/* Dark and bright, whatever order the colours have. */
#define SCREEN_PAPER UINT32_C(0x00000000)
#define SCREEN_INK   UINT32_C(0x00d0d0d0)

struct screen {
	volatile uint32_t *pixels; /* NULL while it is hidden. */
	uint32_t width;		   /* In pixels, as height and pitch. */
	uint32_t height;
	uint32_t pitch;
	uint32_t scale; /* The edge of a dot, in pixels. */
	uint32_t columns;
	uint32_t rows;
	/* Where the next character goes, or the edge that it goes beyond; then
	 * there is place made for it. */
	uint32_t column;
	uint32_t row;
	/* The text, row after row. */
	char *cells;
};

/*
 * An empty screen, hidden. Its lines are so many bytes apart. The letters are
 * as large as leaves 85 columns and 24 rows, if there is room for that. The
 * text is kept in cells, one byte for each letter; with too few of them the
 * lower part of the screen is left empty. False if there is no room for a
 * single letter, or no cells for a row, or if the lines overlap or are no whole
 * pixels apart: then the screen must not be used.
 */
bool screen_init(struct screen *screen, char *cells, uint32_t cell_count,
		 uint32_t width, uint32_t height, uint32_t pitch_bytes);

/* Draws everything, what is no text too, and all that is written from now on.
 * The pixels must stay writable until it is hidden. */
void screen_show(struct screen *screen, volatile uint32_t *pixels);

/* The pixels stay as they are; text is kept. */
void screen_hide(struct screen *screen);

/* What is neither a newline nor in the font looks like a question mark. */
void screen_write(struct screen *screen, const char *text, size_t length);

#endif
