// SPDX-License-Identifier: MIT
/*
 * Tests of the letters of the screen.
 */
#include "lib/font.h"

#include "lib/selftest.h"

static bool same(int a, int b)
{
	for (unsigned int y = 0; y < FONT_HEIGHT; y++) {
		if (font_line(a, y) != font_line(b, y)) {
			return false;
		}
	}
	return true;
}

SELFTEST(distinct, "no two letters look the same")
{
	for (int a = FONT_FIRST; a <= FONT_LAST; a++) {
		for (int b = FONT_FIRST; b < a; b++) {
			if (same(a, b)) {
				FAIL("'%c' looks like '%c'", a, b);
			}
		}
	}
	CHECK(same('\t', '?') && same('\x7f', '?') && same('\xe9', '?'));
}

SELFTEST(apart, "neighbours do not touch, and only a blank is blank")
{
	unsigned int all = 0;

	for (int c = FONT_FIRST; c <= FONT_LAST; c++) {
		unsigned int dots = 0;

		for (unsigned int y = 0; y < FONT_HEIGHT; y++) {
			dots |= font_line(c, y);
		}
		CHECK_EQ(dots == 0, c == ' ');
		CHECK_EQ(font_line(c, FONT_HEIGHT - 1), 0);
		all |= dots;
	}
	CHECK_EQ(all, ((1U << FONT_WIDTH) - 1) & ~1U);
}

/* By its picture, the other way round would be as distinct. */
SELFTEST(upright, "a letter stands upright, its first dot at the left")
{
	static const unsigned int lines[FONT_HEIGHT] = { 0x3e, 0x20, 0x20, 0x3c,
							 0x20, 0x20, 0x20, 0,
							 0,    0 };

	for (unsigned int y = 0; y < FONT_HEIGHT; y++) {
		CHECK_EQ(font_line('F', y), lines[y]);
	}
}

SELFTEST_SUITE(font, &distinct, &apart, &upright);
