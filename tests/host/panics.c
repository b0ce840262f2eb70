// SPDX-License-Identifier: MIT
/*
 * Code that must panic.
 */
#include "tests/host/panics.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/selftest.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX    4096
#define CHILD_SECONDS 10

enum { RETURNED = 10, PANICKED };

static int child_output;

static void child_sink(const char *text, size_t length)
{
	if (write(child_output, text, length) != (ssize_t)length) {
		_exit(1);
	}
}

static void child_nothing(void)
{
}

static NORETURN void child_panicked(void)
{
	_exit(PANICKED);
}

static NORETURN void child_run(void (*action)(void))
{
	static const struct panic_hooks hooks = {
		.begin = child_nothing,
		.describe = child_nothing,
		.finish = child_panicked,
		.stop = child_panicked,
	};

	alarm(CHILD_SECONDS);
	log_set_sink(child_sink);
	panic_set_hooks(&hooks);
	action();
	_exit(RETURNED);
}

static void read_all(int from, char text[OUTPUT_MAX])
{
	size_t length = 0;
	ssize_t got;

	do {
		got = read(from, text + length, OUTPUT_MAX - 1 - length);
		length += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	text[length] = '\0';
}

void check_panics(void (*action)(void), const char *words)
{
	static char text[OUTPUT_MAX];
	int ends[2];
	int status;
	pid_t child;

	if (pipe(ends) != 0 || (child = fork()) < 0) {
		ERROR("no child process is to be had");
	}
	if (child == 0) {
		child_output = ends[1];
		child_run(action);
	}
	close(ends[1]);
	read_all(ends[0], text);
	close(ends[0]);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
		ERROR("the child did not end by itself");
	}
	CHECK_EQ(WEXITSTATUS(status), PANICKED);
	if (strstr(text, words) == NULL) {
		FAIL("expected a panic with \"%s\", found: %s", words, text);
	}
}
