// SPDX-License-Identifier: MIT
/*
 * The end of a run that cannot go on.
 *
 * lib knows neither the call chain nor the verdict, so the upper layers hang
 * themselves in as hooks. The order here is what matters: message first,
 * because everything after it may fault again.
 */
#include "lib/panic.h"

#include "lib/log.h"

static const struct panic_hooks *panic_hooks;
/* How many panics there were, each inside the one before. */
static unsigned int panic_depth;

void panic_set_hooks(const struct panic_hooks *hooks)
{
	panic_hooks = hooks;
}

bool panic_begin(void)
{
	panic_depth++;
	if (panic_depth != 1) {
		return false;
	}
	if (panic_hooks != NULL) {
		panic_hooks->begin();
	}
	print_fresh_line();
	return true;
}

void panic_finish(void)
{
	if (panic_hooks != NULL && panic_depth <= 2) {
		panic_hooks->finish();
	}
	if (panic_hooks != NULL && panic_depth == 3) {
		panic_hooks->stop();
	}
	for (;;) {
		barrier();
	}
}

void panic(const char *fmt, ...)
{
	va_list args;

	if (panic_begin()) {
		print("# panic: ");
		va_start(args, fmt);
		vprint(fmt, args);
		va_end(args);
		print("\n");
		if (panic_hooks != NULL) {
			panic_hooks->describe();
		}
	}
	panic_finish();
}
