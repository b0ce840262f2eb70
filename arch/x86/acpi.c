// SPDX-License-Identifier: MIT
/*
 * How ACPI's tables say to switch off.
 *
 * Section numbers are those of ACPI 6.5.
 */
#include "arch/x86/acpi.h"

#include "arch/x86/acpi_aml.h"
#include "lib/string.h"

/* 5.2.5.3. The first part has a checksum of its own. */
#define RSDP_BYTES_FIRST 20
#define RSDP_BYTES	 36
#define RSDP_REVISION	 15
#define RSDP_RSDT	 16
#define RSDP_XSDT	 24

/* 5.2.6: what all other tables begin with. */
#define HEADER_BYTES  36
#define HEADER_LENGTH 4

/* The largest table of a real machine, a DSDT, has some hundreds of KiB. What
 * is longer than this is a mistake, and would take its time to add up. */
#define TABLE_BYTES_MAX (4 * MIB)

/* 5.2.9. */
#define FADT_DSDT	     40
#define FADT_SMI_COMMAND     48
#define FADT_ACPI_ENABLE     52
#define FADT_PM1A_CONTROL    64
#define FADT_PM1B_CONTROL    68
#define FADT_FLAGS	     112
#define FADT_X_DSDT	     140
#define FADT_X_PM1A_CONTROL  172
#define FADT_X_PM1B_CONTROL  184
#define FADT_SLEEP_CONTROL   244
#define FADT_FLAG_HW_REDUCED BIT(20)

/* 5.2.3.2, the Generic Address Structure. */
#define GAS_SPACE    0
#define GAS_ADDRESS  4
#define GAS_SPACE_IO 1

/* The last at which there is room for 16 bits. */
#define PORT_LAST 0xfffe

struct table {
	const uint8_t *bytes;
	uint32_t length;
};

struct search {
	acpi_reader_t read;
	struct acpi_power *power;
	struct table fadt;
};

static bool refuse(const struct search *search, const char *what,
		   const char *why)
{
	search->power->missing = what;
	search->power->why = why;
	return false;
}

static uint64_t number_at(const uint8_t *bytes, unsigned int count)
{
	uint64_t number = 0;

	for (unsigned int i = 0; i < count; i++) {
		number |= (uint64_t)bytes[i] << (8 * i);
	}
	return number;
}

/* A field that an older or shorter table does not have is 0. */
static uint64_t field(const struct table *table, uint32_t offset,
		      unsigned int count)
{
	return offset + count <= table->length
		       ? number_at(table->bytes + offset, count)
		       : 0;
}

static bool sum_is_zero(const uint8_t *bytes, uint64_t count)
{
	uint8_t sum = 0;

	for (uint64_t i = 0; i < count; i++) {
		sum = (uint8_t)(sum + bytes[i]);
	}
	return sum == 0;
}

/* ACPI-1 */
static bool read_table(const struct search *search, struct table *table,
		       paddr_t at, const char *signature)
{
	const uint8_t *header =
		at.pa == 0 ? NULL : search->read(at, HEADER_BYTES);

	if (header == NULL) {
		return refuse(search, signature,
			      "lies where it cannot be read");
	}
	if (memcmp(header, signature, 4) != 0) {
		return refuse(search, signature,
			      "is not where it is said to be");
	}
	table->length = (uint32_t)number_at(header + HEADER_LENGTH, 4);
	if (table->length < HEADER_BYTES || table->length > TABLE_BYTES_MAX) {
		return refuse(search, signature, "has an impossible length");
	}
	table->bytes = search->read(at, table->length);
	if (table->bytes == NULL) {
		return refuse(search, signature,
			      "ends where it cannot be read");
	}
	return sum_is_zero(table->bytes, table->length) ||
	       refuse(search, signature, "has a wrong checksum");
}

/* ---- From the root to the FADT ------------------------------------------- */

/* The list of tables: the XSDT, or in its absence the RSDT. */
static bool read_list(const struct search *search, struct table *list,
		      paddr_t at)
{
	const uint8_t *rsdp =
		at.pa == 0 ? NULL : search->read(at, RSDP_BYTES_FIRST);
	uint64_t xsdt = 0;

	if (rsdp == NULL) {
		return refuse(search, "RSDP", "is not there");
	}
	if (memcmp(rsdp, "RSD PTR ", 8) != 0) {
		return refuse(search, "RSDP", "is not where it is said to be");
	}
	if (!sum_is_zero(rsdp, RSDP_BYTES_FIRST)) {
		return refuse(search, "RSDP", "has a wrong checksum");
	}
	if (rsdp[RSDP_REVISION] >= 2) {
		rsdp = search->read(at, RSDP_BYTES);
		if (rsdp == NULL || !sum_is_zero(rsdp, RSDP_BYTES)) {
			return refuse(search, "RSDP",
				      "has a wrong second checksum");
		}
		xsdt = number_at(rsdp + RSDP_XSDT, 8);
	}
	if (xsdt != 0) {
		return read_table(search, list, paddr(xsdt), "XSDT");
	}
	return read_table(search, list, paddr(number_at(rsdp + RSDP_RSDT, 4)),
			  "RSDT");
}

static bool read_fadt(struct search *search, paddr_t rsdp)
{
	struct table list;
	unsigned int entry_bytes;

	if (!read_list(search, &list, rsdp)) {
		return false;
	}
	entry_bytes = list.bytes[0] == 'X' ? 8 : 4;
	for (uint32_t at = HEADER_BYTES; at + entry_bytes <= list.length;
	     at += entry_bytes) {
		paddr_t table = paddr(field(&list, at, entry_bytes));
		const uint8_t *signature = search->read(table, 4);

		if (signature != NULL && memcmp(signature, "FACP", 4) == 0) {
			return read_table(search, &search->fadt, table, "FACP");
		}
	}
	return refuse(search, "FACP", "is not in the list of tables");
}

/* ---- What the FADT says -------------------------------------------------- */

static uint64_t fadt_field(const struct search *search, uint32_t offset,
			   unsigned int count)
{
	return field(&search->fadt, offset, count);
}

static bool take_port(const struct search *search, uint16_t *port,
		      uint64_t address)
{
	*port = (uint16_t)address;
	return address <= PORT_LAST ||
	       refuse(search, "FACP", "has a port that cannot be");
}

/* The extended field counts if it is not 0 (5.2.9). */
static bool take_register(const struct search *search, uint16_t *port,
			  uint32_t extended, uint64_t plain)
{
	uint64_t address = fadt_field(search, extended + GAS_ADDRESS, 8);

	if (address != 0 &&
	    fadt_field(search, extended + GAS_SPACE, 1) != GAS_SPACE_IO) {
		return refuse(search, "FACP",
			      "has a power register that is no port");
	}
	return take_port(search, port, address != 0 ? address : plain);
}

static bool take_controls(const struct search *search)
{
	struct acpi_power *power = search->power;
	uint64_t plain_a = fadt_field(search, FADT_PM1A_CONTROL, 4);
	uint64_t plain_b = fadt_field(search, FADT_PM1B_CONTROL, 4);

	power->acpi_enable = (uint8_t)fadt_field(search, FADT_ACPI_ENABLE, 1);
	return take_port(search, &power->smi_command,
			 fadt_field(search, FADT_SMI_COMMAND, 4)) &&
	       take_register(search, &power->control[0], FADT_X_PM1A_CONTROL,
			     plain_a) &&
	       take_register(search, &power->control[1], FADT_X_PM1B_CONTROL,
			     plain_b) &&
	       (power->control[0] != 0 ||
		refuse(search, "FACP", "has no power register"));
}

static bool take_sleep_control(const struct search *search)
{
	uint16_t *port = &search->power->sleep_control;

	return take_register(search, port, FADT_SLEEP_CONTROL, 0) &&
	       (*port != 0 ||
		refuse(search, "FACP", "has no sleep control register"));
}

static bool take_types(const struct search *search)
{
	uint64_t address = fadt_field(search, FADT_X_DSDT, 8);
	struct table dsdt;

	if (address == 0) {
		address = fadt_field(search, FADT_DSDT, 4);
	}
	return read_table(search, &dsdt, paddr(address), "DSDT") &&
	       (acpi_aml_find_s5(dsdt.bytes + HEADER_BYTES,
				 dsdt.length - HEADER_BYTES,
				 search->power->types) ||
		refuse(search, "DSDT", "has no _S5 of two constants"));
}

bool acpi_find_power(struct acpi_power *power, paddr_t rsdp, acpi_reader_t read)
{
	struct search search = { .read = read, .power = power };
	bool reduced;

	*power = (struct acpi_power){ 0 };
	if (!read_fadt(&search, rsdp)) {
		return false;
	}
	reduced = (fadt_field(&search, FADT_FLAGS, 4) & FADT_FLAG_HW_REDUCED) !=
		  0;
	return (reduced ? take_sleep_control(&search)
			: take_controls(&search)) &&
	       take_types(&search);
}
