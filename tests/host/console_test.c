// SPDX-License-Identifier: MIT
/*
 * Tests of the console's screen.
 *
 * The console of the host program is the one under test: nothing is printed
 * from the moment it has a screen until it has none but what is written here,
 * which are comments to whoever reads the serial port.
 */
#include "arch/x86/console.h"

#include "arch/x86/cpu.h"
#include "arch/x86/native.h"
#include "lib/font.h"
#include "lib/screen.h"
#include "lib/selftest.h"

#define WIDTH	  ((size_t)4 * FONT_WIDTH)
#define HEIGHT	  ((size_t)2 * FONT_HEIGHT)
#define LETTER_AT ((size_t)2 * FONT_WIDTH)
#define NOISE	  UINT32_C(0x12345678)

static const struct boot_framebuffer shape = {
	.bytes = WIDTH * HEIGHT * sizeof(uint32_t),
	.width = WIDTH,
	.height = HEIGHT,
	.pitch = WIDTH * sizeof(uint32_t),
};

static const struct boot_framebuffer none;

static uint32_t early[HEIGHT * WIDTH];
static uint32_t late[HEIGHT * WIDTH];

/* The letter of the first row, "# a", or '\0' if nothing was drawn there. */
static char letter_on(const uint32_t *pixels)
{
	for (int c = FONT_LAST; c >= FONT_FIRST; c--) {
		bool same = true;

		for (size_t i = 0; i < (size_t)FONT_HEIGHT * FONT_WIDTH; i++) {
			size_t x = i % FONT_WIDTH;
			size_t y = i / FONT_WIDTH;
			bool ink = (font_line(c, (unsigned int)y) >>
					    (FONT_WIDTH - 1 - x) &
				    1) != 0;

			same = same &&
			       pixels[y * WIDTH + LETTER_AT + x] ==
				       (ink ? SCREEN_INK : SCREEN_PAPER);
		}
		if (same) {
			return (char)c;
		}
	}
	return '\0';
}

/* What was seen at each step, in a line. */
static char seen[32];
static size_t seen_count;

static void look(void)
{
	char letters[] = { letter_on(early), letter_on(late) };

	for (size_t i = 0; i < ARRAY_COUNT(letters); i++) {
		seen[seen_count++] = letters[i] == '\0' ? '.' : letters[i];
	}
	seen[seen_count++] = ' ';
	seen[seen_count] = '\0';
}

static void begin(void)
{
	for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
		early[i] = NOISE;
		late[i] = NOISE;
	}
	seen_count = 0;
}

#define OTHER_ROOT UINT64_C(0x7000)

static void write(const char *text)
{
	console_write(text, strlen(text));
}

#define SKIP_UNLESS_NATIVE()                                \
	do {                                                \
		if (pv() != &pv_native) {                   \
			SKIP("the console is another one"); \
		}                                           \
	} while (0)

/* The steps of a run, and what they show on either mapping. */
static void follow_run(uint64_t root)
{
	console_keep_for(&shape, early);
	write("# a\n");
	look();
	cpu_write_cr3(OTHER_ROOT);
	console_end(); /* The boot tables are not in use. */
	look();
	console_show(late);
	look();
	cpu_write_cr3(root);
	write("# b\n# c\n"); /* Of which the screen has two rows. */
	look();
	cpu_write_cr3(OTHER_ROOT | 0x18); /* PWT and PCD. */
	write("");
	look();
}

SELFTEST(follows, "the screen is drawn on while its page tables are in use")
{
	uint64_t root = cpu_read_cr3();

	SKIP_UNLESS_NATIVE();
	begin();
	follow_run(root);
	cpu_write_cr3(root);
	console_keep_for(&none, NULL);
	CHECK_STR(seen, ".. .. .a .a .b ");
}

SELFTEST(ends_early, "what ends on the boot tables is drawn at its end")
{
	SKIP_UNLESS_NATIVE();
	begin();
	console_keep_for(&shape, early);
	write("# a\n");
	look();
	console_end();
	look();
	console_keep_for(&none, NULL);
	CHECK_STR(seen, ".. a. ");
}

SELFTEST(not_reached, "a screen that no tables map is left alone")
{
	static const struct boot_framebuffer tiny = {
		.bytes = 4, .width = 1, .height = 1, .pitch = 4
	};
	bool useful;

	SKIP_UNLESS_NATIVE();
	begin();
	console_keep_for(&shape, NULL);
	write("# a\n");
	console_end();
	look();
	useful = console_keep_for(&tiny, early);
	console_show(late);
	write("# a\n");
	console_end();
	look();
	console_keep_for(&none, NULL);
	CHECK_STR(seen, ".. .. ");
	CHECK(!useful);
}

SELFTEST_SUITE(console, &follows, &ends_early, &not_reached);
