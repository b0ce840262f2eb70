/* SPDX-License-Identifier: MIT */
/*
 * The verdict line.
 *
 * The last line of every run and the only one the runner judges. Its form is
 * an interface: see README.md.
 */
#ifndef KERNEL_VERDICT_H
#define KERNEL_VERDICT_H

#include "lib/types.h"

/* From good to bad. */
enum verdict {
	VERDICT_PASS,
	VERDICT_LISTED,
	VERDICT_FAIL,
	VERDICT_ERROR,
	VERDICT_PANIC
};

/* The boot path's name, for the line. The text must stay alive. */
void verdict_set_boot(const char *boot);

/* The name given last; "unknown" before. */
const char *verdict_boot(void);

/* The verdict of the tests run so far; problems is the number of things that
 * went wrong outside the tests. */
enum verdict verdict_of_run(unsigned int problems);

/* Prints the line, with problems added to the errors, and ends the machine. */
NORETURN void verdict_finish(enum verdict verdict, unsigned int problems);

#endif
