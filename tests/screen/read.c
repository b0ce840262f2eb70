// SPDX-License-Identifier: MIT
/*
 * Reads the text on a picture of the screen.
 *
 *	read PICTURE [TEXT]
 *
 * PICTURE is a file as QEMU writes it, binary PPM. Every pixel must be that of
 * a letter of the font, or empty. What is read is printed, without the empty
 * rows at the end. TEXT is a file with all that was printed: then the picture
 * must be the one that this text gives. The exit status is 0 if all is so, 1 if
 * not, and 4 for files that cannot be read.
 */
#include "lib/font.h"
#include "lib/screen.h"
#include "lib/string.h"

#include <stdio.h>
#include <stdlib.h>

/* As many as any screen wants. */
#define CELLS 0x10000

static char cells[CELLS];
static struct screen screen;
static uint32_t *picture;

static NORETURN void stop(int status, const char *what, const char *name)
{
	fprintf(stderr, "%s: %s\n", name, what);
	exit(status);
}

static void read_picture(const char *name)
{
	FILE *file = fopen(name, "rb");
	uint32_t width;
	uint32_t height;

	if (file == NULL ||
	    fscanf(file, "P6 %u %u 255", &width, &height) != 2 ||
	    fgetc(file) == EOF) {
		stop(4, "no picture", name);
	}
	if (width > 0x4000 || height > 0x4000 ||
	    !screen_init(&screen, cells, CELLS, width, height, width * 4)) {
		stop(4, "no screen has this size", name);
	}
	picture = calloc((size_t)width * height, sizeof(*picture));
	for (size_t i = 0; i < (size_t)width * height; i++) {
		uint8_t colours[3];

		if (fread(colours, sizeof(colours), 1, file) != 1) {
			stop(4, "the picture is cut", name);
		}
		picture[i] = (uint32_t)(colours[0] << 16 | colours[1] << 8 |
					colours[2]);
	}
	fclose(file);
}

static bool shows(uint32_t row, uint32_t column, int c)
{
	uint32_t width = FONT_WIDTH * screen.scale;
	uint32_t height = FONT_HEIGHT * screen.scale;
	const uint32_t *line = picture + (size_t)row * height * screen.pitch +
			       (size_t)column * width;

	for (uint32_t y = 0; y < height; y++, line += screen.pitch) {
		unsigned int dots = font_line(c, y / screen.scale);

		for (uint32_t x = 0; x < width; x++) {
			unsigned int bit = FONT_WIDTH - 1 - x / screen.scale;

			if (line[x] != ((dots >> bit & 1) != 0
						? SCREEN_INK
						: SCREEN_PAPER)) {
				return false;
			}
		}
	}
	return true;
}

static char read_cell(uint32_t row, uint32_t column, const char *name)
{
	for (int c = FONT_FIRST; c <= FONT_LAST; c++) {
		if (shows(row, column, c)) {
			return (char)c;
		}
	}
	fprintf(stderr, "row %u, column %u: ", row, column);
	stop(1, "no letter of the font", name);
}

/* Into the cells of the screen. */
static void read_cells(const char *name)
{
	for (uint32_t row = 0; row < screen.rows; row++) {
		for (uint32_t column = 0; column < screen.columns; column++) {
			cells[row * screen.columns + column] =
				read_cell(row, column, name);
		}
	}
}

/* What belongs to no cell is empty. */
static void check_rest(const char *name)
{
	uint32_t right = screen.columns * FONT_WIDTH * screen.scale;
	uint32_t bottom = screen.rows * FONT_HEIGHT * screen.scale;

	for (uint32_t y = 0; y < screen.height; y++) {
		for (uint32_t x = y < bottom ? right : 0; x < screen.width;
		     x++) {
			if (picture[(size_t)y * screen.pitch + x] !=
			    SCREEN_PAPER) {
				stop(1, "something is beside the text", name);
			}
		}
	}
}

static const char *row_text(uint32_t row)
{
	return &cells[(size_t)row * screen.columns];
}

static void print_rows(void)
{
	uint32_t empty = 0;

	for (uint32_t row = 0; row < screen.rows; row++) {
		uint32_t length = screen.columns;

		while (length > 0 && row_text(row)[length - 1] == ' ') {
			length--;
		}
		if (length == 0) {
			empty++;
			continue;
		}
		for (; empty > 0; empty--) {
			putchar('\n');
		}
		printf("%.*s\n", (int)length, row_text(row));
	}
}

static void compare(const char *name)
{
	static char wanted_cells[CELLS];
	static struct screen wanted;
	FILE *file = fopen(name, "rb");
	int c;

	if (file == NULL ||
	    !screen_init(&wanted, wanted_cells, CELLS, screen.width,
			 screen.height, screen.pitch * 4)) {
		stop(4, "no text", name);
	}
	while ((c = fgetc(file)) != EOF) {
		char text = (char)c;

		screen_write(&wanted, &text, 1);
	}
	fclose(file);
	for (uint32_t row = 0; row < screen.rows; row++) {
		const char *want = &wanted_cells[(size_t)row * screen.columns];

		if (memcmp(want, row_text(row), screen.columns) != 0) {
			fprintf(stderr, "row %u should be: %.*s\n", row,
				(int)screen.columns, want);
			stop(1, "this text gives another picture", name);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: read PICTURE [TEXT]\n");
		return 4;
	}
	read_picture(argv[1]);
	read_cells(argv[1]);
	check_rest(argv[1]);
	print_rows();
	if (argc == 3) {
		compare(argv[2]);
	}
	free(picture);
	return 0;
}
