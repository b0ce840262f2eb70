// SPDX-License-Identifier: MIT
/*
 * Text inside of TAP and YAML.
 *
 * Both are made piece by piece, a piece being what one character becomes, so
 * that the end of the room never lies within an escape.
 */
#include "kernel/escape.h"

#include "lib/assert.h"
#include "lib/string.h"

/* The longest escape of one character is "\xNN". */
#define PIECE_MAX 4

static bool is_control(char c)
{
	return (uint8_t)c < 0x20 || c == 0x7f;
}

/* A line break would end the TAP line; the others upset terminals. */
static size_t tap_piece(char piece[PIECE_MAX], char c)
{
	size_t length = 0;

	if (c == '#' || c == '\\') {
		piece[length++] = '\\';
	}
	piece[length++] = is_control(c) ? ' ' : c;
	return length;
}

/* YAML 1.2, 5.7. Bytes that are not ASCII are written in hexadecimal, as
 * nobody knows whether they are valid UTF-8. */
static size_t yaml_piece(char piece[PIECE_MAX], char c)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t byte = (uint8_t)c;
	size_t length = 0;

	if (!is_control(c) && byte < 0x80) {
		if (c == '"' || c == '\\') {
			piece[length++] = '\\';
		}
		piece[length++] = c;
		return length;
	}
	piece[length++] = '\\';
	if (c == '\n') {
		piece[length++] = 'n';
		return length;
	}
	piece[length++] = 'x';
	piece[length++] = digits[byte >> 4];
	piece[length++] = digits[byte & 0xf];
	return length;
}

static void escape(char *to, size_t size, const char *text,
		   size_t (*make_piece)(char piece[PIECE_MAX], char c))
{
	size_t used = 0;

	ASSERT(size != 0);
	for (; *text != '\0'; text++) {
		char piece[PIECE_MAX];
		size_t length = make_piece(piece, *text);

		if (used + length >= size) {
			break;
		}
		memcpy(to + used, piece, length);
		used += length;
	}
	to[used] = '\0';
}

void escape_tap(char *to, size_t size, const char *text)
{
	escape(to, size, text, tap_piece);
}

void escape_yaml(char *to, size_t size, const char *text)
{
	escape(to, size, text, yaml_piece);
}

void escape_controls(char *text)
{
	for (; *text != '\0'; text++) {
		*text = is_control(*text) ? ' ' : *text;
	}
}
