// SPDX-License-Identifier: MIT
/*
 * Tests of patterns.
 *
 * A matcher that is fast is easily wrong in a corner, so random patterns are
 * decided a second time, by the definition and without any thought of speed.
 */
#include "lib/glob.h"

#include "lib/selftest.h"

#define PATHOLOG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

SELFTEST(matches, "a pattern's stars and question marks match as they should")
{
	static const struct {
		const char *pattern;
		const char *text;
		bool matches;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "", false },
		{ "abc", "abc", true },
		{ "abc", "abcd", false },
		{ "abcd", "abc", false },
		{ "abc", "abx", false },
		{ "?", "a", true },
		{ "?", "", false },
		{ "?", "ab", false },
		{ "a?c", "abc", true },
		{ "a?c", "ac", false },
		{ "*", "", true },
		{ "*", "anything/at all", true },
		{ "***", "", true },
		{ "***", "abc", true },
		{ "*?", "", false },
		{ "*?", "a", true },
		{ "?*", "abc", true },
		{ "*??*", "a", false },
		{ "a*", "a", true },
		{ "a*", "ba", false },
		{ "*a", "ba", true },
		{ "*a", "ab", false },
		{ "*ab", "aab", true },
		{ "*ab", "ababab", true },
		{ "*ab*", "xxabyy", true },
		{ "*ab*", "xxaybb", false },
		{ "a*b*c", "a__b__c", true },
		{ "a*b*c", "a__c__b", false },
		{ "a*bc*d", "a_b_bc_d", true },
		{ "cpa/*", "cpa/wc", true },
		{ "cpa/*", "cpa2/wc", false },
		{ "*/wc", "cpa/wc", true },
		{ "A", "a", false },
		{ "[a]", "a", false },
		{ "[a]", "[a]", true },
		{ "\\*", "*", false },
		{ "*", "*", true },
		{ "a**b", "ab", true },
		{ "*\xff?", "a\xff\x80", true },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const char *pattern = cases[i].pattern;
		bool found =
			glob_match(pattern, strlen(pattern), cases[i].text);

		selftest_checked();
		if (found != cases[i].matches) {
			FAIL("\"%s\" on \"%s\": expected %d", pattern,
			     cases[i].text, cases[i].matches);
		}
	}
}

SELFTEST(length, "a pattern ends where its length says")
{
	static const char open[2] = { 'a', '*' };

	CHECK(glob_match("abc", 2, "ab"));
	CHECK(!glob_match("abc", 2, "abc"));
	CHECK(glob_match("a*c", 2, "abd"));
	CHECK(glob_match("abc", 0, ""));
	CHECK(!glob_match("*", 0, "a"));
	CHECK(glob_match(open, sizeof(open), "a"));
	CHECK(glob_match(open, sizeof(open), "abc"));
}

/* A matcher that tries all ways of sharing the text among the stars would not
 * come back from this. */
SELFTEST(time, "a pattern with many stars is decided quickly")
{
	static const char near_miss[] = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
	static const char hit[] = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a";

	CHECK(!glob_match(near_miss, strlen(near_miss), PATHOLOG));
	CHECK(glob_match(hit, strlen(hit), PATHOLOG));
	CHECK(glob_match("*a*a*a", 6, "aaa"));
	CHECK(!glob_match("*a*a*a", 6, "aa"));
}

#define MODEL_MAX 8

/* The definition, as a table: does the rest of the pattern from i on match the
 * rest of the text from j on? */
static bool model_match(const char *pattern, const char *text)
{
	bool fits[MODEL_MAX + 1][MODEL_MAX + 1] = { { false } };
	size_t rows = strlen(pattern);
	size_t columns = strlen(text);

	for (size_t i = rows + 1; i-- > 0;) {
		for (size_t j = columns + 1; j-- > 0;) {
			bool more = j < columns;

			if (i == rows) {
				fits[i][j] = !more;
			} else if (pattern[i] == '*') {
				fits[i][j] = fits[i + 1][j] ||
					     (more && fits[i][j + 1]);
			} else {
				fits[i][j] = more && fits[i + 1][j + 1] &&
					     (pattern[i] == '?' ||
					      pattern[i] == text[j]);
			}
		}
	}
	return fits[0][0];
}

static void random_text(struct random *random, char text[MODEL_MAX + 1],
			const char *letters)
{
	size_t end = random_below(random, MODEL_MAX + 1);
	size_t kinds = strlen(letters);

	for (size_t i = 0; i < end; i++) {
		text[i] = letters[random_below(random, kinds)];
	}
	text[end] = '\0';
}

SELFTEST(model, "random patterns match as the definition says")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(2000);

	for (uint64_t i = 0; i < rounds; i++) {
		char pattern[MODEL_MAX + 1];
		char text[MODEL_MAX + 1];

		random_text(&random, pattern, "aab?**");
		random_text(&random, text, "aab");
		selftest_checked();
		if (glob_match(pattern, strlen(pattern), text) !=
		    model_match(pattern, text)) {
			FAIL("\"%s\" on \"%s\": expected %d", pattern, text,
			     model_match(pattern, text));
		}
	}
}

SELFTEST_SUITE(glob, &matches, &length, &time, &model);
