/* SPDX-License-Identifier: MIT */
/*
 * The end of a run that cannot go on.
 */
#ifndef LIB_PANIC_H
#define LIB_PANIC_H

#include "lib/types.h"

/*
 * What the upper layers add to a panic. Both may be called with anything
 * broken: no allocation, no waiting without bound.
 */
struct panic_hooks {
	/* Prints where we are: the call chain. */
	void (*describe)(void);
	/* Prints the verdict and ends the machine; must not return. */
	NORETURN void (*finish)(void);
};

/* Registers the hooks; the last call wins. The structure must stay alive. */
void panic_set_hooks(const struct panic_hooks *hooks);

/*
 * Prints the message, what the hooks know, and does not return. A panic that
 * happens inside a panic skips the description and finishes at once. Without
 * hooks it spins: no boot path may run C before it has registered them.
 */
NORETURN void panic(const char *fmt, ...) PRINTF(1, 2);

/*
 * The same end for a caller that has printed the reason itself, such as the
 * fault report. Returns true if a panic was already under way: then print
 * nothing more and call panic_finish.
 */
bool panic_begin(void);
NORETURN void panic_finish(void);

#endif
