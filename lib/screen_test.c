// SPDX-License-Identifier: MIT
/*
 * Tests of text on a screen of pixels.
 *
 * On memory that no screen shows, of an odd size: some pixels are left at the
 * right and below, and the lines are further apart than they are wide.
 */
#include "lib/screen.h"

#include "lib/font.h"
#include "lib/selftest.h"

#define COLUMNS	 4
#define ROWS_MAX 8
#define WIDTH	 (COLUMNS * FONT_WIDTH + 5)
#define PITCH	 (WIDTH + 3)
#define REST	 3
#define LINES	 (ROWS_MAX * FONT_HEIGHT + REST + 1)

/* What no letter has. */
#define NOISE UINT32_C(0x12345678)

static struct screen screen;
static uint32_t pixels[LINES * PITCH];
static char cells[4500];

static void make_noise(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(pixels); i++) {
		pixels[i] = NOISE;
	}
}

/* Of so many rows and some lines more; hidden. */
static void begin(uint32_t rows)
{
	make_noise();
	CHECK(screen_init(&screen, cells, sizeof(cells), WIDTH,
			  rows * FONT_HEIGHT + REST,
			  PITCH * sizeof(pixels[0])));
	CHECK_EQ(screen.columns, COLUMNS);
	CHECK_EQ(screen.rows, rows);
}

static void write(const char *text)
{
	screen_write(&screen, text, strlen(text));
}

SELFTEST(sizes, "letters are as large as a screen has room for")
{
	static const struct {
		uint32_t cells, width, height, pitch;
		uint32_t columns, rows, scale;
	} cases[] = {
		{ 4500, 320, 200, 320 * 4, 53, 20, 1 },
		{ 4500, 1024, 768, 1024 * 4, 85, 38, 2 },
		{ 4500, 1280, 800, 1280 * 4, 106, 40, 2 },
		{ 4500, 1366, 768, 1376 * 4, 113, 38, 2 },
		{ 4500, 1920, 1080, 1920 * 4, 106, 36, 3 },
		{ 4500, 3840, 2160, 3840 * 4, 91, 30, 7 },
		/* Flat, upright, with few cells, and the smallest. */
		{ 4500, 3840, 479, 3840 * 4, 640, 7, 1 },
		{ 4500, 1080, 1920, 1080 * 4, 90, 50, 2 },
		{ 848, 1280, 800, 1280 * 4, 106, 8, 2 },
		{ 847, 1280, 800, 1280 * 4, 106, 7, 2 },
		{ 1, 6, 10, 6 * 4, 1, 1, 1 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		CHECK(screen_init(&screen, cells, cases[i].cells,
				  cases[i].width, cases[i].height,
				  cases[i].pitch));
		CHECK_EQ(screen.columns, cases[i].columns);
		CHECK_EQ(screen.rows, cases[i].rows);
		CHECK_EQ(screen.scale, cases[i].scale);
	}
}

static bool try(uint32_t cell_count, uint32_t width, uint32_t height,
		uint32_t pitch_bytes)
{
	return screen_init(&screen, cells, cell_count, width, height,
			   pitch_bytes);
}

SELFTEST(no_use, "a screen without room for a letter, or in disorder, is none")
{
	CHECK(!try(4, 5, 100, 20));
	CHECK(!try(4, 6, 9, 24));
	CHECK(!try(4, 0, 0, 0));
	CHECK(!try(4, 30, 10, 120));
	CHECK(!try(4, 24, 10, 92));
	CHECK(!try(4, 24, 10, 97));
	CHECK(try(4, 24, 10, 96));
}

/* ---- Text ---------------------------------------------------------------- */

/* The rows, each without the blanks at its end. */
static const char *rows_of_text(void)
{
	static char text[ROWS_MAX * (COLUMNS + 1) + 1];
	char *to = text;

	for (uint32_t row = 0; row < screen.rows; row++) {
		uint32_t length = COLUMNS;

		while (length > 0 && cells[row * COLUMNS + length - 1] == ' ') {
			length--;
		}
		memcpy(to, &cells[(size_t)row * COLUMNS], length);
		to += length;
		*to++ = '|';
	}
	*to = '\0';
	return text;
}

SELFTEST(wraps, "a line that is too long goes on in the next row")
{
	CHECK_CALL(begin(4));
	write("0123ab\n\n");
	write("0123\n");
	CHECK_STR(rows_of_text(), "0123|ab||0123|");
	write("de\nf");
	CHECK_STR(rows_of_text(), "|0123|de|f|");
}

SELFTEST(scrolls, "at the bottom text moves up, if there is more of it")
{
	CHECK_CALL(begin(4));
	write("a\nb\nc\nd\n");
	CHECK_STR(rows_of_text(), "a|b|c|d|");
	write("e");
	CHECK_STR(rows_of_text(), "b|c|d|e|");
	write("\n\nf");
	CHECK_STR(rows_of_text(), "d|e||f|");
	CHECK_CALL(begin(8));
	write("a\nb\nc\nd\ne\nf\ng\nh\ni");
	CHECK_STR(rows_of_text(), "c|d|e|f|g|h|i||");
	CHECK_CALL(begin(1));
	write("a\nb");
	CHECK_STR(rows_of_text(), "b|");
}

/* ---- Pixels -------------------------------------------------------------- */

static uint32_t expected(uint32_t x, uint32_t y)
{
	uint32_t row = y / FONT_HEIGHT;
	uint32_t column = x / FONT_WIDTH;
	unsigned int line;

	if (row >= screen.rows || column >= screen.columns) {
		return SCREEN_PAPER;
	}
	line = font_line(cells[row * COLUMNS + column], y % FONT_HEIGHT);
	return (line >> (FONT_WIDTH - 1 - x % FONT_WIDTH) & 1) != 0
		       ? SCREEN_INK
		       : SCREEN_PAPER;
}

/* The pixels show the text, and what is no screen has none. */
static void check_pixels(void)
{
	for (uint32_t y = 0; y < LINES; y++) {
		for (uint32_t x = 0; x < PITCH; x++) {
			bool inside = x < WIDTH && y < screen.height;
			uint32_t want = inside ? expected(x, y) : NOISE;

			if (pixels[y * PITCH + x] != want) {
				FAIL("pixel %u, %u: expected %x, found %x", x,
				     y, want, pixels[y * PITCH + x]);
			}
		}
	}
	selftest_checked();
}

static void write_some(struct random *random)
{
	char text[40];
	size_t length = random_below(random, sizeof(text));

	for (size_t i = 0; i < length; i++) {
		text[i] = (char)random_below(random, 256);
		if (random_below(random, 8) == 0) {
			text[i] = '\n';
		}
	}
	screen_write(&screen, text, length);
}

SELFTEST(inside, "pixels show the text, and none is written beside the screen")
{
	struct random random = selftest_random();

	for (uint32_t rows = 1; rows <= ROWS_MAX; rows++) {
		CHECK_CALL(begin(rows));
		screen_show(&screen, pixels);
		for (unsigned int i = 0; i < 8; i++) {
			write_some(&random);
			CHECK_CALL(check_pixels()); /* SCREEN-1 */
		}
	}
}

/* Each cell changes when the text moves, so all are drawn anew. */
SELFTEST(not_read, "text moves up whatever the pixels have become")
{
	CHECK_CALL(begin(3));
	screen_show(&screen, pixels);
	write("aaaabbbbcccc");
	for (uint32_t y = 0; y < screen.rows * FONT_HEIGHT; y++) {
		for (uint32_t x = 0; x < COLUMNS * FONT_WIDTH; x++) {
			pixels[y * PITCH + x] = NOISE;
		}
	}
	write("dddd");
	CHECK_CALL(check_pixels()); /* SCREEN-2 */
}

/* In their order: that of FNV-1a. */
static uint64_t sum_of_pixels(void)
{
	uint64_t sum = 0xcbf29ce484222325;

	for (size_t i = 0; i < ARRAY_COUNT(pixels); i++) {
		sum = (sum ^ pixels[i]) * 0x100000001b3;
	}
	return sum;
}

/* SCREEN-3 */
SELFTEST(hidden, "what was written while it was hidden is seen afterwards")
{
	struct random random = selftest_random();
	struct random again = random;
	uint64_t shown;

	CHECK_CALL(begin(5));
	screen_show(&screen, pixels);
	for (unsigned int i = 0; i < 16; i++) {
		write_some(&random);
	}
	shown = sum_of_pixels();
	CHECK_CALL(begin(5));
	for (unsigned int i = 0; i < 16; i++) {
		if (i == 5 || i == 12) {
			screen_show(&screen, pixels);
		} else if (i == 9 || i == 14) {
			screen_hide(&screen);
		}
		write_some(&again);
	}
	CHECK(sum_of_pixels() != shown);
	screen_show(&screen, pixels);
	CHECK_EQ(sum_of_pixels(), shown);
}

SELFTEST_SUITE(screen, &sizes, &no_use, &wraps, &scrolls, &inside, &not_read,
	       &hidden);
