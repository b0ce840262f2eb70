// SPDX-License-Identifier: MIT
/*
 * Memory maps of real machines.
 *
 * What a log shows and what a person has worked out from it are kept apart:
 * the first are the files of tests/data/e820, the second are the tables here.
 */
#include "tests/host/e820_maps.h"

#include "lib/selftest.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/data/e820"
#define SUFFIX ".e820"

#define PATH_MAX_LENGTH 256

/* clang-format off */
const struct e820_machine e820_machines[] = {
	{ "alienware-m11x", 0xf9cd3, 0x160000000 },
	{ "amd-inagua-2g", 0x66cee, 0x66f00000 },
	{ "amd-warthog-2005", 0x7febd, 0x7ff20000 },
	{ "amibios-1994-p100", 0x351f, 0x3580000 },
	{ "bios-2001-192m-unsorted", 0xbf8f, 0xbff0000 },
	{ "cloud-hypervisor-igvm-snp", 0x2728, 0x3688000 },
	{ "dell-c600-broken-bios", 0xff7a, 0xffdb000 },
	{ "dell-inspiron-2003", 0x1ff89, 0x1ffea000 },
	{ "ec2-nitro-r5d-xlarge", 0x7e2999, 0x822a00000 },
	{ "ec2-xen-pv-t1micro", 0x26ea0, 0x26f00000 },
	{ "elan-sc520-duplicate-ranges", 0x3f9f, 0x4000000 },
	{ "gce-seabios-8g", 0x1dff9c, 0x220000000 },
	{ "grantley-memmap-pmem-user", 0x6f8254, 0x880000000 },
	{ "hp-250-g3-type20", 0xfbbd7, 0x15f600000 },
	{ "hyperv-gen1-8gib", 0x1fff8f, 0x2c0000000 },
	{ "insyde-2gib-two-holes", 0x7930a, 0x7a000000 },
	{ "jetway-amd-start-4g-plus-page", 0xe6c33, 0x13f000000 },
	{ "kdump-exactmap-proliant", 0x7ffb, 0x8ffb000 },
	{ "lenovo-z575-16g", 0x3de61d, 0x41f000000 },
	{ "macbookpro13-1", 0x1f789f, 0x26f000000 },
	{ "macbookpro16-1", 0x3f9428, 0x47f000000 },
	{ "nec-express5800-16g", 0x3ff73c, 0x440000000 },
	{ "pentium-overdrive-bios88-24m", 0x179f, 0x1800000 },
	{ "pixelbook-eve-stock-coreboot", 0x3f98fb, 0x47f000000 },
	{ "proliant-128g-kexec-start100", 0x1fffdec, 0x207ffff000 },
	{ "qemu-q35-2g-seabios", 0x7ff7b, 0x7ffdc000 },
	{ "seabios-pc-256m", 0xff9d, 0xfffe000 },
	{ "supermicro-epyc-extended", 0x17fed3b1, 0x183fd0c0000 },
	{ "supermicro-x8sie-type9", 0x3ff72e, 0x440000000 },
	{ "surface-pro-7", 0x3e6a8d, 0x46ac00000 },
	{ "thinkpad-t400", 0xbc808, 0xbcc00000 },
	{ "virtualbox-2g", 0x7ff8f, 0x7fff0000 },
	{ "vmware-2gib", 0x7ff7e, 0x80000000 },
	{ "xen-dell-vostro1700", 0x7fe0c, 0x7fe6d000 },
	{ "xen-dom0-msi-890fx", 0x80000, 0x8006a000 },
	{ "xen-dom0-qubes-sandybridge", 0x100000, 0x135af2000 },
	{ "xen-efi-amd-64g", 0xff85c2, 0x104f200000 },
	{ "xen-hvm-domu-416", 0xff79e, 0x10f800000 },
	{ "xen-on-qemu-q35", 0x1fff7e, 0x280000000 },
	{ "xen-sandybridge-ami-2holes", 0x1fa8a1, 0x23fe00000 },
};
/* clang-format on */

const size_t e820_machine_count = ARRAY_COUNT(e820_machines);

/* clang-format off */
const struct e820_landmark e820_landmarks[] = {
	/* Seventeen entries of RAM in a row, cut at odd bytes. */
	{ "supermicro-epyc-extended", 0x76000000, 0x9e1fb000, MEMORY_RAM },
	/* RAM ends in the middle of a page; what follows keeps its byte. */
	{ "dell-inspiron-2003", 0x100000, 0x1ffea000, MEMORY_RAM },
	{ "dell-inspiron-2003", 0x1ffea800, 0x20000000, MEMORY_RESERVED },
	{ "dell-inspiron-2003", 0x9fc00, 0xa0000, MEMORY_RESERVED },
	{ "xen-dell-vostro1700", 0x100000, 0x7fe6d000, MEMORY_RAM },
	{ "thinkpad-t400", 0, 0x9e000, MEMORY_RAM },
	/* RAM begins in the middle of a page. */
	{ "proliant-128g-kexec-start100", 0x1000, 0x9f000, MEMORY_RAM },
	{ "proliant-128g-kexec-start100", 0x7fe56000, 0x7fe57000, MEMORY_RAM },
	{ "proliant-128g-kexec-start100", 0x100000000, 0x207ffff000, MEMORY_RAM },
	/* The same RAM twice. */
	{ "elan-sc520-duplicate-ranges", 0x100000, 0x4000000, MEMORY_RAM },
	/* The firmware names the later of these first. */
	{ "bios-2001-192m-unsorted", 0xbff0000, 0xbff3000, MEMORY_ACPI_NVS },
	{ "bios-2001-192m-unsorted", 0xbff3000, 0xc000000, MEMORY_ACPI_DATA },
	{ "grantley-memmap-pmem-user", 0x100000000, 0x200000000, MEMORY_PERSISTENT },
	/* A single page of RAM. */
	{ "jetway-amd-start-4g-plus-page", 0xa7a96000, 0xa7a97000, MEMORY_RAM },
	{ "jetway-amd-start-4g-plus-page", 0x100001000, 0x13f000000, MEMORY_RAM },
};
/* clang-format on */

const size_t e820_landmark_count = ARRAY_COUNT(e820_landmarks);

struct e820_entry e820_entries[E820_ENTRIES_MAX];
size_t e820_entry_count;

static bool is_map(const char *name)
{
	size_t length = strlen(name);

	return length > strlen(SUFFIX) &&
	       strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

size_t e820_count_files(void)
{
	DIR *folder = opendir(FOLDER);
	const struct dirent *found;
	size_t files = 0;

	if (folder == NULL) {
		return 0;
	}
	while ((found = readdir(folder)) != NULL) {
		files += is_map(found->d_name) ? 1 : 0;
	}
	closedir(folder);
	return files;
}

static uint32_t type_of(const char *word)
{
	static const struct {
		const char *word;
		uint32_t type;
	} types[] = {
		{ "usable", 1 },   { "reserved", 2 }, { "acpi-data", 3 },
		{ "acpi-nvs", 4 }, { "unusable", 5 }, { "pmem", 7 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
		if (strcmp(word, types[i].word) == 0) {
			return types[i].type;
		}
	}
	if (strncmp(word, "type-", 5) == 0) {
		return (uint32_t)strtoul(word + 5, NULL, 10);
	}
	return 0;
}

/* Reads "START END TYPE"; the end is inclusive. */
static bool read_entry(const char *line)
{
	struct e820_entry *entry = &e820_entries[e820_entry_count];
	unsigned long end;
	char word[16];
	uint32_t type;

	if (e820_entry_count == E820_ENTRIES_MAX ||
	    sscanf(line, "%lx %lx %15s", &entry->start, &end, word) != 3) {
		return false;
	}
	type = type_of(word);
	entry->bytes = end - entry->start + 1;
	entry->kind = memory_kind_of_e820(type);
	e820_entry_count++;
	return type != 0;
}

void e820_read(const char *name)
{
	char path[PATH_MAX_LENGTH];
	char line[1024];
	FILE *file;
	bool good = true;

	snprintf(path, sizeof(path), FOLDER "/%s" SUFFIX, name);
	file = fopen(path, "r");
	if (file == NULL) {
		ERROR("%s cannot be read from the current folder", path);
	}
	e820_entry_count = 0;
	while (good && fgets(line, sizeof(line), file) != NULL) {
		good = line[0] == '#' || read_entry(line);
	}
	fclose(file);
	if (!good || e820_entry_count == 0) {
		ERROR("%s: not understood: %s", path, line);
	}
}
