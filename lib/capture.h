/* SPDX-License-Identifier: MIT */
/*
 * Catching what is printed.
 *
 * For tests of code that prints. Between begin and end nothing but a panic
 * reaches the console, so only the code under test belongs there: a check that
 * returns would leave the console caught.
 */
#ifndef LIB_CAPTURE_H
#define LIB_CAPTURE_H

#include "lib/log.h"
#include "lib/string.h"
#include "lib/types.h"

#define CAPTURE_MAX 2048

static struct {
	log_sink_t before;
	size_t length;
	char text[CAPTURE_MAX];
} capture;

/* What does not fit is dropped. */
static inline void capture_sink(const char *text, size_t length)
{
	size_t room = CAPTURE_MAX - 1 - capture.length;
	size_t taken = length < room ? length : room;

	memcpy(capture.text + capture.length, text, taken);
	capture.length += taken;
}

static inline void capture_begin(void)
{
	capture.length = 0;
	capture.before = log_set_sink(capture_sink);
}

/* Returns the text, which stays until the next begin. */
static inline const char *capture_end(void)
{
	log_set_sink(capture.before);
	capture.text[capture.length] = '\0';
	return capture.text;
}

#endif
