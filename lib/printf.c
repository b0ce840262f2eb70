// SPDX-License-Identifier: MIT
/*
 * Formatted text.
 *
 * A conversion is read into a description first and carried out after that,
 * so that text which is no conversion can still be printed as it stands.
 */
#include "lib/printf.h"

#include "lib/string.h"

/* The longest digits are those of 2^64 - 1 in base 10. */
#define DIGITS_MAX 20

/* Where the text goes. */
struct output {
	void (*put)(void *context, char c);
	void *context;
};

/* A va_list may be an array, which as a parameter cannot be passed on by
 * address; inside a structure it can. */
struct arguments {
	va_list list;
};

enum length { LENGTH_INT, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG };

/* One conversion: "%-08lx" in pieces. */
struct spec {
	bool left;
	bool zero;
	bool alternate;
	char plus; /* What stands before a number that is not negative, or 0. */
	bool precise;
	size_t precision;
	size_t width;
	enum length length;
	char conversion;
};

static void put_text(const struct output *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		out->put(out->context, text[i]);
	}
}

static void put_repeated(const struct output *out, char c, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		out->put(out->context, c);
	}
}

static size_t subtract_or_zero(size_t a, size_t b)
{
	return a > b ? a - b : 0;
}

static const char *read_flags(struct spec *spec, const char *at)
{
	for (;; at++) {
		switch (*at) {
		case '-':
			spec->left = true;
			break;
		case '0':
			spec->zero = true;
			break;
		case '#':
			spec->alternate = true;
			break;
		case '+':
			spec->plus = '+';
			break;
		case ' ':
			/* '+' overrides ' ', in either order (C17 7.21.6.1). */
			if (spec->plus == '\0') {
				spec->plus = ' ';
			}
			break;
		default:
			return at;
		}
	}
}

static const char *read_number(size_t *number, const char *at)
{
	*number = 0;
	while (*at >= '0' && *at <= '9') {
		*number = *number * 10 + (size_t)(*at - '0');
		at++;
	}
	return at;
}

/* A negative width from an argument is a flag and a width. */
static const char *read_width(struct spec *spec, const char *at,
			      struct arguments *args)
{
	if (*at == '*') {
		int width = va_arg(args->list, int);

		spec->left |= width < 0;
		spec->width = width < 0 ? 0 - (size_t)width : (size_t)width;
		return at + 1;
	}
	return read_number(&spec->width, at);
}

/* A negative precision from an argument is none. */
static const char *read_precision(struct spec *spec, const char *at,
				  struct arguments *args)
{
	if (*at != '.') {
		return at;
	}
	at++;
	spec->precise = true;
	if (*at == '*') {
		int precision = va_arg(args->list, int);

		spec->precise = precision >= 0;
		spec->precision = (size_t)precision;
		return at + 1;
	}
	return read_number(&spec->precision, at);
}

/* long, long long and size_t are all 64 bits wide. */
static const char *read_length(struct spec *spec, const char *at)
{
	if (*at == 'z') {
		spec->length = LENGTH_LONG;
		return at + 1;
	}
	if (*at == 'l') {
		spec->length = LENGTH_LONG;
		return at[1] == 'l' ? at + 2 : at + 1;
	}
	if (*at == 'h') {
		bool twice = at[1] == 'h';

		spec->length = twice ? LENGTH_CHAR : LENGTH_SHORT;
		return twice ? at + 2 : at + 1;
	}
	return at;
}

/* Reads what stands behind '%'; returns where the conversion character is. */
static const char *read_spec(struct spec *spec, const char *at,
			     struct arguments *args)
{
	memset(spec, 0, sizeof(*spec));
	at = read_flags(spec, at);
	at = read_width(spec, at, args);
	at = read_precision(spec, at, args);
	at = read_length(spec, at);
	spec->conversion = *at;
	return at;
}

static uint64_t unsigned_argument(const struct spec *spec,
				  struct arguments *args)
{
	uint64_t value;

	if (spec->length == LENGTH_LONG) {
		return va_arg(args->list, uint64_t);
	}
	value = va_arg(args->list, unsigned int);
	if (spec->length == LENGTH_CHAR) {
		return (uint8_t)value;
	}
	return spec->length == LENGTH_SHORT ? (uint16_t)value : value;
}

static int64_t signed_argument(const struct spec *spec, struct arguments *args)
{
	int value;

	if (spec->length == LENGTH_LONG) {
		return va_arg(args->list, int64_t);
	}
	value = va_arg(args->list, int);
	if (spec->length == LENGTH_CHAR) {
		return (int8_t)value;
	}
	return spec->length == LENGTH_SHORT ? (int16_t)value : value;
}

/* Prefix is the sign or "0x"; it stands before zeros and behind blanks. */
static void put_number(const struct output *out, const struct spec *spec,
		       const char *prefix, uint64_t value)
{
	const char *digits = spec->conversion == 'X' ? "0123456789ABCDEF"
						     : "0123456789abcdef";
	bool decimal = strchr("diu", spec->conversion) != NULL;
	unsigned int base = decimal ? 10 : 16;
	size_t minimum = spec->precise ? spec->precision : 1;
	size_t prefix_length = strlen(prefix);
	size_t first = DIGITS_MAX;
	char text[DIGITS_MAX];
	size_t used;

	for (; value != 0; value /= base) {
		text[--first] = digits[value % base];
	}
	if (spec->zero && !spec->left && !spec->precise) {
		minimum = subtract_or_zero(spec->width, prefix_length);
		minimum = minimum != 0 ? minimum : 1;
	}
	minimum = subtract_or_zero(minimum, DIGITS_MAX - first);
	used = prefix_length + minimum + DIGITS_MAX - first;

	if (!spec->left) {
		put_repeated(out, ' ', subtract_or_zero(spec->width, used));
	}
	put_text(out, prefix, prefix_length);
	put_repeated(out, '0', minimum);
	put_text(out, text + first, DIGITS_MAX - first);
	if (spec->left) {
		put_repeated(out, ' ', subtract_or_zero(spec->width, used));
	}
}

static void put_signed(const struct output *out, const struct spec *spec,
		       int64_t value)
{
	const char plus[] = { spec->plus, '\0' };

	if (value < 0) {
		put_number(out, spec, "-", 0 - (uint64_t)value);
	} else {
		put_number(out, spec, plus, (uint64_t)value);
	}
}

/* Zero has no "0x" (C17 7.21.6.1); a pointer always does. */
static void put_unsigned(const struct output *out, const struct spec *spec,
			 uint64_t value)
{
	bool marked = spec->alternate && value != 0 && spec->conversion != 'u';

	if (spec->conversion == 'p') {
		put_number(out, spec, "0x", value);
	} else if (marked) {
		put_number(out, spec, spec->conversion == 'X' ? "0X" : "0x",
			   value);
	} else {
		put_number(out, spec, "", value);
	}
}

static void put_padded(const struct output *out, const struct spec *spec,
		       const char *text, size_t length)
{
	if (!spec->left) {
		put_repeated(out, ' ', subtract_or_zero(spec->width, length));
	}
	put_text(out, text, length);
	if (spec->left) {
		put_repeated(out, ' ', subtract_or_zero(spec->width, length));
	}
}

/* With a precision the string need not end with NUL. */
static void put_string(const struct output *out, const struct spec *spec,
		       const char *text)
{
	size_t max = spec->precise ? spec->precision : SIZE_MAX;

	if (text == NULL) {
		text = "(null)";
	}
	put_padded(out, spec, text, strnlen(text, max));
}

/* Returns false, with nothing printed, if the conversion is unknown. */
static bool put_conversion(const struct output *out, const struct spec *spec,
			   struct arguments *args)
{
	char c;

	switch (spec->conversion) {
	case 'd':
	case 'i':
		put_signed(out, spec, signed_argument(spec, args));
		return true;
	case 'u':
	case 'x':
	case 'X':
		put_unsigned(out, spec, unsigned_argument(spec, args));
		return true;
	case 'p':
		put_unsigned(out, spec, (uintptr_t)va_arg(args->list, void *));
		return true;
	case 's':
		put_string(out, spec, va_arg(args->list, const char *));
		return true;
	case 'c':
		c = (char)va_arg(args->list, int);
		put_padded(out, spec, &c, 1);
		return true;
	case '%':
		put_text(out, "%", 1);
		return true;
	default:
		return false;
	}
}

void format(void (*put)(void *context, char c), void *context, const char *fmt,
	    va_list args)
{
	const struct output out = { put, context };
	struct arguments copy;

	va_copy(copy.list, args);
	while (*fmt != '\0') {
		const char *start = fmt;
		const char *end;
		struct spec spec;

		if (*fmt != '%') {
			put_text(&out, fmt++, 1);
			continue;
		}
		end = read_spec(&spec, fmt + 1, &copy);
		fmt = *end != '\0' ? end + 1 : end;
		if (!put_conversion(&out, &spec, &copy)) {
			put_text(&out, start, (size_t)(fmt - start));
		}
	}
	va_end(copy.list);
}

struct buffer {
	char *text;
	size_t size;
	size_t length;
};

/* The last byte is kept free for the NUL. */
static void buffer_put(void *context, char c)
{
	struct buffer *buffer = context;

	if (buffer->length + 1 < buffer->size) {
		buffer->text[buffer->length] = c;
	}
	buffer->length++;
}

size_t vsnprintf(char *buffer, size_t size, const char *fmt, va_list args)
{
	struct buffer out = { buffer, size, 0 };

	format(buffer_put, &out, fmt, args);
	if (size != 0) {
		buffer[out.length < size ? out.length : size - 1] = '\0';
	}
	return out.length;
}

size_t snprintf(char *buffer, size_t size, const char *fmt, ...)
{
	va_list args;
	size_t length;

	va_start(args, fmt);
	length = vsnprintf(buffer, size, fmt, args);
	va_end(args);
	return length;
}
