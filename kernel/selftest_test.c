// SPDX-License-Identifier: MIT
/*
 * Tests of the self-test runner.
 *
 * The runner cannot be run inside of itself, but its parts can: what is
 * selected, how a record grows, and what a finished record prints.
 */
#include "kernel/selftest.h"

#include "lib/capture.h"
#include "lib/printf.h"

static void do_nothing(void)
{
}

static const struct selftest subject = {
	.name = "name",
	.sentence = "a sentence",
	.run = do_nothing,
};

static const struct selftest *const subjects[] = { &subject };

static const struct selftest_suite always = {
	.name = "suite",
	.when = SELFTEST_ALWAYS,
	.count = ARRAY_COUNT(subjects),
	.tests = subjects,
};

static const struct selftest_suite on_request = {
	.name = "suite",
	.when = SELFTEST_ON_REQUEST,
	.count = ARRAY_COUNT(subjects),
	.tests = subjects,
};

/* A list of patterns, and whether suite/name is selected if its suite runs
 * always and if it runs on request. */
struct selection_case {
	const char *patterns;
	bool always;
	bool on_request;
};

SELFTEST(selects, "a test is selected as its patterns and its suite say")
{
	static const struct selection_case cases[] = {
		{ "", true, false },
		{ "suite/name", true, true },
		{ "suite/*", true, true },
		{ "suite/n?me", true, true },
		{ "*", true, false },
		{ "*/*", true, false },
		{ "*/name", true, false },
		{ "suit?/name", true, false },
		{ "suite*", true, false },
		{ "suite*/name", true, false },
		{ "s*/name", true, false },
		{ "suite", false, false },
		{ "suite/", false, false },
		{ "name", false, false },
		{ "/name", false, false },
		{ "suite/nam", false, false },
		{ "suite/names", false, false },
		{ "sui/name", false, false },
		{ "suites/name", false, false },
		{ "suitx/*", false, false },
		{ "other/x,suite/name", true, true },
		{ "suite/name,other/x", true, true },
		{ "other/x,suite/x", false, false },
		{ "*,suite/x", true, false },
		{ "suite/x,*", true, false },
		{ "suite/x,suite/*,x", true, true },
		{ "suite/na,me", false, false },
		{ ",", false, false },
		{ ",*", true, false },
	};

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const char *patterns = cases[i].patterns;
		struct text text = { patterns, strlen(patterns) };

		selftest_checked();
		if (selftest_selected(text, &always, &subject) !=
		    cases[i].always) {
			FAIL("\"%s\": expected %d", patterns, cases[i].always);
		}
		if (selftest_selected(text, &on_request, &subject) !=
		    cases[i].on_request) {
			FAIL("\"%s\" on request: expected %d", patterns,
			     cases[i].on_request);
		}
	}
}

SELFTEST(pattern_end, "patterns end where their length says")
{
	CHECK(selftest_selected((struct text){ "suite/name,x", 10 }, &always,
				&subject));
	CHECK(!selftest_selected((struct text){ "suite/name", 9 }, &always,
				 &subject));
	CHECK(!selftest_selected((struct text){ "suite/*", 5 }, &on_request,
				 &subject));
}

/* Reports "message N" from "file.c:N". */
static void add(struct selftest_record *record, enum selftest_result result,
		int line, ...)
{
	struct selftest_place place = { "file.c", line };
	va_list args;

	va_start(args, line);
	selftest_record_add(record, result, place, "message %d", args);
	va_end(args);
}

SELFTEST(worst_wins, "a record keeps the first of the worst reports")
{
	struct selftest_record record = { 0 };

	add(&record, SELFTEST_OK, 1, 1);
	CHECK_EQ(record.result, SELFTEST_OK);
	CHECK_STR(record.message, "");
	add(&record, SELFTEST_SKIP, 2, 2);
	add(&record, SELFTEST_SKIP, 3, 3);
	CHECK_EQ(record.result, SELFTEST_SKIP);
	CHECK_STR(record.message, "message 2");
	CHECK_EQ(record.failures, 0);
	add(&record, SELFTEST_FAIL, 4, 4);
	add(&record, SELFTEST_FAIL, 5, 5);
	add(&record, SELFTEST_SKIP, 6, 6);
	CHECK_EQ(record.result, SELFTEST_FAIL);
	CHECK_STR(record.message, "message 4");
	CHECK_EQ(record.line, 4);
	CHECK_EQ(record.failures, 2);
	add(&record, SELFTEST_ERROR, 7, 7);
	add(&record, SELFTEST_FAIL, 8, 8);
	CHECK_EQ(record.result, SELFTEST_ERROR);
	CHECK_STR(record.message, "message 7");
	CHECK_STR(record.file, "file.c");
	CHECK_EQ(record.failures, 4);
}

SELFTEST(checked_nothing, "a test that checked nothing is an error")
{
	struct selftest_record record = { 0 };

	selftest_record_close(&record);
	CHECK_EQ(record.result, SELFTEST_ERROR);
	CHECK_STR(record.message, "checked nothing");

	record = (struct selftest_record){ .checked = true };
	selftest_record_close(&record);
	CHECK_EQ(record.result, SELFTEST_OK);

	record = (struct selftest_record){ 0 };
	add(&record, SELFTEST_SKIP, 1, 1);
	selftest_record_close(&record);
	CHECK_EQ(record.result, SELFTEST_SKIP);

	record = (struct selftest_record){ 0 };
	add(&record, SELFTEST_FAIL, 1, 1);
	selftest_record_close(&record);
	CHECK_EQ(record.result, SELFTEST_FAIL);
}

static const char *print_record(const struct selftest *test,
				const struct selftest_record *record)
{
	capture_begin();
	selftest_print_result(7, &always, test, record);
	return capture_end();
}

SELFTEST(prints_ok, "a passed test is one line")
{
	struct selftest_record record = { .checked = true };

	CHECK_STR(print_record(&subject, &record),
		  "ok 7 - suite/name: a sentence\n");
}

SELFTEST(prints_skip, "a skipped test is one line with its reason")
{
	static const struct selftest odd = {
		.name = "odd",
		.sentence = "no # SKIP here",
		.run = do_nothing,
	};
	struct selftest_record record = {
		.result = SELFTEST_SKIP,
		.message = "bug #7\nis not ours",
	};

	CHECK_STR(print_record(&odd, &record),
		  "ok 7 - suite/odd: no \\# SKIP here "
		  "# SKIP bug \\#7 is not ours\n");
}

SELFTEST(prints_failure, "a failed test says why and where")
{
	struct selftest_record record = {
		.result = SELFTEST_FAIL,
		.file = "mm/cpa_test.c",
		.line = 88,
		.message = "found \"\\x\"",
		.checked = true,
		.failures = 1,
	};

	CHECK_STR(print_record(&subject, &record),
		  "not ok 7 - suite/name: a sentence\n"
		  "  ---\n"
		  "  severity: fail\n"
		  "  message: \"found \\\"\\\\x\\\"\"\n"
		  "  at: mm/cpa_test.c:88\n"
		  "  ...\n");
}

SELFTEST(prints_error, "an error has its own severity, and tells of others")
{
	struct selftest_record record = {
		.result = SELFTEST_ERROR,
		.message = "checked nothing",
		.failures = 3,
	};

	CHECK_STR(print_record(&subject, &record),
		  "not ok 7 - suite/name: a sentence\n"
		  "  ---\n"
		  "  severity: error\n"
		  "  message: \"checked nothing\"\n"
		  "  further: 2\n"
		  "  ...\n");
}

SELFTEST(notes, "a note is one comment line")
{
	const char *printed;

	capture_begin();
	selftest_note("%d of\n%d", 3, 7);
	printed = capture_end();
	CHECK_STR(printed, "# 3 of 7\n");
}

SELFTEST(same_numbers, "a test draws the same numbers whenever it asks")
{
	struct random first = selftest_random();
	struct random second = selftest_random();

	CHECK_EQ(random_u64(&first), random_u64(&second));
}

/* The list does not fit a capture, so its lines are looked at one by one. */
static struct {
	size_t lines;
	size_t own; /* Lines that are the one of the test below. */
} listed;

static void list_sink(const char *text, size_t length)
{
	static const char own[] = "# runner/lists: the list has one line for "
				  "every test of the image\n";

	listed.lines++;
	if (length == strlen(own) && memcmp(text, own, length) == 0) {
		listed.own++;
	}
}

SELFTEST(lists, "the list has one line for every test of the image")
{
	const struct selftest_suite *const *suite;
	log_sink_t before = log_set_sink(list_sink);
	size_t tests = 0;

	memset(&listed, 0, sizeof(listed));
	selftest_list();
	log_set_sink(before);

	for (suite = __start_selftests; suite != __stop_selftests; suite++) {
		tests += (*suite)->count;
	}
	CHECK_EQ(listed.lines, tests);
	CHECK_EQ(listed.own, 1);
}

SELFTEST_SUITE(runner, &selects, &pattern_end, &worst_wins, &checked_nothing,
	       &prints_ok, &prints_skip, &prints_failure, &prints_error, &notes,
	       &same_numbers, &lists);
