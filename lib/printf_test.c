// SPDX-License-Identifier: MIT
/*
 * Tests of formatted text.
 *
 * The compiler checks the formats of ordinary callers. Here formats are data,
 * so that the odd ones can be had as well.
 */
#include "lib/printf.h"

#include "lib/selftest.h"

#define TEXT_MAX 128

/* Not marked as a printf, or the compiler would refuse half of the cases. */
static void check_text(const char *expected, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;
	size_t length;

	va_start(args, fmt);
	length = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	selftest_checked();
	if (strcmp(text, expected) != 0) {
		FAIL("%s: expected \"%s\", found \"%s\"", fmt, expected, text);
	}
	if (length != strlen(expected)) {
		FAIL("%s: the length is said to be %zu", fmt, length);
	}
}

#define CHECK_TEXT(...) CHECK_CALL(check_text(__VA_ARGS__))

SELFTEST(plain, "text without conversions comes out as it is")
{
	CHECK_TEXT("", "");
	CHECK_TEXT("plain text\n\t\x80", "plain text\n\t\x80");
	CHECK_TEXT("100%", "100%%");
	CHECK_TEXT("%d", "%%d");
	CHECK_TEXT("a1b2c", "a%db%dc", 1, 2);
}

/* A case of a conversion that takes one 64-bit argument. */
struct number_case {
	const char *fmt;
	uint64_t value;
	const char *expected;
};

static void check_numbers(const struct number_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CHECK_TEXT(cases[i].expected, cases[i].fmt, cases[i].value);
	}
}

SELFTEST(signed_numbers, "signed numbers obey sign, width and precision")
{
	static const struct number_case cases[] = {
		{ "%ld", 0, "0" },
		{ "%li", 42, "42" },
		{ "%lld", (uint64_t)-42, "-42" },
		{ "%zd", (uint64_t)INT64_MIN, "-9223372036854775808" },
		{ "%ld", INT64_MAX, "9223372036854775807" },
		{ "%5ld", 42, "   42" },
		{ "%5ld", (uint64_t)-42, "  -42" },
		{ "%-5ld|", 42, "42   |" },
		{ "%-5ld|", (uint64_t)-42, "-42  |" },
		{ "%05ld", 42, "00042" },
		{ "%05ld", (uint64_t)-42, "-0042" },
		{ "%-05ld|", 42, "42   |" },
		{ "%0-5ld|", 42, "42   |" },
		{ "%2ld", 12345, "12345" },
		{ "%02ld", 12345, "12345" },
		{ "%+ld", 42, "+42" },
		{ "%+ld", 0, "+0" },
		{ "%+ld", (uint64_t)-42, "-42" },
		{ "% ld", 42, " 42" },
		{ "% ld", (uint64_t)-42, "-42" },
		{ "%+ ld", 42, "+42" },
		{ "% +ld", 42, "+42" },
		{ "%+05ld", 42, "+0042" },
		{ "% 05ld", 42, " 0042" },
		{ "%.4ld", 42, "0042" },
		{ "%.4ld", (uint64_t)-42, "-0042" },
		{ "%.1ld", 42, "42" },
		{ "%6.4ld", 42, "  0042" },
		{ "%-7.4ld|", (uint64_t)-42, "-0042  |" },
		{ "%06.4ld", 42, "  0042" },
		{ "%.0ld", 0, "" },
		{ "%.ld", 0, "" },
		{ "%3.0ld", 0, "   " },
		{ "%+.0ld", 0, "+" },
		{ "%.0ld", 7, "7" },
		{ "%00005ld", 42, "00042" },
		{ "%0ld", 0, "0" },
		{ "%0ld", 5, "5" },
		{ "%+01ld", 0, "+0" },
		{ "%#ld", 42, "42" },
		{ "%025ld", (uint64_t)INT64_MIN, "-000009223372036854775808" },
		{ "%.25ld", 1, "0000000000000000000000001" },
	};

	check_numbers(cases, ARRAY_COUNT(cases));
}

SELFTEST(unsigned_numbers, "unsigned numbers come in both bases and cases")
{
	static const struct number_case cases[] = {
		{ "%lu", 0, "0" },
		{ "%lu", UINT64_MAX, "18446744073709551615" },
		{ "%llu", UINT64_C(10000000000000000000),
		  "10000000000000000000" },
		{ "%zu", 1, "1" },
		{ "%+lu", 1, "1" },
		{ "% lu", 1, "1" },
		{ "%#lu", 1, "1" },
		{ "%08lu", 12, "00000012" },
		{ "%lx", 0, "0" },
		{ "%lx", UINT64_C(0x0123456789abcdef), "123456789abcdef" },
		{ "%lX", UINT64_C(0x0123456789abcdef), "123456789ABCDEF" },
		{ "%lx", UINT64_MAX, "ffffffffffffffff" },
		{ "%016lx", 0xabc, "0000000000000abc" },
		{ "%#lx", 0xabc, "0xabc" },
		{ "%#lX", 0xabc, "0XABC" },
		{ "%#lx", 0, "0" },
		{ "%#.0lx", 0, "" },
		{ "%#8lx", 0xabc, "   0xabc" },
		{ "%#08lx", 0xabc, "0x000abc" },
		{ "%-#8lx|", 0xabc, "0xabc   |" },
		{ "%#.6lx", 0xabc, "0x000abc" },
		{ "%#12.6lx", 0xabc, "    0x000abc" },
		{ "%#018lx", UINT64_MAX, "0xffffffffffffffff" },
		{ "%#03lx", 0xabc, "0xabc" },
	};

	check_numbers(cases, ARRAY_COUNT(cases));
}

SELFTEST(lengths, "a shorter length takes just that part of the argument")
{
	static const struct number_case cases[] = {
		{ "%d", UINT64_C(0xfffffffffffffffe), "-2" },
		{ "%u", UINT64_C(0xffffffff), "4294967295" },
		{ "%x", UINT64_C(0x12345678), "12345678" },
		{ "%hd", UINT64_C(0x18000), "-32768" },
		{ "%hd", UINT64_C(0x17fff), "32767" },
		{ "%hi", UINT64_C(0x1ffff), "-1" },
		{ "%hu", UINT64_C(0x1ffff), "65535" },
		{ "%hx", UINT64_C(0xabcdef), "cdef" },
		{ "%hhd", UINT64_C(0x180), "-128" },
		{ "%hhd", UINT64_C(0x17f), "127" },
		{ "%hhu", UINT64_C(0x1ff), "255" },
		{ "%hhX", UINT64_C(0xabcd), "CD" },
		{ "%02hhx", 5, "05" },
	};

	check_numbers(cases, ARRAY_COUNT(cases));
	CHECK_TEXT("-2147483648", "%d", INT32_MIN);
	CHECK_TEXT("2147483647", "%d", INT32_MAX);
	CHECK_TEXT("80000000", "%x", INT32_MIN);
}

SELFTEST(strings, "strings obey width and precision, and null has a name")
{
	/* No NUL: a byte too far is outside of the array. */
	static const char open[3] = { 'a', 'b', 'c' };
	const char *null = NULL;

	CHECK_TEXT("", "%s", "");
	CHECK_TEXT("abc", "%s", "abc");
	CHECK_TEXT("  abc", "%5s", "abc");
	CHECK_TEXT("abc  |", "%-5s|", "abc");
	CHECK_TEXT("abc", "%2s", "abc");
	CHECK_TEXT("ab", "%.2s", "abc");
	CHECK_TEXT("", "%.0s", "abc");
	CHECK_TEXT("", "%.s", "abc");
	CHECK_TEXT("abc", "%.9s", "abc");
	CHECK_TEXT("   ab", "%5.2s", "abc");
	CHECK_TEXT("ab   |", "%-5.2s|", "abc");
	CHECK_TEXT("abc", "%.3s", open);
	CHECK_TEXT("ab", "%.*s", 2, open);
	CHECK_TEXT("(null)", "%s", null);
	CHECK_TEXT("  (null)", "%8s", null);
}

SELFTEST(characters, "a character is itself, padded to the width")
{
	char text[4];

	CHECK_TEXT("x", "%c", 'x');
	CHECK_TEXT("  x", "%3c", 'x');
	CHECK_TEXT("x  |", "%-3c|", 'x');
	CHECK_TEXT("\xff", "%c", 0x1ff);

	CHECK_EQ(snprintf(text, sizeof(text), "a%cb", '\0'), 3);
	CHECK_EQ(memcmp(text, "a\0b", 4), 0);
}

SELFTEST(pointers, "a pointer always has its 0x")
{
	CHECK_TEXT("0x0", "%p", NULL);
	CHECK_TEXT("0xffff800000001234", "%p", (void *)0xffff800000001234);
	CHECK_TEXT("    0x12", "%8p", (void *)0x12);
	CHECK_TEXT("0x12    |", "%-8p|", (void *)0x12);
	CHECK_TEXT("0x0000000000000012", "%018p", (void *)0x12);
	CHECK_TEXT("0x0000000000000012", "%.16p", (void *)0x12);
}

SELFTEST(stars, "width and precision can be arguments, negative ones too")
{
	CHECK_TEXT("   42", "%*d", 5, 42);
	CHECK_TEXT("42   |", "%*d|", -5, 42);
	CHECK_TEXT("42   |", "%-*d|", 5, 42);
	CHECK_TEXT("42", "%*d", 0, 42);
	CHECK_TEXT("00042", "%0*d", 5, 42);
	CHECK_TEXT("00042", "%.*d", 5, 42);
	CHECK_TEXT("", "%.*d", 0, 0);
	CHECK_TEXT("0", "%.*d", -1, 0);
	CHECK_TEXT("abc", "%.*s", -2, "abc");
	CHECK_TEXT("00042", "%0*.*d", 5, -1, 42);
	CHECK_TEXT("  007|8", "%*.*d|%d", 5, 3, 7, 8);
}

SELFTEST(unknown, "what is no conversion is printed as it stands")
{
	CHECK_TEXT("%", "%");
	CHECK_TEXT("a%", "a%");
	CHECK_TEXT("%y", "%y");
	CHECK_TEXT("%-+ #08.3lly|", "%-+ #08.3lly|");
	CHECK_TEXT("%n", "%n");
	CHECK_TEXT("%f 7", "%f %d", 7);
	CHECK_TEXT("%o", "%o");
	CHECK_TEXT("%jd", "%jd");
	CHECK_TEXT("%Ld", "%Ld");
	CHECK_TEXT("%-", "%-");
	CHECK_TEXT("%12", "%12");
	CHECK_TEXT("%1.", "%1.");
	CHECK_TEXT("%ll", "%ll");
	CHECK_TEXT("%hh", "%hh");
	CHECK_TEXT("%\n", "%\n");
	CHECK_TEXT("%1$d", "%1$d");
}

/* More than six arguments: the rest is on the stack. */
SELFTEST(many, "arguments of mixed sizes are taken in their order")
{
	CHECK_TEXT("1 two 3 4 5 ffffffffffffffff -7 8 nine c %",
		   "%d %s %u %ld %zu %lx %hhd %llu %s %c %%", 1, "two", 3U, 4L,
		   (size_t)5, UINT64_MAX, -7, 8ULL, "nine", 'c');
}

SELFTEST(cuts, "a buffer gets what fits and a NUL, never a byte more")
{
	static const char whole[] = "12345";
	char text[8];

	for (size_t size = 0; size <= sizeof(text); size++) {
		size_t fits = size < sizeof(whole) ? size : sizeof(whole);

		memset(text, '#', sizeof(text));
		CHECK_EQ(snprintf(text, size, "%d%s", 12, "345"), 5);
		for (size_t i = 0; i < sizeof(text); i++) {
			char expected = i < fits ? whole[i] : '#';

			if (i + 1 == fits) {
				expected = '\0';
			}
			CHECK_EQ(text[i], expected);
		}
	}
	CHECK_EQ(snprintf(NULL, 0, "%s", "abc"), 3);
}

SELFTEST(wide, "a width beyond the buffer counts in full")
{
	char text[4];

	CHECK_EQ(snprintf(text, sizeof(text), "%1000d", 1), 1000);
	CHECK_STR(text, "   ");
	CHECK_EQ(snprintf(text, sizeof(text), "%-1000d", 1), 1000);
	CHECK_STR(text, "1  ");
	CHECK_EQ(snprintf(text, sizeof(text), "%.1000d", 1), 1000);
	CHECK_STR(text, "000");
}

struct collected {
	size_t count;
	char text[TEXT_MAX];
};

static void collect(void *context, char c)
{
	struct collected *collected = context;

	collected->text[collected->count++] = c;
}

static void format_into(struct collected *collected, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	format(collect, collected, fmt, args);
	va_end(args);
}

SELFTEST(put_order, "format puts each character once, in order")
{
	struct collected collected = { 0 };

	format_into(&collected, "<%s %d>", "a", 1);
	collected.text[collected.count] = '\0';
	CHECK_STR(collected.text, "<a 1>");
}

SELFTEST_SUITE(printf, &plain, &signed_numbers, &unsigned_numbers, &lengths,
	       &strings, &characters, &pointers, &stars, &unknown, &many, &cuts,
	       &wide, &put_order);
