// SPDX-License-Identifier: MIT
/*
 * Tests of memory and strings.
 *
 * The memory functions work in words and remainders, so they are tried at
 * every alignment and with every length around a few words.
 */
#include "lib/string.h"

#include "lib/selftest.h"

#define OFFSETS 9
#define SIZES	35
#define BUFFER	(OFFSETS + SIZES + OFFSETS)
#define FILLING 0xa5

/* One copy of size bytes from offset from to offset to. */
struct move {
	size_t to;
	size_t from;
	size_t size;
};

static uint8_t numbered(size_t i)
{
	return (uint8_t)(i * 7 + 1);
}

static void number(uint8_t buffer[BUFFER])
{
	for (size_t i = 0; i < BUFFER; i++) {
		buffer[i] = numbered(i);
	}
}

static bool inside(size_t i, const struct move *move)
{
	return i >= move->to && i < move->to + move->size;
}

/* Calls check for every pair of alignments and every size. */
static void for_each_move(void (*check)(const struct move *move))
{
	struct move move;

	for (move.to = 0; move.to < OFFSETS; move.to++) {
		for (move.from = 0; move.from < OFFSETS; move.from++) {
			for (move.size = 0; move.size < SIZES; move.size++) {
				CHECK_CALL(check(&move));
			}
		}
	}
}

/* Numbered once: what a copy does to it stays until the end. */
static uint8_t source[BUFFER];

static void check_copy(const struct move *move)
{
	uint8_t to[BUFFER];

	for (size_t i = 0; i < BUFFER; i++) {
		to[i] = FILLING;
	}
	CHECK(memcpy(to + move->to, source + move->from, move->size) ==
	      to + move->to);
	for (size_t i = 0; i < BUFFER; i++) {
		uint8_t expected = FILLING;

		if (inside(i, move)) {
			expected = numbered(i - move->to + move->from);
		}
		if (to[i] != expected) {
			FAIL("byte %zu is wrong: %zu to %zu, %zu bytes", i,
			     move->from, move->to, move->size);
		}
	}
}

SELFTEST(copies, "memcpy copies the bytes asked for and touches no others")
{
	number(source);
	CHECK_CALL(for_each_move(check_copy));
	for (size_t i = 0; i < BUFFER; i++) {
		CHECK_EQ(source[i], numbered(i));
	}
}

static void check_move(const struct move *move)
{
	uint8_t buffer[BUFFER];

	number(buffer);
	CHECK(memmove(buffer + move->to, buffer + move->from, move->size) ==
	      buffer + move->to);
	for (size_t i = 0; i < BUFFER; i++) {
		uint8_t expected = numbered(i);

		if (inside(i, move)) {
			expected = numbered(i - move->to + move->from);
		}
		if (buffer[i] != expected) {
			FAIL("byte %zu is wrong: %zu to %zu, %zu bytes", i,
			     move->from, move->to, move->size);
		}
	}
}

SELFTEST(moves, "memmove copies between ranges that overlap in either way")
{
	for_each_move(check_move);
}

static void check_set(const struct move *move)
{
	uint8_t buffer[BUFFER];

	number(buffer);
	CHECK(memset(buffer + move->to, 0x1234 + (int)move->from, move->size) ==
	      buffer + move->to);
	for (size_t i = 0; i < BUFFER; i++) {
		uint8_t expected = numbered(i);

		if (inside(i, move)) {
			expected = (uint8_t)(0x34 + move->from);
		}
		if (buffer[i] != expected) {
			FAIL("byte %zu is wrong: %zu bytes from %zu", i,
			     move->size, move->to);
		}
	}
}

SELFTEST(fills, "memset fills the bytes asked for with the value's low byte")
{
	for_each_move(check_set);
}

SELFTEST(compares_memory, "memcmp orders by the first unequal unsigned byte")
{
	static const uint8_t low[4] = { 1, 0, 0x7f, 9 };
	static const uint8_t high[4] = { 1, 0, 0x80, 0 };

	CHECK(memcmp(low, high, 4) < 0);
	CHECK(memcmp(high, low, 4) > 0);
	CHECK(memcmp(low, high, 3) < 0);
	CHECK(memcmp("a", "b", 1) < 0);
	CHECK_EQ(memcmp(low, high, 2), 0);
	CHECK_EQ(memcmp(low, high, 0), 0);
	CHECK_EQ(memcmp(low, low, 4), 0);
}

SELFTEST(measures, "strlen and strnlen stop at the NUL or at the limit")
{
	/* No NUL: a byte too far is outside of the array. */
	static const char open[3] = { 'a', 'b', 'c' };

	CHECK_EQ(strlen(""), 0);
	CHECK_EQ(strlen("abc"), 3);
	CHECK_EQ(strlen("ab\0cd"), 2);
	CHECK_EQ(strnlen("abc", 0), 0);
	CHECK_EQ(strnlen("abc", 2), 2);
	CHECK_EQ(strnlen("abc", 3), 3);
	CHECK_EQ(strnlen("abc", 4), 3);
	CHECK_EQ(strnlen("abc", SIZE_MAX), 3);
	CHECK_EQ(strnlen(open, sizeof(open)), 3);
}

SELFTEST(compares_strings, "strcmp and strncmp order by unsigned characters")
{
	static const char open[3] = { 'a', 'b', 'c' };

	CHECK_EQ(strcmp("", ""), 0);
	CHECK_EQ(strcmp("abc", "abc"), 0);
	CHECK(strcmp("abc", "abd") < 0);
	CHECK(strcmp("abd", "abc") > 0);
	CHECK(strcmp("ab", "abc") < 0);
	CHECK(strcmp("abc", "ab") > 0);
	CHECK(strcmp("\x7f", "\x80") < 0);
	CHECK(strcmp("", "\xff") < 0);

	CHECK_EQ(strncmp("abc", "xyz", 0), 0);
	CHECK_EQ(strncmp("abc", "abd", 2), 0);
	CHECK(strncmp("abc", "abd", 3) < 0);
	CHECK_EQ(strncmp("ab\0x", "ab\0y", 4), 0);
	CHECK_EQ(strncmp(open, "abcdef", sizeof(open)), 0);
	CHECK(strncmp("a", "a\x80", 2) < 0);
}

SELFTEST(finds_characters, "strchr finds the first one, the NUL included")
{
	static const char text[] = "abcabc\xff";

	CHECK(strchr(text, 'a') == text);
	CHECK(strchr(text, 'c') == text + 2);
	CHECK(strchr(text, 'd') == NULL);
	CHECK(strchr(text, '\0') == text + 7);
	CHECK(strchr(text, 0xff) == text + 6);
	CHECK(strchr("", 'a') == NULL);
}

/* What str_copy leaves of "zzzzzz" in a buffer of size bytes. */
struct str_copy_case {
	size_t size;
	const char *from;
	bool whole;
	const char *left;
};

SELFTEST(copies_strings, "str_copy cuts what does not fit and says so")
{
	static const struct str_copy_case cases[] = {
		{ 4, "", true, "\0zzzzz" },
		{ 4, "ab", true, "ab\0zzz" },
		{ 4, "abc", true, "abc\0zz" },
		{ 4, "wxyz", false, "wxy\0zz" },
		{ 4, "0123456789", false, "012\0zz" },
		{ 1, "", true, "\0zzzzz" },
		{ 1, "a", false, "\0zzzzz" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char to[] = "zzzzzz";

		CHECK_EQ(str_copy(to, cases[i].size, cases[i].from),
			 cases[i].whole);
		CHECK_EQ(memcmp(to, cases[i].left, sizeof(to)), 0);
	}
}

SELFTEST(reads_numbers, "str_to_u64 takes whole numbers from 0 to 2^64 - 1")
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "007", 7 },
		{ "4294967296", UINT64_C(0x100000000) },
		{ "18446744073709551615", UINT64_MAX },
		{ "00000000000000000000000018446744073709551615", UINT64_MAX },
		{ "0x0", 0 },
		{ "0x10", 16 },
		{ "0xabcdefABCDEF", UINT64_C(0xabcdefabcdef) },
		{ "0xffffffffffffffff", UINT64_MAX },
		{ "0x00000000000000000000ffffffffffffffff", UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		const char *text = good[i].text;
		uint64_t value = 0x5555;

		CHECK(str_to_u64(text, strlen(text), &value));
		if (value != good[i].value) {
			FAIL("\"%s\" was read as %lu", text, value);
		}
	}
}

SELFTEST(refuses_numbers, "str_to_u64 leaves the value alone on anything else")
{
	static const char *const bad[] = {
		"",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1a",
		"a",
		"x10",
		"0x",
		"0X10",
		"0xg",
		"0x0x1",
		"1.0",
		"0x1 ",
		":",
		"/",
		"0x@",
		"0xG",
		"0x`",
		"18446744073709551616",
		"18446744073709551620",
		"28446744073709551615",
		"99999999999999999999999",
		"0x10000000000000000",
		"0xfffffffffffffffff",
	};

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		uint64_t value = 0x5555;

		selftest_checked();
		if (str_to_u64(bad[i], strlen(bad[i]), &value)) {
			FAIL("\"%s\" was read as %lu", bad[i], value);
		}
		CHECK_EQ(value, 0x5555);
	}
}

SELFTEST(number_length, "str_to_u64 reads length characters and no more")
{
	static const char open[4] = { '0', 'x', '1', '2' };
	uint64_t value = 0x5555;

	CHECK(!str_to_u64(open, 0, &value));
	CHECK(!str_to_u64(NULL, 0, &value));
	CHECK(!str_to_u64(open, 2, &value));
	CHECK(!str_to_u64("12\0", 3, &value));
	CHECK_EQ(value, 0x5555);
	CHECK(str_to_u64(open, 1, &value));
	CHECK_EQ(value, 0);
	CHECK(str_to_u64(open, 3, &value));
	CHECK_EQ(value, 1);
	CHECK(str_to_u64(open, 4, &value));
	CHECK_EQ(value, 0x12);
	CHECK(str_to_u64("123x", 3, &value));
	CHECK_EQ(value, 123);
}

SELFTEST_SUITE(string, &copies, &moves, &fills, &compares_memory, &measures,
	       &compares_strings, &finds_characters, &copies_strings,
	       &reads_numbers, &refuses_numbers, &number_length);
