/* SPDX-License-Identifier: MIT */
/*
 * The end of a run that cannot go on.
 */
#ifndef LIB_PANIC_H
#define LIB_PANIC_H

#include "lib/types.h"

/*
 * What the upper layers add to a panic. All may be called with anything
 * broken: no allocation, no waiting without bound.
 */
struct panic_hooks {
	/* Makes the console usable, whoever had taken it over. */
	void (*begin)(void);
	/* Prints where we are: the call chain. */
	void (*describe)(void);
	/* Prints the verdict and ends the machine; must not return. */
	NORETURN void (*finish)(void);
	/* Ends the machine without another word; must not return. */
	NORETURN void (*stop)(void);
};

/* Registers the hooks; the last call wins. The structure must stay alive. */
void panic_set_hooks(const struct panic_hooks *hooks);

/*
 * Prints the message and what the hooks know, and does not return. What goes
 * wrong on the way leads here again, with less to do each time: a panic inside
 * a panic only finishes, one inside that only stops, and then it spins. So it
 * does without hooks.
 */
NORETURN void panic(const char *fmt, ...) PRINTF(1, 2);

/*
 * The same for a caller that prints the reason itself, such as the fault
 * report: false if a panic was under way already, and there is nothing more to
 * print. panic_finish comes next.
 */
bool panic_begin(void) MUST_CHECK;
NORETURN void panic_finish(void);

#endif
