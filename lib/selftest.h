/* SPDX-License-Identifier: MIT */
/*
 * Writing self-tests.
 *
 * A test is a sentence, a body and a line in the table at the bottom of the
 * file:
 *
 *	SELFTEST(wraps, "a wrapped range is cut at the top")
 *	{
 *		CHECK_EQ(range_end(r), TOP);
 *	}
 *
 *	SELFTEST_SUITE(ranges, &wraps, &empty);
 *
 * The sentence states the property that holds when the test passes. The
 * runner (kernel/selftest.c) prints
 * "ok 7 - ranges/wraps: a wrapped range is cut at the top".
 *
 * A check that does not hold records where and why, and returns from the
 * function it stands in, which therefore returns void. A test that returns
 * without having checked anything is an error: it proves nothing.
 */
#ifndef LIB_SELFTEST_H
#define LIB_SELFTEST_H

#include "lib/random.h"
#include "lib/string.h"
#include "lib/types.h"

struct selftest {
	const char *name;
	const char *sentence;
	void (*run)(void);
};

enum selftest_when {
	SELFTEST_ALWAYS,
	/* Only if the command line names the suite: it ends the run badly. */
	SELFTEST_ON_REQUEST
};

struct selftest_suite {
	const char *name;
	enum selftest_when when;
	size_t count;
	const struct selftest *const *tests;
};

#define SELFTEST(id, text)                                         \
	static void id##_run(void);                                \
	static const struct selftest id = { #id, text, id##_run }; \
	static void id##_run(void)

#define SELFTEST_SUITE_WHEN(id, condition, ...)                             \
	static const struct selftest *const id##_tests[] = { __VA_ARGS__ }; \
	static const struct selftest_suite id##_suite = {                   \
		#id, condition, ARRAY_COUNT(id##_tests), id##_tests         \
	};                                                                  \
	static const struct selftest_suite *const id##_entry SECTION(       \
		"selftests") = &id##_suite

#define SELFTEST_SUITE(id, ...) \
	SELFTEST_SUITE_WHEN(id, SELFTEST_ALWAYS, __VA_ARGS__)

#define SELFTEST_SUITE_ON_REQUEST(id, ...) \
	SELFTEST_SUITE_WHEN(id, SELFTEST_ON_REQUEST, __VA_ARGS__)

/* The linker gathers the entries of all files; it names the ends itself,
 * because the section's name is a C identifier. */
extern const struct selftest_suite *const __start_selftests[];
extern const struct selftest_suite *const __stop_selftests[];

/* From bad to worse; a test has the worst that was reported. */
enum selftest_result {
	SELFTEST_OK,
	SELFTEST_SKIP,
	SELFTEST_FAIL,
	SELFTEST_ERROR
};

/* Implemented by the runner. */
void selftest_checked(void);
void selftest_report(enum selftest_result result, const char *file, int line,
		     const char *fmt, ...) PRINTF(4, 5);
/* True once the running test has reported anything but a skip: for loops and
 * helpers that should stop then. */
bool selftest_failed(void);
/* A generator of the run's seed and the test's name: the same test draws the
 * same numbers whatever else is run. */
struct random selftest_random(void);
/* How many rounds a randomised test should take: rounds= or usual. */
uint64_t selftest_rounds(uint64_t usual);
/* One "# ..." line between results: a heartbeat, a figure. */
void selftest_note(const char *fmt, ...) PRINTF(1, 2);

#define SELFTEST_RETURN(result, ...)                                      \
	do {                                                              \
		selftest_report(result, __FILE__, __LINE__, __VA_ARGS__); \
		return;                                                   \
	} while (0)

/* The test does not apply here; the reason is printed. */
#define SKIP(...) SELFTEST_RETURN(SELFTEST_SKIP, __VA_ARGS__)
/* The test could not do its work. */
#define ERROR(...) SELFTEST_RETURN(SELFTEST_ERROR, __VA_ARGS__)
/* The subject is wrong; for what the checks below cannot say. */
#define FAIL(...) SELFTEST_RETURN(SELFTEST_FAIL, __VA_ARGS__)

#define CHECK(cond)                                 \
	do {                                        \
		selftest_checked();                 \
		if (!(cond)) {                      \
			FAIL("expected %s", #cond); \
		}                                   \
	} while (0)

/* Integers of any type up to 64 bits, compared as unsigned. */
#define CHECK_EQ(found, expected)                                           \
	do {                                                                \
		uint64_t check_found = (uint64_t)(found);                   \
		uint64_t check_expected = (uint64_t)(expected);             \
		selftest_checked();                                         \
		if (check_found != check_expected) {                        \
			FAIL("%s: expected %lu (0x%lx), found %lu (0x%lx)", \
			     #found, check_expected, check_expected,        \
			     check_found, check_found);                     \
		}                                                           \
	} while (0)

#define CHECK_STR(found, expected)                                        \
	do {                                                              \
		const char *check_found = (found);                        \
		const char *check_expected = (expected);                  \
		selftest_checked();                                       \
		if (strcmp(check_found, check_expected) != 0) {           \
			FAIL("%s: expected \"%s\", found \"%s\"", #found, \
			     check_expected, check_found);                \
		}                                                         \
	} while (0)

/* Calls a helper that checks, and returns if it found something. */
#define CHECK_CALL(call)                 \
	do {                             \
		call;                    \
		if (selftest_failed()) { \
			return;          \
		}                        \
	} while (0)

#endif
