// SPDX-License-Identifier: MIT
/*
 * Tests of the way through ACPI's tables.
 *
 * The tables are made here, in a buffer that stands for memory from BASE on,
 * and damaged in one way each time.
 */
#include "arch/x86/acpi.h"

#include "arch/x86/acpi_aml.h"
#include "lib/selftest.h"

#define BASE 0x10000

/* Where the tables are in the buffer. */
#define RSDP	    0
#define RSDT	    40
#define XSDT	    80
#define FADT	    132
#define DSDT	    408
#define END	    460
#define FADT_LENGTH (DSDT - FADT)
#define DSDT_LENGTH (END - DSDT)
#define SUM	    9 /* The checksum of all tables but the RSDP. */

static uint8_t memory[END];

static const void *read_memory(paddr_t start, uint64_t bytes)
{
	if (start.pa < BASE || start.pa - BASE > END ||
	    bytes > END - (start.pa - BASE)) {
		return NULL;
	}
	return memory + (start.pa - BASE);
}

static void put(size_t at, unsigned int bytes, uint64_t value)
{
	for (unsigned int i = 0; i < bytes; i++) {
		memory[at + i] = (uint8_t)(value >> (8 * i));
	}
}

static void sum_up(size_t start, size_t bytes, size_t sum_at)
{
	uint8_t sum = 0;

	memory[sum_at] = 0;
	for (size_t i = start; i < start + bytes; i++) {
		sum = (uint8_t)(sum + memory[i]);
	}
	memory[sum_at] = (uint8_t)-sum;
}

static void make_table(size_t at, const char *signature, size_t length)
{
	memcpy(memory + at, signature, 4);
	put(at + 4, 4, length);
}

static void sum_up_all(void)
{
	sum_up(RSDP, 20, RSDP + 8);
	sum_up(RSDP, 36, RSDP + 32);
	sum_up(RSDT, XSDT - RSDT, RSDT + SUM);
	sum_up(XSDT, FADT - XSDT, XSDT + SUM);
	sum_up(FADT, FADT_LENGTH, FADT + SUM);
	sum_up(DSDT, DSDT_LENGTH, DSDT + SUM);
}

/* The XSDT has a table that cannot be read, and then the FADT. */
static void make_tables(void)
{
	static const uint8_t s5[] = {
		0x08, '_', 'S', '5', '_', 0x12, 4, 2, 1, 0
	};

	memset(memory, 0, sizeof(memory));
	memcpy(memory + RSDP, "RSD PTR ", 8);
	put(RSDP + 15, 1, 2);
	put(RSDP + 16, 4, BASE + RSDT);
	put(RSDP + 24, 8, BASE + XSDT);
	make_table(RSDT, "RSDT", XSDT - RSDT);
	put(RSDT + 36, 4, BASE + FADT);
	make_table(XSDT, "XSDT", FADT - XSDT);
	put(XSDT + 36, 8, UINT64_C(0x7fffffffffffffff));
	put(XSDT + 44, 8, BASE + FADT);
	make_table(FADT, "FACP", FADT_LENGTH);
	put(FADT + 40, 4, BASE + DSDT);
	put(FADT + 48, 4, 0xb2);
	put(FADT + 52, 1, 0xf1);
	put(FADT + 64, 4, 0x604);
	make_table(DSDT, "DSDT", DSDT_LENGTH);
	memcpy(memory + END - sizeof(s5), s5, sizeof(s5));
	sum_up_all();
}

static struct acpi_power power;

static bool find(void)
{
	return acpi_find_power(&power, paddr(BASE), read_memory);
}

SELFTEST(plain, "the way from the root pointer to the values of S5 is found")
{
	make_tables();
	CHECK(find());
	CHECK_EQ(power.sleep_control, 0);
	CHECK_EQ(power.smi_command, 0xb2);
	CHECK_EQ(power.acpi_enable, 0xf1);
	CHECK_EQ(power.control[0], 0x604);
	CHECK_EQ(power.control[1], 0);
	CHECK_EQ(power.types[0], 1);
	CHECK_EQ(power.types[1], 0);
}

SELFTEST(old_root, "a root pointer of ACPI 1.0 leads to the RSDT")
{
	make_tables();
	put(RSDP + 15, 1, 0);
	put(RSDP + 24, 8, 0);
	memory[RSDP + 33] = 1; /* Not its own any more. */
	sum_up(RSDP, 20, RSDP + 8);
	CHECK(find());
	/* One that has no XSDT, too. */
	make_tables();
	put(RSDP + 24, 8, 0);
	sum_up_all();
	CHECK(find());
}

SELFTEST(extended, "a field of the extended form wins if it is not 0")
{
	make_tables();
	put(FADT + 140, 8, BASE + DSDT);
	put(FADT + 40, 4, 0);
	put(FADT + 172, 1, 1);
	put(FADT + 176, 8, 0x1804);
	put(FADT + 184, 1, 1);
	put(FADT + 188, 8, 0x1904);
	sum_up_all();
	CHECK(find());
	CHECK_EQ(power.control[0], 0x1804);
	CHECK_EQ(power.control[1], 0x1904);
}

SELFTEST(short_table, "fields behind the end of an old FADT are not looked at")
{
	make_tables();
	put(FADT + 112, 4, BIT(20));
	put(FADT + 176, 8, 0x1804);
	put(FADT + 4, 4, 112);
	sum_up(FADT, 112, FADT + SUM);
	CHECK(find());
	CHECK_EQ(power.control[0], 0x604);
}

SELFTEST(reduced, "hardware-reduced ACPI has a sleep control register")
{
	make_tables();
	put(FADT + 112, 4, BIT(20));
	sum_up_all();
	CHECK(!find());
	put(FADT + 244, 1, 1);
	put(FADT + 248, 8, 0x802);
	sum_up_all();
	CHECK(find());
	CHECK_EQ(power.sleep_control, 0x802);
	CHECK_EQ(power.control[0], 0);
	CHECK_EQ(power.types[0], 1);
}

/* ACPI-2 */
SELFTEST(no_port, "a register in memory, or beyond the ports, is not used")
{
	static const struct {
		uint8_t space;
		uint64_t address;
	} registers[] = { { 0, 0x604 },
			  { 1, 0xffff },
			  { 1, 0x100000604 },
			  { 2, 0x604 },
			  { 1, BIT(63) } };

	for (size_t i = 0; i < ARRAY_COUNT(registers); i++) {
		make_tables();
		put(FADT + 172, 1, registers[i].space);
		put(FADT + 176, 8, registers[i].address);
		sum_up_all();
		CHECK(!find());
	}
	make_tables();
	put(FADT + 64, 4, 0);
	sum_up_all();
	CHECK(!find());
	make_tables();
	put(FADT + 48, 4, 0x10000);
	sum_up_all();
	CHECK(!find());
}

/* Every bit of the way matters, but for what no power-off needs: with the
 * checksums as they were, none may be turned round. */
SELFTEST(damaged, "ACPI-1: no bit of a table can change without being noticed")
{
	for (size_t i = 0; i < END; i++) {
		bool used = i < 36 || i >= XSDT;

		make_tables();
		memory[i] ^= 0x10;
		CHECK_EQ(find(), !used);
	}
}

/* The checksum is right for the length, so that it is not what is wrong. */
static void check_length(size_t table, size_t length)
{
	size_t bytes = length < END - table ? length : END - table;

	make_tables();
	put(table + 4, 4, length);
	sum_up(table, bytes, table + SUM);
	CHECK(!find());
}

SELFTEST(lengths, "ACPI-1: a length is believed only as far as can be read")
{
	static const size_t tables[] = { XSDT, FADT, DSDT };
	static const uint32_t wrong[] = {
		0, 10, 35, END, 0x400001, UINT32_MAX
	};

	for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(wrong); j++) {
			CHECK_CALL(check_length(tables[i], wrong[j]));
		}
		CHECK_CALL(check_length(tables[i], END - tables[i] + 1));
	}
}

SELFTEST(addresses, "ACPI-1: a table where nothing can be read is not there")
{
	static const uint64_t wrong[] = {
		0,	    BASE - 1,	BASE + END - 35,
		BASE + END, UINT64_MAX, UINT64_MAX - 35
	};

	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
		make_tables();
		put(XSDT + 44, 8, wrong[i]);
		sum_up_all();
		CHECK(!find());
		make_tables();
		put(FADT + 40, 4, 0);
		put(FADT + 140, 8, wrong[i]);
		sum_up_all();
		CHECK(!find());
		CHECK(!acpi_find_power(&power, paddr(wrong[i]), read_memory));
	}
}

SELFTEST_SUITE(acpi, &plain, &old_root, &extended, &short_table, &reduced,
	       &no_port, &damaged, &lengths, &addresses);
