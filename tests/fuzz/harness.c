// SPDX-License-Identifier: MIT
/*
 * Fuzzing what parses boot information.
 *
 * The kernel below the parsers is replaced here: memory, the console, and the
 * end of a run that cannot go on.
 */
#include "tests/fuzz/fuzz.h"

#include "arch/x86/pv.h"
#include "lib/log.h"
#include "lib/panic.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_wrong(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: expected %s\n", file, line, what);
	abort();
}

/* ---- Memory -------------------------------------------------------------- */

static const uint8_t *memory;
static size_t memory_bytes;

void fuzz_set_memory(const uint8_t *bytes, size_t count)
{
	memory = bytes;
	memory_bytes = count;
}

static void *boot_ptr(paddr_t address)
{
	if (address.pa < FUZZ_BASE || address.pa - FUZZ_BASE >= memory_bytes) {
		return NULL;
	}
	return (void *)(uintptr_t)(memory + (address.pa - FUZZ_BASE));
}

/* The parsers want no more of a platform. */
const struct pv *pv(void)
{
	static const struct pv table = { .boot_ptr = boot_ptr };

	return &table;
}

/* ---- Panics, in the place of lib/panic.c --------------------------------- */

static jmp_buf survivor;
static bool can_survive;

void panic_finish(void)
{
	FUZZ_CHECK(can_survive);
	longjmp(survivor, 1);
}

void panic(const char *fmt, ...)
{
	va_list args;

	print_fresh_line();
	print("# panic: ");
	va_start(args, fmt);
	vprint(fmt, args);
	va_end(args);
	print("\n");
	panic_finish();
}

bool fuzz_survives(void (*parse)(void))
{
	bool well = false;

	can_survive = true;
	if (setjmp(survivor) == 0) {
		parse();
		well = true;
	}
	can_survive = false;
	return well;
}

/* ---- The console --------------------------------------------------------- */

static bool in_line;

static void check_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		FUZZ_CHECK(c == '\n' || (c >= ' ' && c != 0x7f));
		FUZZ_CHECK(in_line || c == '#');
		in_line = c != '\n';
	}
}

/* ---- An input ------------------------------------------------------------ */

/* A copy of just its size, so that AddressSanitizer sees where it ends. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	uint8_t *input = malloc(count);

	log_set_sink(check_text);
	log_set_level(LOG_DEBUG);
	if (count != 0) {
		memcpy(input, bytes, count);
	}
	fuzz_one(input, count);
	FUZZ_CHECK(!in_line);
	fuzz_set_memory(NULL, 0);
	free(input);
	return 0;
}
