/* SPDX-License-Identifier: MIT */
/*
 * Self-test runner.
 *
 * Runs the suites that the linker gathered and speaks TAP 13.
 */
#ifndef KERNEL_SELFTEST_H
#define KERNEL_SELFTEST_H

#include "kernel/options.h"
#include "lib/selftest.h"

struct selftest_counts {
	unsigned int ok;
	unsigned int skip;
	unsigned int fail;
	unsigned int error;
};

/* The counts so far, also in the middle of a run: for the verdict after a
 * panic. All zero after a run means that nothing was selected. */
struct selftest_counts selftest_counts(void);

/* Prints the tests of this image, "# suite/name: sentence" a line, with
 * " (on request)" at the end of those that only run by name. */
void selftest_list(void);

/*
 * Prints the plan, runs what options->tests asks for (everything but the
 * suites on request if it is empty), and prints each result. A pattern that
 * matches no test is reported and counts as a failure.
 */
void selftest_run(const struct options *options);

/* Called on the way out of a panic: the test that was running, if any, is an
 * error, and its result is printed. */
void selftest_abandon(void);

/*
 * The parts of the runner that its own tests call.
 */

#define SELFTEST_MESSAGE_MAX 512

/* What is known of a test so far; all zero before it runs. */
struct selftest_record {
	enum selftest_result result; /* The worst of all reports, */
	const char *file;	     /* and the first report of that kind: */
	int line;		     /* where (file NULL: nowhere) and why. */
	char message[SELFTEST_MESSAGE_MAX];
	bool checked;
	unsigned int failures; /* Reports other than a skip. */
};

/* Takes a report; SELFTEST_OK changes nothing. file and line are in place. */
struct selftest_place {
	const char *file;
	int line;
};
void selftest_record_add(struct selftest_record *record,
			 enum selftest_result result,
			 struct selftest_place place, const char *fmt,
			 va_list args) PRINTF(4, 0);

/* A test that has returned without a report and without a check is an error. */
void selftest_record_close(struct selftest_record *record);

/* Prints "ok 3 - suite/name: sentence" and what belongs to it. */
void selftest_print_result(unsigned int number,
			   const struct selftest_suite *suite,
			   const struct selftest *test,
			   const struct selftest_record *record);

/*
 * Do the patterns (separated by commas; or empty) ask for the test? A suite
 * on request has to be spelled out before the '/': no wildcard reaches it.
 */
bool selftest_selected(struct text patterns, const struct selftest_suite *suite,
		       const struct selftest *test);

#endif
