// SPDX-License-Identifier: MIT
/*
 * Tests of whole runs.
 *
 * A child process runs a suite of good and bad tests; its parent reads what it
 * prints, to the last character.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/options.h"
#include "kernel/selftest.h"
#include "lib/log.h"
#include "lib/panic.h"

/* The tests that the child runs. Places are given, so that lines of this file
 * can move. */

static void report(enum selftest_result result, int line, const char *message)
{
	selftest_report(result, "file.c", line, "%s", message);
}

SELFTEST(passes, "it passes")
{
	CHECK(true);
}

SELFTEST(skips, "it skips")
{
	CHECK(true);
	report(SELFTEST_SKIP, 1, "why");
}

SELFTEST(fails, "it fails")
{
	report(SELFTEST_FAIL, 2, "because");
}

SELFTEST(errs, "it errs")
{
	report(SELFTEST_ERROR, 3, "unable");
}

SELFTEST(forgets, "it checks nothing")
{
}

SELFTEST(notices, "it knows that it has failed")
{
	report(SELFTEST_SKIP, 4, "not yet");
	selftest_note("failed: %d", selftest_failed());
	report(SELFTEST_FAIL, 5, "first");
	selftest_note("failed: %d", selftest_failed());
	report(SELFTEST_FAIL, 6, "second");
}

SELFTEST(counts_rounds, "it counts its rounds")
{
	selftest_note("rounds: %lu", selftest_rounds(33));
	CHECK(true);
}

static void note_number(void)
{
	struct random random = selftest_random();

	selftest_note("%lx", random_u64(&random));
	selftest_checked();
}

SELFTEST(draws, "it draws a number")
{
	note_number();
}

SELFTEST(draws_too, "it draws another number")
{
	note_number();
}

SELFTEST(panics, "it panics")
{
	panic("the end");
}

SELFTEST_SUITE_ON_REQUEST(sample, &passes, &skips, &fails, &errs, &forgets,
			  &notices, &counts_rounds, &draws, &draws_too,
			  &panics);

/* The child. */

/* More than any of these runs takes. A runner that selects the wrong tests may
 * start this very file again, or hang. */
#define CHILD_SECONDS 10

static int child_output;
static bool is_child;

static void child_sink(const char *text, size_t length)
{
	if (write(child_output, text, length) != (ssize_t)length) {
		_exit(1);
	}
}

static NORETURN void child_finish(void)
{
	struct selftest_counts counts = selftest_counts();

	print("counts: %u %u %u %u\n", counts.ok, counts.skip, counts.fail,
	      counts.error);
	_exit(0);
}

static void child_nothing(void)
{
}

static NORETURN void child_panic(void)
{
	selftest_abandon();
	child_finish();
}

static NORETURN void child_run(const char *line)
{
	static const struct panic_hooks hooks = {
		.begin = child_nothing,
		.describe = child_nothing,
		.finish = child_panic,
		.stop = child_finish,
	};
	struct options options;

	log_set_sink(child_sink);
	panic_set_hooks(&hooks);
	if (options_parse(&options, line) != 0) {
		_exit(1);
	}
	if (options.list) {
		selftest_list();
		_exit(0);
	}
	selftest_run(&options);
	child_finish();
}

/* The parent. */

#define OUTPUT_MAX 65536

/* What the last child has printed. */
static char output[OUTPUT_MAX];

static void read_output(int pipe_end)
{
	size_t length = 0;
	ssize_t got;

	do {
		got = read(pipe_end, output + length, OUTPUT_MAX - 1 - length);
		length += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	output[length] = '\0';
}

/* Runs the tests of the command line in a child. */
static void run(const char *line)
{
	int ends[2];
	int status;
	pid_t child;

	if (is_child) {
		ERROR("a child was asked for another one");
	}
	if (pipe(ends) != 0 || (child = fork()) < 0) {
		ERROR("no child process is to be had");
	}
	if (child == 0) {
		is_child = true;
		child_output = ends[1];
		alarm(CHILD_SECONDS);
		child_run(line);
	}
	close(ends[1]);
	read_output(ends[0]);
	close(ends[0]);
	if (waitpid(child, &status, 0) != child || status != 0) {
		ERROR("the child did not end well");
	}
}

SELFTEST(results, "every result is printed in its form and counted")
{
	CHECK_CALL(run("test=sample/passes,sample/skips,sample/fails,"
		       "sample/errs,sample/forgets"));
	CHECK_STR(output, "1..5\n"
			  "ok 1 - sample/passes: it passes\n"
			  "ok 2 - sample/skips: it skips # SKIP why\n"
			  "not ok 3 - sample/fails: it fails\n"
			  "  ---\n"
			  "  severity: fail\n"
			  "  message: \"because\"\n"
			  "  at: file.c:2\n"
			  "  ...\n"
			  "not ok 4 - sample/errs: it errs\n"
			  "  ---\n"
			  "  severity: error\n"
			  "  message: \"unable\"\n"
			  "  at: file.c:3\n"
			  "  ...\n"
			  "not ok 5 - sample/forgets: it checks nothing\n"
			  "  ---\n"
			  "  severity: error\n"
			  "  message: \"checked nothing\"\n"
			  "  ...\n"
			  "counts: 1 1 1 2\n");
}

SELFTEST(reports, "a test knows whether it has failed, and its first failure")
{
	CHECK_CALL(run("test=sample/notices"));
	CHECK_STR(output, "1..1\n"
			  "# failed: 0\n"
			  "# failed: 1\n"
			  "not ok 1 - sample/notices: it knows that it has "
			  "failed\n"
			  "  ---\n"
			  "  severity: fail\n"
			  "  message: \"first\"\n"
			  "  at: file.c:5\n"
			  "  further: 1\n"
			  "  ...\n"
			  "counts: 0 0 1 0\n");
}

SELFTEST(no_match, "a pattern that matches nothing is a failure of its own")
{
	CHECK_CALL(run("test=no/such,sample/p*s,*/fails"));
	CHECK_STR(output, "1..2\n"
			  "# no test matches: no/such\n"
			  "# no test matches: */fails\n"
			  "ok 1 - sample/passes: it passes\n"
			  "# panic: the end\n"
			  "not ok 2 - sample/panics: it panics\n"
			  "  ---\n"
			  "  severity: error\n"
			  "  message: \"the panic above ended the test\"\n"
			  "  ...\n"
			  "counts: 1 0 2 1\n");
	CHECK_CALL(run("test=no/such"));
	CHECK_STR(output, "1..0\n"
			  "# no test matches: no/such\n"
			  "counts: 0 0 1 0\n");
}

SELFTEST(rounds, "the command line can set the length of random tests")
{
	CHECK_CALL(run("test=sample/counts_rounds"));
	CHECK(strstr(output, "\n# rounds: 33\n") != NULL);
	CHECK_CALL(run("test=sample/counts_rounds rounds=5"));
	CHECK(strstr(output, "\n# rounds: 5\n") != NULL);
}

#define NOTE_MAX 32

/* Runs the tests; finds the note that the last of them printed. */
static void run_for_note(const char *line, char note[NOTE_MAX])
{
	const char *start;

	CHECK_CALL(run(line));
	start = strrchr(output, '#');
	CHECK(start != NULL);
	memcpy(note, start, NOTE_MAX);
	note[strcspn(note, "\n")] = '\0';
}

SELFTEST(seeds, "what a test draws depends on the seed and its name alone")
{
	char first[NOTE_MAX];
	char note[NOTE_MAX];

	CHECK_CALL(run_for_note("test=sample/draws seed=1", first));
	CHECK_CALL(run_for_note("test=sample/draws seed=1", note));
	CHECK_STR(note, first);
	CHECK_CALL(
		run_for_note("test=sample/passes,sample/draws seed=1", note));
	CHECK_STR(note, first);
	CHECK_CALL(run_for_note("test=sample/draws seed=2", note));
	CHECK(strcmp(note, first) != 0);
	CHECK_CALL(run_for_note("test=sample/draws_too seed=1", note));
	CHECK(strcmp(note, first) != 0);
}

SELFTEST(list, "the list says which tests run on request only")
{
	CHECK_CALL(run("list"));
	CHECK(strstr(output, "# sample/passes: it passes (on request)\n") !=
	      NULL);
	CHECK(strstr(output, "# runs/list: the list says which tests run on "
			     "request only\n") != NULL);
}

SELFTEST_SUITE(runs, &results, &reports, &no_match, &rounds, &seeds, &list);
