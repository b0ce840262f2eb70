// SPDX-License-Identifier: MIT
/*
 * Tests of the search in ACPI's byte code.
 */
#include "arch/x86/acpi_aml.h"

#include "lib/selftest.h"

#define BYTES_MAX 40
#define S5	  0x08, '_', 'S', '5', '_', 0x12

struct sample {
	uint8_t count;
	uint8_t code[BYTES_MAX];
	bool found;
	uint8_t types[2];
};

/* clang-format off */
static const struct sample samples[] = {
	/* Four zeros, as QEMU has them; the forms of a constant. */
	{ 12, { S5, 6, 4, 0, 0, 0, 0 }, true, { 0, 0 } },
	{ 11, { S5, 5, 2, 0x0a, 7, 1 }, true, { 7, 1 } },
	{ 16, { S5, 10, 2, 0x0b, 5, 0, 0x0c, 6, 0, 0, 0 }, true, { 5, 6 } },
	/* From the root, and behind other things. */
	{ 11, { 0x08, '\\', '_', 'S', '5', '_', 0x12, 4, 2, 0, 1 }, true, { 0, 1 } },
	{ 18, { 0x08, '_', 'S', '3', '_', 0x12, 4, 2, S5, 4, 2, 0, 1 }, true, { 0, 1 } },
	/* Lengths in two, three and four bytes. */
	{ 11, { S5, 0x45, 0, 2, 1, 0 }, true, { 1, 0 } },
	{ 12, { S5, 0x86, 0, 0, 2, 1, 0 }, true, { 1, 0 } },
	{ 13, { S5, 0xc7, 0, 0, 0, 2, 1, 0 }, true, { 1, 0 } },
	/* Only the first counts, and what is wrong is passed over. */
	{ 20, { S5, 4, 2, 1, 1, S5, 4, 2, 0, 0 }, true, { 1, 1 } },
	{ 21, { S5, 5, 2, 0x0a, 8, 0, S5, 4, 2, 0, 0 }, true, { 0, 0 } },
	/* A type that there is not, a variable, too few, another name. */
	{ 11, { S5, 5, 2, 0, 0x0a, 8 }, false, { 0 } },
	{ 12, { S5, 6, 2, 0x0b, 0, 1, 0 }, false, { 0 } },
	{ 10, { S5, 4, 2, 0xff, 0 }, false, { 0 } },
	{ 14, { S5, 8, 2, 'A', 'B', 'C', 'D', 0 }, false, { 0 } },
	{ 9, { S5, 3, 1, 0 }, false, { 0 } },
	{ 10, { S5, 4, 1, 0, 0 }, false, { 0 } },
	{ 10, { 0x08, '_', 'S', '4', '_', 0x12, 4, 2, 0, 0 }, false, { 0 } },
	/* A package that ends before its elements, or behind the code, or has
	 * a length of nothing. */
	{ 10, { S5, 3, 2, 0, 0 }, false, { 0 } },
	{ 11, { S5, 4, 2, 0, 0x0a, 1 }, false, { 0 } },
	{ 10, { S5, 5, 2, 0, 0 }, false, { 0 } },
	{ 13, { S5, 0xcf, 0xff, 0xff, 0xff, 2, 0, 0 }, false, { 0 } },
	{ 10, { S5, 0, 2, 0, 0 }, false, { 0 } },
	{ 10, { S5, 0x40, 0, 2, 0 }, false, { 0 } },
};
/* clang-format on */

SELFTEST(samples_read, "packages are read as the encoding has them, or not")
{
	for (size_t i = 0; i < ARRAY_COUNT(samples); i++) {
		const struct sample *sample = &samples[i];
		uint8_t types[2];

		if (acpi_aml_find_s5(sample->code, sample->count, types) !=
		    sample->found) {
			FAIL("sample %zu: expected found=%d", i, sample->found);
		}
		if (sample->found) {
			CHECK_EQ(types[0], sample->types[0]);
			CHECK_EQ(types[1], sample->types[1]);
		}
	}
}

SELFTEST(cut, "code that ends within the package has none")
{
	const struct sample *whole = &samples[2];
	uint8_t types[2];

	for (size_t i = 0; i < whole->count; i++) {
		CHECK(!acpi_aml_find_s5(whole->code, i, types));
	}
	CHECK(acpi_aml_find_s5(whole->code, whole->count, types));
}

SELFTEST_SUITE(acpi_aml, &samples_read, &cut);
