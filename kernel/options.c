// SPDX-License-Identifier: MIT
/*
 * Kernel command line.
 *
 * Each option is a line in a table: what it is called, how its value is read,
 * and what to tell someone who got it wrong.
 */
#include "kernel/options.h"

#include "kernel/escape.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/dump.h"

/* "name=value"; without '=' there is no value, which is not an empty one. */
struct word {
	struct text whole;
	struct text name;
	bool has_value;
	struct text value;
};

struct option {
	const char *name;
	/* Returns false if the value is no good. */
	bool (*read)(struct options *options, const struct word *word);
	const char *wanted;
};

static bool text_is(struct text text, const char *s)
{
	return strlen(s) == text.length &&
	       strncmp(text.start, s, text.length) == 0;
}

/* An empty pattern matches nothing, so it is a slip of the hand. */
static bool read_tests(struct options *options, const struct word *word)
{
	char before = ',';

	for (size_t i = 0; i < word->value.length; i++) {
		char c = word->value.start[i];

		if (c == ',' && before == ',') {
			return false;
		}
		before = c;
	}
	if (before == ',') {
		return false;
	}
	options->tests = word->value;
	return true;
}

static bool read_list(struct options *options, const struct word *word)
{
	if (word->has_value) {
		return false;
	}
	options->list = true;
	return true;
}

static bool read_la57(struct options *options, const struct word *word)
{
	if (word->has_value) {
		return false;
	}
	options->la57 = true;
	return true;
}

static bool read_seed(struct options *options, const struct word *word)
{
	if (!str_to_u64(word->value.start, word->value.length,
			&options->seed)) {
		return false;
	}
	options->seed_given = true;
	return true;
}

static bool read_rounds(struct options *options, const struct word *word)
{
	return str_to_u64(word->value.start, word->value.length,
			  &options->rounds);
}

static bool read_log_level(struct options *options, const struct word *word)
{
	static const char *const names[] = {
		[LOG_ERROR] = "error",
		[LOG_WARN] = "warn",
		[LOG_INFO] = "info",
		[LOG_DEBUG] = "debug",
	};

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (text_is(word->value, names[i])) {
			options->log_level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* Cuts off what stands before the first comma, which stays, and returns it. */
static struct text cut_first(struct text *list)
{
	struct text first = { list->start, 0 };

	while (first.length < list->length &&
	       first.start[first.length] != ',') {
		first.length++;
	}
	list->start += first.length;
	list->length -= first.length;
	return first;
}

static unsigned int dump_part(struct text name)
{
	static const struct {
		const char *name;
		unsigned int part;
	} parts[] = { { "directmap", DUMP_DIRECTMAP },
		      { "image", DUMP_IMAGE },
		      { "all", DUMP_ALL } };

	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		if (text_is(name, parts[i].name)) {
			return parts[i].part;
		}
	}
	return 0;
}

static bool read_dump(struct options *options, const struct word *word)
{
	struct text list = word->value;
	unsigned int parts = 0;

	for (;;) {
		unsigned int part = dump_part(cut_first(&list));

		if (part == 0) {
			return false;
		}
		parts |= part;
		if (list.length == 0) {
			break;
		}
		list.start++;
		list.length--;
	}
	options->dump = parts;
	return true;
}

static const struct option option_table[] = {
	{ "test", read_tests, "patterns separated by commas" },
	{ "list", read_list, "no value" },
	{ "seed", read_seed, "a number" },
	{ "rounds", read_rounds, "a number" },
	{ "la57", read_la57, "no value" },
	{ "dump", read_dump, "directmap, image or all, separated by commas" },
	{ "loglevel", read_log_level, "error, warn, info or debug" },
};

static const struct option *option_find(struct text name)
{
	for (size_t i = 0; i < ARRAY_COUNT(option_table); i++) {
		if (text_is(name, option_table[i].name)) {
			return &option_table[i];
		}
	}
	return NULL;
}

/* Some loaders leave the end of the line in. */
static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Cuts the next word off the line; its length is 0 at the end. */
static struct word word_next(const char **line)
{
	const char *at = *line;
	struct word word = { 0 };

	while (is_blank(*at)) {
		at++;
	}
	word.whole.start = at;
	while (*at != '\0' && !is_blank(*at)) {
		if (*at == '=' && !word.has_value) {
			word.has_value = true;
			word.value.start = at + 1;
		}
		at++;
	}
	*line = at;

	word.whole.length = (size_t)(at - word.whole.start);
	word.name = word.whole;
	if (word.has_value) {
		word.value.length = (size_t)(at - word.value.start);
		word.name.length -= word.value.length + 1;
	} else {
		/* Whoever reads a value may count on from there. */
		word.value.start = at;
	}
	return word;
}

/* Loaders hand over bytes of any kind, and this line is a comment. */
static void complain(const char *what, const struct word *word,
		     const char *wanted)
{
	char text[LOG_PIECE_MAX / 2];

	snprintf(text, sizeof(text), "%.*s", (int)word->whole.length,
		 word->whole.start);
	escape_controls(text);
	print("# %s: %s%s%s%s\n", what, text, *wanted != '\0' ? " (" : "",
	      wanted, *wanted != '\0' ? ")" : "");
}

static bool word_apply(struct options *options, const struct word *word)
{
	const struct option *option = option_find(word->name);

	if (option == NULL) {
		complain("unknown option", word, "");
		return false;
	}
	if (!option->read(options, word)) {
		complain("bad value", word, option->wanted);
		return false;
	}
	return true;
}

size_t options_parse(struct options *options, const char *line)
{
	size_t bad = 0;

	*options = (struct options){ .log_level = LOG_INFO };
	for (;;) {
		struct word word = word_next(&line);

		if (word.whole.length == 0) {
			return bad;
		}
		if (!word_apply(options, &word)) {
			bad++;
		}
	}
}
