// SPDX-License-Identifier: MIT
/*
 * The sleep type in ACPI's byte code.
 *
 * The encoding is that of ACPI 6.5, section 20.2:
 *
 *	08 [5c] 5f 53 35 5f	NameOp, root prefix, "_S5_"
 *	12			PackageOp
 *	PkgLength		of the rest, itself included
 *	NumElements
 *	element...
 */
#include "arch/x86/acpi_aml.h"

#include "lib/string.h"

#define AML_ZERO    0x00
#define AML_ONE	    0x01
#define AML_NAME    0x08
#define AML_BYTE    0x0a
#define AML_DWORD   0x0c
#define AML_PACKAGE 0x12
#define AML_ROOT    0x5c

struct code {
	const uint8_t *at;
	const uint8_t *end;
};

static bool take(struct code *code, uint8_t *byte)
{
	if (code->at == code->end) {
		return false;
	}
	*byte = *code->at++;
	return true;
}

static bool skip(struct code *code, uint8_t expected)
{
	if (code->at == code->end || *code->at != expected) {
		return false;
	}
	code->at++;
	return true;
}

static size_t left(const struct code *code)
{
	return (size_t)(code->end - code->at);
}

/* Least significant byte first. */
static bool take_number(struct code *code, size_t bytes, uint32_t *number)
{
	*number = 0;
	for (size_t i = 0; i < bytes; i++) {
		uint8_t byte;

		if (!take(code, &byte)) {
			return false;
		}
		*number |= (uint32_t)byte << (8 * i);
	}
	return true;
}

/*
 * The package ends where it says. The two highest bits of the first byte are
 * how many more there are; with any, only its lowest four bits count (20.2.4).
 */
static bool enter_package(struct code *code)
{
	const uint8_t *start = code->at;
	uint8_t lead;
	uint32_t more;
	uint32_t length;

	if (!take(code, &lead) || !take_number(code, lead >> 6, &more)) {
		return false;
	}
	length = lead < 0x40 ? lead : more << 4 | (lead & 0xf);
	if (length < (size_t)(code->at - start) ||
	    length > (size_t)(code->end - start)) {
		return false;
	}
	code->end = start + length;
	return true;
}

static bool take_type(struct code *code, uint8_t *type)
{
	uint32_t number;
	uint8_t op;

	if (!take(code, &op)) {
		return false;
	}
	if (op == AML_ZERO || op == AML_ONE) {
		number = op;
	} else if (op < AML_BYTE || op > AML_DWORD ||
		   !take_number(code, 1U << (op - AML_BYTE), &number)) {
		return false;
	}
	*type = (uint8_t)number;
	return number < ACPI_SLEEP_TYPES;
}

/* The code is handed over by value: it is read from there as far as it goes. */
static bool read_s5(struct code code, uint8_t types[2])
{
	static const char name[] = { '_', 'S', '5', '_' };
	uint8_t elements;

	if (!skip(&code, AML_NAME)) {
		return false;
	}
	(void)skip(&code, AML_ROOT);
	if (left(&code) < sizeof(name) ||
	    memcmp(code.at, name, sizeof(name)) != 0) {
		return false;
	}
	code.at += sizeof(name);
	return skip(&code, AML_PACKAGE) && enter_package(&code) &&
	       take(&code, &elements) && elements >= 2 &&
	       take_type(&code, &types[0]) && take_type(&code, &types[1]);
}

bool acpi_aml_find_s5(const uint8_t *code, size_t bytes, uint8_t types[2])
{
	struct code rest = { code, code + bytes };

	for (; rest.at < rest.end; rest.at++) {
		if (read_s5(rest, types)) {
			return true;
		}
	}
	return false;
}
