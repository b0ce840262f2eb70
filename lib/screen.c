// SPDX-License-Identifier: MIT
/*
 * Text on a screen of pixels.
 */
#include "lib/screen.h"

#include "lib/bits.h"
#include "lib/font.h"
#include "lib/string.h"

/* What most lines of TAP want, and what a report does. */
#define COLUMNS_WANTED 85
#define ROWS_WANTED    24

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static char *cell_at(const struct screen *screen, uint32_t row, uint32_t column)
{
	return &screen->cells[(size_t)row * screen->columns + column];
}

/* ---- Pixels -------------------------------------------------------------- */

static void draw_dots(volatile uint32_t *to, unsigned int dots, uint32_t scale)
{
	for (unsigned int x = FONT_WIDTH; x-- > 0;) {
		uint32_t colour =
			(dots & BIT(x)) != 0 ? SCREEN_INK : SCREEN_PAPER;

		for (uint32_t i = 0; i < scale; i++) {
			*to++ = colour;
		}
	}
}

static void draw_cell(const struct screen *screen, uint32_t row,
		      uint32_t column)
{
	uint64_t line = (uint64_t)row * FONT_HEIGHT * screen->scale;
	volatile uint32_t *to = screen->pixels + line * screen->pitch +
				(uint64_t)column * FONT_WIDTH * screen->scale;

	for (unsigned int y = 0; y < FONT_HEIGHT; y++) {
		unsigned int dots = font_line(*cell_at(screen, row, column), y);

		for (uint32_t i = 0; i < screen->scale; i++) {
			draw_dots(to, dots, screen->scale);
			to += screen->pitch;
		}
	}
}

static void clear(const struct screen *screen)
{
	for (uint32_t y = 0; y < screen->height; y++) {
		volatile uint32_t *line =
			screen->pixels + (uint64_t)y * screen->pitch;

		for (uint32_t x = 0; x < screen->width; x++) {
			line[x] = SCREEN_PAPER;
		}
	}
}

void screen_show(struct screen *screen, volatile uint32_t *pixels)
{
	screen->pixels = pixels;
	clear(screen);
	for (uint32_t row = 0; row < screen->rows; row++) {
		for (uint32_t column = 0; column < screen->columns; column++) {
			if (*cell_at(screen, row, column) != ' ') {
				draw_cell(screen, row, column);
			}
		}
	}
}

void screen_hide(struct screen *screen)
{
	screen->pixels = NULL;
}

/* ---- Text ---------------------------------------------------------------- */

/* Most of a screen is blank and stays so when text moves. */
static void set_cell(struct screen *screen, uint32_t row, uint32_t column,
		     char c)
{
	char *cell = cell_at(screen, row, column);

	if (*cell == c) {
		return;
	}
	*cell = c;
	if (screen->pixels != NULL) {
		draw_cell(screen, row, column);
	}
}

static void scroll(struct screen *screen)
{
	uint32_t step = screen->rows < 8 ? 1 : screen->rows / 4;

	for (uint32_t row = 0; row < screen->rows; row++) {
		for (uint32_t column = 0; column < screen->columns; column++) {
			char c = row + step < screen->rows
					 ? *cell_at(screen, row + step, column)
					 : ' ';

			set_cell(screen, row, column, c);
		}
	}
	screen->row -= step;
}

/* A newline at the bottom waits for the text behind it, so that the last line
 * of all is not followed by an empty one. */
static void make_room(struct screen *screen)
{
	if (screen->row == screen->rows) {
		scroll(screen);
	}
}

static void end_line(struct screen *screen)
{
	make_room(screen);
	screen->row++;
	screen->column = 0;
}

static void put(struct screen *screen, char c)
{
	if (c == '\n') {
		end_line(screen);
		return;
	}
	if (screen->column == screen->columns) {
		end_line(screen);
	}
	make_room(screen);
	set_cell(screen, screen->row, screen->column++, c);
}

void screen_write(struct screen *screen, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		put(screen, text[i]);
	}
}

bool screen_init(struct screen *screen, char *cells, uint32_t cell_count,
		 uint32_t width, uint32_t height, uint32_t pitch_bytes)
{
	uint32_t scale = min_u32(width / (FONT_WIDTH * COLUMNS_WANTED),
				 height / (FONT_HEIGHT * ROWS_WANTED));
	uint32_t columns;

	scale = scale != 0 ? scale : 1;
	columns = width / (FONT_WIDTH * scale);
	*screen = (struct screen){
		.width = width,
		.height = height,
		.pitch = pitch_bytes / (uint32_t)sizeof(*screen->pixels),
		.scale = scale,
		.columns = columns,
		.cells = cells,
	};
	if (columns == 0 || screen->pitch < width ||
	    pitch_bytes % sizeof(*screen->pixels) != 0) {
		return false;
	}
	screen->rows =
		min_u32(height / (FONT_HEIGHT * scale), cell_count / columns);
	memset(cells, ' ', (size_t)screen->rows * columns);
	return screen->rows != 0;
}
