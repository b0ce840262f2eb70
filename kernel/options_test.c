// SPDX-License-Identifier: MIT
/*
 * Tests of the kernel command line.
 *
 * What is understood is read back from the structure; what is not is looked
 * for in the printed lines, because those are what a person sees.
 */
#include "kernel/options.h"

#include "lib/capture.h"
#include "lib/printf.h"
#include "lib/selftest.h"
#include "mm/dump.h"

/* The last line that was read, and what became of it. */
static struct options options;
static size_t bad;
static const char *printed;

static void read_line(const char *line)
{
	/* A field that is not set must show. */
	memset(&options, 0xff, sizeof(options));
	capture_begin();
	bad = options_parse(&options, line);
	printed = capture_end();
}

static bool tests_are(const char *expected)
{
	return options.tests.length == strlen(expected) &&
	       strncmp(options.tests.start, expected, strlen(expected)) == 0;
}

static void check_defaults(void)
{
	CHECK_EQ(options.tests.length, 0);
	CHECK(!options.list);
	CHECK(!options.seed_given);
	CHECK_EQ(options.seed, 0);
	CHECK_EQ(options.rounds, 0);
	CHECK_EQ(options.log_level, LOG_INFO);
	CHECK_EQ(options.dump, 0);
	CHECK(!options.la57);
}

SELFTEST(nothing, "a line without words leaves the defaults")
{
	static const char *const lines[] = { "", " ", "\t", " \t \n\r ", "\n" };

	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		read_line(lines[i]);
		CHECK_EQ(bad, 0);
		CHECK_STR(printed, "");
		CHECK_CALL(check_defaults());
	}
}

SELFTEST(all_options, "every option sets its field and no other")
{
	read_line("list");
	CHECK(options.list);
	options.list = false;
	CHECK_CALL(check_defaults());

	read_line("seed=7");
	CHECK(options.seed_given);
	CHECK_EQ(options.seed, 7);
	options.seed = 0;
	options.seed_given = false;
	CHECK_CALL(check_defaults());

	read_line("rounds=8");
	CHECK_EQ(options.rounds, 8);
	options.rounds = 0;
	CHECK_CALL(check_defaults());

	read_line("test=a/b,c*");
	CHECK(tests_are("a/b,c*"));
	options.tests.length = 0;
	CHECK_CALL(check_defaults());

	read_line("loglevel=debug");
	CHECK_EQ(options.log_level, LOG_DEBUG);
	options.log_level = LOG_INFO;
	CHECK_CALL(check_defaults());

	read_line("la57");
	CHECK(options.la57);
	options.la57 = false;
	CHECK_CALL(check_defaults());

	read_line("dump=image");
	CHECK_EQ(options.dump, DUMP_IMAGE);
	options.dump = 0;
	CHECK_CALL(check_defaults());
}

SELFTEST(words, "words are separated by any number of blanks and tabs")
{
	static const char *const lines[] = {
		"list seed=1 rounds=2 test=x",
		"  list  seed=1  rounds=2  test=x  ",
		"\tlist\t\tseed=1 \t rounds=2\ttest=x\t",
		"list seed=1 rounds=2 test=x\r\n",
	};

	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		read_line(lines[i]);
		CHECK_EQ(bad, 0);
		CHECK_STR(printed, "");
		CHECK(options.list);
		CHECK_EQ(options.seed, 1);
		CHECK_EQ(options.rounds, 2);
		CHECK(tests_are("x"));
	}
}

SELFTEST(numbers, "a seed is any number of 64 bits in either base")
{
	read_line("seed=0");
	CHECK(options.seed_given);
	CHECK_EQ(options.seed, 0);
	read_line("seed=0x10");
	CHECK_EQ(options.seed, 16);
	read_line("seed=18446744073709551615");
	CHECK_EQ(options.seed, UINT64_MAX);
	read_line("rounds=0xffffffffffffffff");
	CHECK_EQ(options.rounds, UINT64_MAX);
	CHECK_EQ(bad, 0);
}

SELFTEST(levels, "each level of the log has its word")
{
	read_line("loglevel=error");
	CHECK_EQ(options.log_level, LOG_ERROR);
	read_line("loglevel=warn");
	CHECK_EQ(options.log_level, LOG_WARN);
	read_line("loglevel=info");
	CHECK_EQ(options.log_level, LOG_INFO);
	read_line("loglevel=debug");
	CHECK_EQ(options.log_level, LOG_DEBUG);
}

SELFTEST(parts, "each part of the tables has its word, and any can be named")
{
	read_line("dump=directmap");
	CHECK_EQ(options.dump, DUMP_DIRECTMAP);
	read_line("dump=all");
	CHECK_EQ(options.dump, DUMP_ALL);
	read_line("dump=image,directmap");
	CHECK_EQ(options.dump, DUMP_IMAGE | DUMP_DIRECTMAP);
	read_line("dump=image,image,all,directmap");
	CHECK_EQ(options.dump, DUMP_IMAGE | DUMP_DIRECTMAP | DUMP_ALL);
	CHECK_EQ(bad, 0);
}

SELFTEST(duplicates, "a name that comes twice has its last value")
{
	read_line("seed=1 test=a seed=2 list test=b,c list loglevel=debug "
		  "loglevel=error");
	CHECK_EQ(bad, 0);
	CHECK_EQ(options.seed, 2);
	CHECK(tests_are("b,c"));
	CHECK(options.list);
	CHECK_EQ(options.log_level, LOG_ERROR);
}

SELFTEST(value_text, "a value goes from the first '=' to the end of the word")
{
	read_line("test=a=b,?#\\=");
	CHECK_EQ(bad, 0);
	CHECK(tests_are("a=b,?#\\="));
}

SELFTEST(unknown, "every unknown name is printed and counted")
{
	static const char *const names[] = {
		"tests=a",  "tes=a",   "test1=a", "Test=a", "lis",
		"listed",   "LIST",    "-list",	  "seeds",  "xseed=1",
		"=",	    "=1",      "==",	  "quiet",  "dumps=all",
		"replay=x", "bench=1", "test:a",  "\x80",
	};

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		char expected[64];

		snprintf(expected, sizeof(expected), "# unknown option: %s\n",
			 names[i]);
		read_line(names[i]);
		CHECK_STR(printed, expected);
		CHECK_EQ(bad, 1);
		CHECK_CALL(check_defaults());
	}
}

#define PARTS "directmap, image or all, separated by commas"

/* A word, and what is printed behind it. */
struct bad_value {
	const char *word;
	const char *wanted;
};

SELFTEST(bad_values, "every bad value is printed with what is wanted")
{
	static const struct bad_value values[] = {
		{ "list=1", "no value" },
		{ "list=", "no value" },
		{ "la57=1", "no value" },
		{ "seed", "a number" },
		{ "seed=", "a number" },
		{ "seed=x", "a number" },
		{ "seed=-1", "a number" },
		{ "seed=0x", "a number" },
		{ "seed=1,2", "a number" },
		{ "seed==1", "a number" },
		{ "seed=18446744073709551616", "a number" },
		{ "rounds", "a number" },
		{ "rounds=", "a number" },
		{ "rounds=many", "a number" },
		{ "rounds=0x10000000000000000", "a number" },
		{ "test", "patterns separated by commas" },
		{ "test=", "patterns separated by commas" },
		{ "test=,", "patterns separated by commas" },
		{ "test=,a", "patterns separated by commas" },
		{ "test=a,", "patterns separated by commas" },
		{ "test=a,,b", "patterns separated by commas" },
		{ "dump", PARTS },
		{ "dump=", PARTS },
		{ "dump=,", PARTS },
		{ "dump=image,", PARTS },
		{ "dump=,image", PARTS },
		{ "dump=image,,all", PARTS },
		{ "dump=images", PARTS },
		{ "dump=al", PARTS },
		{ "dump=image,some", PARTS },
		{ "loglevel", "error, warn, info or debug" },
		{ "loglevel=", "error, warn, info or debug" },
		{ "loglevel=warning", "error, warn, info or debug" },
		{ "loglevel=war", "error, warn, info or debug" },
		{ "loglevel=INFO", "error, warn, info or debug" },
		{ "loglevel=3", "error, warn, info or debug" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
		char expected[96];

		snprintf(expected, sizeof(expected), "# bad value: %s (%s)\n",
			 values[i].word, values[i].wanted);
		read_line(values[i].word);
		CHECK_STR(printed, expected);
		CHECK_EQ(bad, 1);
		CHECK_CALL(check_defaults());
	}
}

SELFTEST(good_and_bad, "bad words neither hide good ones nor each other")
{
	read_line("foo seed=5 seed=y list=no bar=1 rounds=6");
	CHECK_EQ(bad, 4);
	CHECK_STR(printed, "# unknown option: foo\n"
			   "# bad value: seed=y (a number)\n"
			   "# bad value: list=no (no value)\n"
			   "# unknown option: bar=1\n");
	CHECK(options.seed_given);
	CHECK_EQ(options.seed, 5);
	CHECK_EQ(options.rounds, 6);
	CHECK(!options.list);
}

SELFTEST_SUITE(options, &nothing, &all_options, &words, &numbers, &levels,
	       &parts, &duplicates, &value_text, &unknown, &bad_values,
	       &good_and_bad);
