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
static bool panicking;

void panic_set_hooks(const struct panic_hooks *hooks)
{
	panic_hooks = hooks;
}

bool panic_begin(void)
{
	bool again = panicking;

	panicking = true;
	return again;
}

void panic_finish(void)
{
	if (panic_hooks != NULL) {
		panic_hooks->finish();
	}
	for (;;) {
		barrier();
	}
}

void panic(const char *fmt, ...)
{
	bool again = panic_begin();
	va_list args;

	print("# panic: ");
	va_start(args, fmt);
	vprint(fmt, args);
	va_end(args);
	print("\n");

	if (!again && panic_hooks != NULL) {
		panic_hooks->describe();
	}
	panic_finish();
}
