// SPDX-License-Identifier: MIT
/*
 * Self-test runner.
 *
 * A test reports from anywhere: its body, a helper, a trap handler. So the
 * runner keeps what it knows in a record and prints when the test is over.
 *
 * The records are plain variables of this file, in the image's .bss, because
 * tests take rights away from memory that they own: were the records on a
 * heap or in a page that a test may get, the report would be what faults.
 */
#include "kernel/selftest.h"

#include "arch/x86/user_access.h"
#include "kernel/escape.h"
#include "lib/assert.h"
#include "lib/glob.h"
#include "lib/printf.h"

#define NAME_MAX     128
#define SENTENCE_MAX 256

static struct {
	uint64_t seed;
	uint64_t rounds;
	const struct selftest_suite *suite;
	const struct selftest *test; /* NULL while none runs. */
	unsigned int number;	     /* Of the last result. */
	struct selftest_record record;
	struct selftest_counts counts;
} runner;

/* What a loop over the suites does with each test. */
typedef void (*visit_t)(const struct selftest_suite *suite,
			const struct selftest *test, void *context);

static void for_each_test(visit_t visit, void *context)
{
	const struct selftest_suite *const *at;

	for (at = __start_selftests; at != __stop_selftests; at++) {
		for (size_t i = 0; i < (*at)->count; i++) {
			visit(*at, (*at)->tests[i], context);
		}
	}
}

static void full_name(char name[NAME_MAX], const struct selftest_suite *suite,
		      const struct selftest *test)
{
	size_t length =
		snprintf(name, NAME_MAX, "%s/%s", suite->name, test->name);

	ASSERT(length < NAME_MAX);
}

/* Cuts the next pattern off; false if there is none left. */
static bool pattern_next(struct text *patterns, struct text *pattern)
{
	size_t length = 0;

	if (patterns->length == 0) {
		return false;
	}
	while (length < patterns->length && patterns->start[length] != ',') {
		length++;
	}
	*pattern = (struct text){ patterns->start, length };
	if (length < patterns->length) {
		length++;
	}
	patterns->start += length;
	patterns->length -= length;
	return true;
}

static bool pattern_selects(struct text pattern,
			    const struct selftest_suite *suite,
			    const struct selftest *test)
{
	size_t length = strlen(suite->name);
	char name[NAME_MAX];

	if (suite->when == SELFTEST_ON_REQUEST &&
	    (pattern.length <= length || pattern.start[length] != '/' ||
	     strncmp(pattern.start, suite->name, length) != 0)) {
		return false;
	}
	full_name(name, suite, test);
	return glob_match(pattern.start, pattern.length, name);
}

bool selftest_selected(struct text patterns, const struct selftest_suite *suite,
		       const struct selftest *test)
{
	struct text pattern;

	if (patterns.length == 0) {
		return suite->when == SELFTEST_ALWAYS;
	}
	while (pattern_next(&patterns, &pattern)) {
		if (pattern_selects(pattern, suite, test)) {
			return true;
		}
	}
	return false;
}

void selftest_record_add(struct selftest_record *record,
			 enum selftest_result result,
			 struct selftest_place place, const char *fmt,
			 va_list args)
{
	if (result >= SELFTEST_FAIL) {
		record->failures++;
	}
	if (result <= record->result) {
		return;
	}
	record->result = result;
	record->file = place.file;
	record->line = place.line;
	vsnprintf(record->message, sizeof(record->message), fmt, args);
}

void selftest_record_close(struct selftest_record *record)
{
	if (record->result == SELFTEST_OK && !record->checked) {
		record->result = SELFTEST_ERROR;
		str_copy(record->message, sizeof(record->message),
			 "checked nothing");
	}
}

static void print_diagnosis(const struct selftest_record *record)
{
	char message[SELFTEST_MESSAGE_MAX * 2];

	escape_yaml(message, sizeof(message), record->message);
	print("  ---\n");
	print("  severity: %s\n",
	      record->result == SELFTEST_FAIL ? "fail" : "error");
	print("  message: \"%s\"\n", message);
	if (record->file != NULL) {
		print("  at: %s:%d\n", record->file, record->line);
	}
	if (record->failures > 1) {
		print("  further: %u\n", record->failures - 1);
	}
	print("  ...\n");
}

void selftest_print_result(unsigned int number,
			   const struct selftest_suite *suite,
			   const struct selftest *test,
			   const struct selftest_record *record)
{
	const char *word = record->result >= SELFTEST_FAIL ? "not ok" : "ok";
	char sentence[SENTENCE_MAX];
	char reason[SENTENCE_MAX];
	char name[NAME_MAX];

	full_name(name, suite, test);
	escape_tap(sentence, sizeof(sentence), test->sentence);
	if (record->result == SELFTEST_SKIP) {
		escape_tap(reason, sizeof(reason), record->message);
		print("%s %u - %s: %s # SKIP %s\n", word, number, name,
		      sentence, reason);
		return;
	}
	print("%s %u - %s: %s\n", word, number, name, sentence);
	if (record->result >= SELFTEST_FAIL) {
		print_diagnosis(record);
	}
}

struct selftest_counts selftest_counts(void)
{
	return runner.counts;
}

void selftest_checked(void)
{
	runner.record.checked = true;
}

void selftest_report(enum selftest_result result, const char *file, int line,
		     const char *fmt, ...)
{
	struct selftest_place place = { file, line };
	va_list args;

	ASSERT(runner.test != NULL);
	va_start(args, fmt);
	selftest_record_add(&runner.record, result, place, fmt, args);
	va_end(args);
}

bool selftest_failed(void)
{
	return runner.record.result >= SELFTEST_FAIL;
}

/* FNV-1a: two names differ in their seeds even if they differ in one letter;
 * the generator mixes the rest. */
struct random selftest_random(void)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	char name[NAME_MAX];

	ASSERT(runner.test != NULL);
	full_name(name, runner.suite, runner.test);
	for (const char *at = name; *at != '\0'; at++) {
		hash = (hash ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
	}
	return random_from(runner.seed ^ hash);
}

uint64_t selftest_rounds(uint64_t usual)
{
	return runner.rounds != 0 ? runner.rounds : usual;
}

void selftest_note(const char *fmt, ...)
{
	char text[SENTENCE_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	escape_controls(text);
	print("# %s\n", text);
}

static void list_one(const struct selftest_suite *suite,
		     const struct selftest *test, UNUSED void *context)
{
	print("# %s/%s: %s%s\n", suite->name, test->name, test->sentence,
	      suite->when == SELFTEST_ON_REQUEST ? " (on request)" : "");
}

void selftest_list(void)
{
	for_each_test(list_one, NULL);
}

/* What one pass over the tests is about. */
struct selection {
	struct text patterns;
	unsigned int count; /* Tests met so far that are selected. */
};

static void count_one(const struct selftest_suite *suite,
		      const struct selftest *test, void *context)
{
	struct selection *selection = context;

	if (selftest_selected(selection->patterns, suite, test)) {
		selection->count++;
	}
}

static unsigned int count_selected(struct text patterns)
{
	struct selection selection = { patterns, 0 };

	for_each_test(count_one, &selection);
	return selection.count;
}

static void check_patterns(struct text patterns)
{
	struct text pattern;

	while (pattern_next(&patterns, &pattern)) {
		if (count_selected(pattern) == 0) {
			print("# no test matches: %.*s\n", (int)pattern.length,
			      pattern.start);
			runner.counts.fail++;
		}
	}
}

static void count_result(enum selftest_result result)
{
	unsigned int *const counts[] = {
		[SELFTEST_OK] = &runner.counts.ok,
		[SELFTEST_SKIP] = &runner.counts.skip,
		[SELFTEST_FAIL] = &runner.counts.fail,
		[SELFTEST_ERROR] = &runner.counts.error,
	};

	(*counts[result])++;
}

static void finish_one(void)
{
	const struct selftest *test = runner.test;

	runner.test = NULL;
	count_result(runner.record.result);
	selftest_print_result(++runner.number, runner.suite, test,
			      &runner.record);
}

void selftest_abandon(void)
{
	if (runner.test != NULL) {
		selftest_report(SELFTEST_ERROR, NULL, 0,
				"the panic above ended the test");
		finish_one();
	}
}

/* UACCESS-1 */
static void close_user_access(void)
{
	if (user_access_close()) {
		selftest_report(SELFTEST_FAIL, NULL, 0,
				"user memory was left open");
	}
}

static void run_one(const struct selftest_suite *suite,
		    const struct selftest *test, void *context)
{
	const struct text *patterns = context;

	if (!selftest_selected(*patterns, suite, test)) {
		return;
	}
	runner.suite = suite;
	runner.test = test;
	memset(&runner.record, 0, sizeof(runner.record));
	test->run();
	close_user_access();
	selftest_record_close(&runner.record);
	finish_one();
}

void selftest_run(const struct options *options)
{
	struct text patterns = options->tests;

	memset(&runner, 0, sizeof(runner));
	runner.seed = options->seed;
	runner.rounds = options->rounds;

	print("1..%u\n", count_selected(patterns));
	check_patterns(patterns);
	for_each_test(run_one, &patterns);
}
