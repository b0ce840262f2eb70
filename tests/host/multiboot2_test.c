// SPDX-License-Identifier: MIT
/*
 * Tests of Multiboot2 boot information: hostile structures.
 *
 * Each lies at the end of memory of its own, behind which the sanitizer sees
 * every read, and before which too. What comes out does not matter.
 */
#include "boot/multiboot2.h"
#include "lib/selftest.h"

#include <stdlib.h>
#include <string.h>

/* A command line, a module, a map of one range, a text screen, a root pointer
 * and the end. */
static const uint32_t sample[] = {
	184,	    0,	    1,	      16,	0x625c2261, 0x0000005c,
	3,	    18,	    0x300000, 0x300010, 'm',	    0,
	6,	    40,	    24,	      0,	0,	    0,
	0x9fc00,    0,	    1,	      0,	8,	    38,
	0xe0000000, 0,	    4096,     1024,	768,	    0x0120,
	0x08080810, 0x0800, 15,	      44,	0x20445352, 0x20525450,
	0,	    0,	    2,	      36,	0,	    0,
	0,	    0,	    0,	      8
};

static struct bootinfo boot;
static struct multiboot2_rest rest;

/* Parses so many bytes, in memory of just that size. */
static const char *parse(const void *bytes, size_t count)
{
	void *copy = malloc(count == 0 ? 1 : count);
	const char *wrong;

	memcpy(copy, bytes, count);
	memset(&boot, 0, sizeof(boot));
	memset(&rest, 0, sizeof(rest));
	wrong = multiboot2_parse(copy, count, &boot, &rest);
	free(copy);
	return wrong;
}

/* MB-1 */
SELFTEST(truncated, "MB-1: a structure that ends anywhere is read to its end")
{
	uint32_t changed[sizeof(sample) / sizeof(sample[0])];

	CHECK(parse(sample, sizeof(sample)) == NULL);
	CHECK_EQ(rest.rsdp_bytes, 36);
	CHECK_EQ(boot.framebuffer.height, 768);
	CHECK(strcmp(boot.cmdline, "a\"\\b\\") == 0);
	memcpy(changed, sample, sizeof(sample));
	for (uint32_t bytes = 0; bytes < sizeof(sample); bytes++) {
		CHECK(parse(sample, bytes) != NULL);
		changed[0] = bytes;
		CHECK(parse(changed, bytes) != NULL);
	}
}

static void change(uint8_t *bytes, size_t count, struct random *random)
{
	size_t at = random_below(random, count);

	switch (random_below(random, 3)) {
	case 0:
		bytes[at] = (uint8_t)random_u64(random);
		break;
	case 1: /* Tags and sizes are small numbers. */
		bytes[align_down(at, 4)] = (uint8_t)random_below(random, 50);
		break;
	default:
		bytes[at] = (uint8_t)(bytes[at] + 1 - 2 * (at % 2));
		break;
	}
}

/* MB-1 */
SELFTEST(changed, "MB-1: nothing beside a structure is read, whatever is in it")
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(20000);
	uint64_t right = 0;

	for (uint64_t i = 0; i < rounds; i++) {
		uint32_t words[sizeof(sample) / sizeof(sample[0])];

		memcpy(words, sample, sizeof(sample));
		for (uint64_t n = random_below(&random, 6); n > 0; n--) {
			change((uint8_t *)words, sizeof(words), &random);
		}
		right += parse(words, sizeof(words)) == NULL;
	}
	CHECK(right != 0 && right != rounds);
}

SELFTEST_SUITE(multiboot2_hostile, &truncated, &changed);
