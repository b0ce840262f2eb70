/* SPDX-License-Identifier: MIT */
/*
 * Printing.
 *
 * The console carries TAP, so whatever is not a test result is a comment
 * line: it starts with "# ". print writes text as it is; the log functions
 * write whole comment lines and obey the level.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include "lib/types.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Takes bytes to the console; best effort, callable from a panic. */
typedef void (*log_sink_t)(const char *text, size_t length);

/* The last call wins; NULL drops everything, which is the state at start.
 * Returns the sink before, so that a test can catch what is printed. */
log_sink_t log_set_sink(log_sink_t sink);

/* Lines above this level are dropped; LOG_INFO at start. */
void log_set_level(enum log_level level);

/* Formats and hands over in as few pieces as possible: one call of the sink
 * for every LOG_PIECE_MAX bytes. */
#define LOG_PIECE_MAX 512
void print(const char *fmt, ...) PRINTF(1, 2);
void vprint(const char *fmt, va_list args) PRINTF(1, 0);

/* Ends the line if text was printed since the last newline. */
void print_fresh_line(void);

/* One comment line: "# warning: text". */
void log_line(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
