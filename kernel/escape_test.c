// SPDX-License-Identifier: MIT
/*
 * Tests of the escaping for TAP and YAML.
 *
 * Each case is tried with room to spare and with just enough of it, because
 * what does not fit is left off without a word.
 */
#include "kernel/escape.h"

#include "lib/selftest.h"

/* A text, and what it becomes. */
struct escape_case {
	const char *text;
	const char *escaped;
};

static void check_escape(void (*escape)(char *to, size_t size,
					const char *text),
			 const struct escape_case *cases, size_t count)
{
	char to[64];

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(cases[i].escaped);

		escape(to, sizeof(to), cases[i].text);
		CHECK_STR(to, cases[i].escaped);
		escape(to, length + 1, cases[i].text);
		CHECK_STR(to, cases[i].escaped);
	}
}

SELFTEST(tap_text, "text in a TAP line holds no directive and no line break")
{
	static const struct escape_case cases[] = {
		{ "", "" },
		{ "plain - text: 1..2", "plain - text: 1..2" },
		{ "a # SKIP b", "a \\# SKIP b" },
		{ "#", "\\#" },
		{ "a\\# b", "a\\\\\\# b" },
		{ "end\\", "end\\\\" },
		{ "a\nb\rc\td\x1b\x7f", "a b c d  " },
		{ "caf\xc3\xa9 \"x\"", "caf\xc3\xa9 \"x\"" },
	};

	CHECK_CALL(check_escape(escape_tap, cases, ARRAY_COUNT(cases)));
}

SELFTEST(yaml_text, "text in double quotes ends at the closing quote")
{
	static const struct escape_case cases[] = {
		{ "", "" },
		{ "plain: text # here", "plain: text # here" },
		{ "\"", "\\\"" },
		{ "\\", "\\\\" },
		{ "a \"b\\c\" d", "a \\\"b\\\\c\\\" d" },
		{ "a\nb", "a\\nb" },
		{ "\t\x01\x1f\x7f", "\\x09\\x01\\x1f\\x7f" },
		{ "\x80\xfe", "\\x80\\xfe" },
		{ "%s {{x}} 'y'", "%s {{x}} 'y'" },
	};

	CHECK_CALL(check_escape(escape_yaml, cases, ARRAY_COUNT(cases)));
}

SELFTEST(whole, "no escape is cut in two where the room ends")
{
	char to[8];

	escape_tap(to, 3, "a#b");
	CHECK_STR(to, "a");
	escape_tap(to, 4, "a#b");
	CHECK_STR(to, "a\\#");
	escape_tap(to, 1, "a");
	CHECK_STR(to, "");
	escape_yaml(to, 5, "a\x01");
	CHECK_STR(to, "a");
	escape_yaml(to, 6, "a\x01");
	CHECK_STR(to, "a\\x01");
}

SELFTEST(comment_text, "text in a comment holds no control character")
{
	char text[] = "a # \\ \"b\"\n\r\t\x1b\x7f\x80";

	escape_controls(text);
	CHECK_STR(text, "a # \\ \"b\"     \x80");
}

SELFTEST_SUITE(escape, &tap_text, &yaml_text, &whole, &comment_text);
