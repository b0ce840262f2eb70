// SPDX-License-Identifier: MIT
/*
 * Printing.
 *
 * A line goes to the sink in one piece where it fits. Under Xen each piece is
 * a hypercall, and another writer of the same serial line can only come
 * between pieces.
 */
#include "lib/log.h"

#include "lib/printf.h"

static log_sink_t log_sink;
static enum log_level log_level = LOG_INFO;
static bool in_line;

struct piece {
	size_t length;
	char text[LOG_PIECE_MAX];
};

static void piece_flush(struct piece *piece)
{
	if (piece->length == 0) {
		return;
	}
	in_line = piece->text[piece->length - 1] != '\n';
	if (log_sink != NULL) {
		log_sink(piece->text, piece->length);
	}
	piece->length = 0;
}

static void piece_put(void *context, char c)
{
	struct piece *piece = context;

	if (piece->length == sizeof(piece->text)) {
		piece_flush(piece);
	}
	piece->text[piece->length++] = c;
}

log_sink_t log_set_sink(log_sink_t sink)
{
	log_sink_t before = log_sink;

	log_sink = sink;
	return before;
}

void log_set_level(enum log_level level)
{
	log_level = level;
}

void vprint(const char *fmt, va_list args)
{
	struct piece piece;

	piece.length = 0;
	format(piece_put, &piece, fmt, args);
	piece_flush(&piece);
}

void print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprint(fmt, args);
	va_end(args);
}

void print_fresh_line(void)
{
	if (in_line) {
		print("\n");
	}
}

/* The line is put together before it is printed, so that it is one piece. */
void log_line(enum log_level level, const char *fmt, ...)
{
	static const char *const names[] = { "error", "warning", "info",
					     "debug" };
	char text[LOG_PIECE_MAX - 16];
	va_list args;

	if (level > log_level) {
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	print("# %s: %s\n", names[level], text);
}
