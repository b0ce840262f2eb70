// SPDX-License-Identifier: MIT
/*
 * Tests of Multiboot2 boot information.
 *
 * Structures as GRUB makes them, and then with one thing wrong at a time. That
 * nothing outside of them is read is tested on the host, under a sanitizer
 * (tests/host/multiboot2_test.c).
 */
#include "boot/multiboot2.h"

#include "lib/selftest.h"
#include "lib/string.h"

/* Numbers of tags (Multiboot2 Specification 2.0, 3.6). */
#define END	    0
#define CMDLINE	    1
#define MODULE	    3
#define MEMORY_MAP  6
#define FRAMEBUFFER 8
#define RSDP_1	    14
#define RSDP_2	    15
#define UNKNOWN	    77

#define INFO_WORDS_MAX 2048

static uint32_t info[INFO_WORDS_MAX] ALIGNED(8);
static uint32_t words; /* Of info. */
static struct bootinfo boot;
static struct multiboot2_rest rest;

static void begin(void)
{
	memset(info, 0, sizeof(info));
	words = 2;
}

/* Adds a tag; returns its number of bytes, the word after its type. */
static uint32_t *put(uint32_t type, const void *data, uint32_t bytes)
{
	uint32_t *tag = &info[words];

	tag[0] = type;
	tag[1] = 8 + bytes;
	memcpy(&tag[2], data, bytes);
	words += (uint32_t)align_up(8 + bytes, 8) / 4;
	return &tag[1];
}

static const uint32_t two_ranges[] = {
	24, 0,				 /* Bytes of an entry, version. */
	0,  0, 0x9fc00, 0, 1, 0,	 /* RAM, */
	0,  1, 0,	1, 2, 0xffffffff /* reserved. */
};

static uint32_t *put_map(void)
{
	return put(MEMORY_MAP, two_ranges, sizeof(two_ranges));
}

/* What is wrong, or nothing. */
static const char *parse(void)
{
	const char *wrong;

	memset(&boot, 0, sizeof(boot));
	memset(&rest, 0, sizeof(rest));
	info[0] = 4 * words;
	wrong = multiboot2_parse(info, info[0], &boot, &rest);
	return wrong == NULL ? "" : wrong;
}

static const char *finish(void)
{
	put(END, "", 0);
	return parse();
}

SELFTEST(taken, "memory map, modules and tags of no interest are told apart")
{
	static const uint32_t modules[] = { 0x300000, 0x300123, 0x400000,
					    0x400001 };

	begin();
	put(UNKNOWN, "odd", 3);
	put(MODULE, &modules[0], 8);
	put_map();
	put(MODULE, &modules[2], 8);
	CHECK_STR(finish(), "");
	CHECK_EQ(boot.map.count, 2);
	CHECK_EQ(boot.map.ranges[0].end.pa, 0x9fc00);
	CHECK_EQ(boot.map.ranges[0].kind, MEMORY_RAM);
	CHECK_EQ(boot.map.ranges[1].start.pa, BIT(32));
	CHECK_EQ(boot.map.ranges[1].end.pa, 2 * BIT(32));
	CHECK_EQ(boot.map.ranges[1].kind, MEMORY_RESERVED);
	CHECK_EQ(boot.module.start.pa, 0x300000);
	CHECK_EQ(boot.module.bytes, 0x123);
	CHECK_EQ(rest.modules, 2);
	CHECK_EQ(rest.rsdp_bytes, 0);
	CHECK_EQ(boot.framebuffer.bytes, 0);
	CHECK_STR(boot.cmdline, "");
}

static void check_cmdline(const char *text, const char *wanted)
{
	begin();
	put(CMDLINE, text, (uint32_t)strlen(text) + 1);
	put_map();
	CHECK_STR(finish(), "");
	CHECK_STR(boot.cmdline, wanted);
	CHECK(!boot.cmdline_cut);
}

SELFTEST(cmdline, "the command line is what was given to GRUB, cut if too long")
{
	static char text[CMDLINE_MAX + 1];

	CHECK_CALL(check_cmdline("a=1 b", "a=1 b"));
	CHECK_CALL(check_cmdline("\\\"\\'\\\\\\x41 \\", "\"'\\\\x41 \\"));
	memset(text, 'x', CMDLINE_MAX);
	begin();
	put(CMDLINE, text, sizeof(text));
	put_map();
	CHECK_STR(finish(), "");
	CHECK(boot.cmdline_cut);
	CHECK_EQ(strlen(boot.cmdline), CMDLINE_MAX - 1);
	text[CMDLINE_MAX - 1] = '\0';
	CHECK_CALL(check_cmdline(text, text));
}

SELFTEST(rsdp, "of two root pointers the longer one is taken, in any order")
{
	static const uint8_t bytes[40] = "RSD PTR 123456789";
	static const uint32_t sizes[][3] = {
		{ 20, 36, 36 }, { 36, 20, 36 }, { 20, 20, 20 }, { 20, 40, 36 }
	};

	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		begin();
		put(RSDP_1, bytes, sizes[i][0]);
		put(RSDP_2, bytes, sizes[i][1]);
		put_map();
		CHECK_STR(finish(), "");
		CHECK_EQ(rest.rsdp_bytes, sizes[i][2]);
		CHECK_EQ(memcmp(rest.rsdp, bytes, sizes[i][2]), 0);
	}
}

/* A linear one of 32 bits: as it is, or with a byte that is another. */
static const char *try_framebuffer(size_t at, uint8_t value)
{
	uint8_t data[] = { 0, 0, 0, 0xe0, 1, 0,	 0, 0, 0, 16, 0, 0, 0, 4, 0,
			   0, 0, 3, 0,	  0, 32, 1, 0, 0, 16, 8, 8, 8, 0, 8 };

	data[at] = value;
	begin();
	put(FRAMEBUFFER, data, sizeof(data));
	put_map();
	return finish();
}

SELFTEST(framebuffer,
	 "a framebuffer is taken if its pixels are of 32 bits, RGB")
{
	static const struct {
		uint8_t at, value;
	} others[] = { { 20, 24 }, { 21, 2 }, { 24, 0 },
		       { 25, 5 },  { 26, 9 }, { 28, 16 } };
	static const uint8_t without_colours[29] = { [21] = 1 };
	const char *impossible = "the framebuffer has sizes that cannot be";

	CHECK_STR(try_framebuffer(0, 0), "");
	CHECK_EQ(boot.framebuffer.start.pa, 0x1e0000000);
	CHECK_EQ(boot.framebuffer.pitch, 4096);
	CHECK_EQ(boot.framebuffer.width, 1024);
	CHECK_EQ(boot.framebuffer.height, 768);
	CHECK_EQ(boot.framebuffer.bytes, 4096 * 768);
	CHECK_EQ(boot.map.count, 3);
	CHECK_EQ(boot.map.ranges[0].start.pa, 0x1e0000000);
	CHECK_EQ(boot.map.ranges[0].end.pa, 0x1e0300000);
	CHECK_EQ(boot.map.ranges[0].kind, MEMORY_RESERVED);
	for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
		CHECK_STR(try_framebuffer(others[i].at, others[i].value), "");
		CHECK_EQ(boot.framebuffer.bytes, 0);
	}
	CHECK_STR(try_framebuffer(8, 1), ""); /* Lines that have a gap. */
	CHECK_EQ(boot.framebuffer.pitch, 4097);
	CHECK_STR(try_framebuffer(9, 15), impossible);
	CHECK_STR(try_framebuffer(12, 1), impossible);
	CHECK_STR(try_framebuffer(6, 0x10), impossible);
	CHECK_STR(try_framebuffer(17, 0), "");
	CHECK_EQ(boot.framebuffer.bytes, 0);
	begin();
	put(FRAMEBUFFER, without_colours, sizeof(without_colours));
	CHECK_STR(finish(), "the framebuffer has no colours");
}

/* A structure that is right, but for the number of bytes of one tag. */
static void check_bytes(uint32_t type, uint32_t data, uint32_t bytes,
			const char *wrong)
{
	static const uint32_t zero[8];
	uint32_t *size;

	begin();
	put_map();
	size = put(type, zero, data);
	*size = bytes;
	CHECK_STR(finish(), wrong);
}

SELFTEST(sizes, "a tag that is too short, or too long, is told")
{
	const char *too_short = "a tag is too short for its type";

	CHECK_CALL(
		check_bytes(UNKNOWN, 0, 7, "a tag is shorter than its head"));
	CHECK_CALL(check_bytes(UNKNOWN, 0, 17,
			       "a tag is longer than what is left"));
	CHECK_CALL(check_bytes(UNKNOWN, 0, UINT32_MAX,
			       "a tag is longer than what is left"));
	/* It swallows the end. */
	CHECK_CALL(check_bytes(UNKNOWN, 0, 16, "the last tag is missing"));
	CHECK_CALL(check_bytes(MODULE, 7, 15, too_short));
	CHECK_CALL(check_bytes(MEMORY_MAP, 7, 15, too_short));
	CHECK_CALL(check_bytes(FRAMEBUFFER, 23, 31, too_short));
	CHECK_CALL(check_bytes(RSDP_1, 19, 27, too_short));
	CHECK_CALL(check_bytes(RSDP_2, 19, 27, too_short));
	CHECK_CALL(check_bytes(CMDLINE, 0, 8, "the command line has no end"));
}

/* The memory map with one word that is another. */
static void check_map(size_t word, uint32_t value, const char *wrong)
{
	uint32_t *bytes;

	begin();
	bytes = put_map();
	bytes[word] = value;
	CHECK_STR(finish(), wrong);
}

SELFTEST(wrong, "what contradicts itself, or is not there, is told")
{
	static const uint32_t backward[] = { 2, 1 };
	const char *odd = "the memory map has entries of an odd size";

	CHECK_CALL(check_map(1, 0, odd));
	CHECK_CALL(check_map(1, 16, odd));
	CHECK_CALL(check_map(1, 25, odd));
	CHECK_CALL(check_map(1, 32, odd));
	begin();
	CHECK_STR(finish(), "there is no memory map");
	begin();
	put(MODULE, backward, sizeof(backward));
	CHECK_STR(finish(), "a module ends before it begins");
	begin();
	CHECK_STR(parse(), "the last tag is missing");
	CHECK_STR(multiboot2_parse(info, 7, &boot, &rest), "it has no size");
	info[0] = 9;
	CHECK_STR(multiboot2_parse(info, 8, &boot, &rest),
		  "it is longer than what can be read");
	CHECK_STR(multiboot2_parse(&info[1], 8, &boot, &rest),
		  "it is not aligned");
	info[0] = 0;
	CHECK_STR(multiboot2_parse(info, 8, &boot, &rest),
		  "the last tag is missing");
}

SELFTEST_SUITE(multiboot2, &taken, &cmdline, &rsdp, &framebuffer, &sizes,
	       &wrong);
