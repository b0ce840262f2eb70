// SPDX-License-Identifier: MIT
/*
 * Tests of the memory map with maps of real machines.
 *
 * What firmware says is stranger than what one thinks of. Each map in
 * tests/data/e820 goes through the same checks; what sets single machines
 * apart is in the tables.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/memory_map.h"
#include "lib/selftest.h"

#define FOLDER "tests/data/e820"
#define SUFFIX ".e820"
#define LIMIT  BIT(PADDR_BITS)

#define PATH_MAX_LENGTH 256
#define ENTRIES_MAX	128
/* Cutting n entries leaves at most 2n - 1. */
#define RUNS_MAX (2 * ENTRIES_MAX)

/* A line of a file. */
struct entry {
	uint64_t start;
	uint64_t bytes;
	enum memory_kind kind;
};

struct machine {
	const char *name;
	uint64_t ram_pages;
	uint64_t ram_end;
};

/* clang-format off */
static const struct machine machines[] = {
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

/* Entries that must be in a machine's normalised map, exactly as they are
 * here. */
struct landmark {
	const char *name;
	uint64_t start;
	uint64_t end;
	enum memory_kind kind;
};

/* clang-format off */
static const struct landmark landmarks[] = {
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

static struct entry entries[ENTRIES_MAX];
static size_t entry_count;

static struct memory_map map;
static struct memory_map again;

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
	struct entry *entry = &entries[entry_count];
	unsigned long end;
	char word[16];
	uint32_t type;

	if (entry_count == ENTRIES_MAX ||
	    sscanf(line, "%lx %lx %15s", &entry->start, &end, word) != 3) {
		return false;
	}
	type = type_of(word);
	entry->bytes = end - entry->start + 1;
	entry->kind = memory_kind_of_e820(type);
	entry_count++;
	return type != 0;
}

static void read_file(const char *name)
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
	entry_count = 0;
	while (good && fgets(line, sizeof(line), file) != NULL) {
		good = line[0] == '#' || read_entry(line);
	}
	fclose(file);
	if (!good || entry_count == 0) {
		ERROR("%s: not understood: %s", path, line);
	}
}

static void normalise(const char *name)
{
	map.count = 0;
	for (size_t i = 0; i < entry_count; i++) {
		CHECK_EQ(memory_map_add(&map, paddr(entries[i].start),
					entries[i].bytes, entries[i].kind),
			 OK);
	}
	if (memory_map_normalise(&map) != OK) {
		FAIL("%s: does not fit", name);
	}
}

/* Calls check with each machine's map, normalised. */
static void for_each_machine(void (*check)(const struct machine *machine))
{
	for (size_t i = 0; i < ARRAY_COUNT(machines); i++) {
		CHECK_CALL(read_file(machines[i].name));
		CHECK_CALL(normalise(machines[i].name));
		CHECK_CALL(check(&machines[i]));
	}
}

/* Names the file and the entry where a map is not what it should be. */
#define CHECK_ENTRY(machine, index, cond)                                   \
	do {                                                                \
		selftest_checked();                                         \
		if (!(cond)) {                                              \
			FAIL("%s: entry %zu: expected %s", (machine)->name, \
			     (size_t)(index), #cond);                       \
		}                                                           \
	} while (0)

SELFTEST(complete, "every map in the folder is known, and no other")
{
	DIR *folder = opendir(FOLDER);
	const struct dirent *found;
	size_t files = 0;

	if (folder == NULL) {
		ERROR("%s is not in the current folder", FOLDER);
	}
	while ((found = readdir(folder)) != NULL) {
		size_t length = strlen(found->d_name);

		if (length > strlen(SUFFIX) &&
		    strcmp(found->d_name + length - strlen(SUFFIX), SUFFIX) ==
			    0) {
			files++;
		}
	}
	closedir(folder);
	CHECK_EQ(ARRAY_COUNT(machines), files);
	for (size_t i = 0; i < ARRAY_COUNT(machines); i++) {
		CHECK_CALL(read_file(machines[i].name));
	}
}

static void check_form(const struct machine *machine)
{
	for (size_t i = 0; i < map.count; i++) {
		const struct memory_range *range = &map.ranges[i];

		CHECK_ENTRY(machine, i, range->start.pa < range->end.pa);
		CHECK_ENTRY(machine, i, range->end.pa <= LIMIT);
		CHECK_ENTRY(machine, i,
			    range->kind != MEMORY_RAM ||
				    is_aligned(range->start.pa | range->end.pa,
					       PAGE_BYTES));
	}
	for (size_t i = 1; i < map.count; i++) {
		const struct memory_range *range = &map.ranges[i];
		const struct memory_range *before = &map.ranges[i - 1];

		CHECK_ENTRY(machine, i, before->end.pa <= range->start.pa);
		CHECK_ENTRY(machine, i,
			    before->end.pa != range->start.pa ||
				    before->kind != range->kind);
	}
}

SELFTEST(form, "MAP-1: the entries of every map ascend and do not overlap")
{
	for_each_machine(check_form);
}

/*
 * The model asks, for every stretch between two places where any entry begins
 * or ends, all entries anew.
 */
static uint64_t points[2 * ENTRIES_MAX];

/* Where the entry ends, as memory_map_add promises to cut it. */
static uint64_t entry_end(const struct entry *entry)
{
	uint64_t end = entry->start + entry->bytes;

	return end < entry->start || end > LIMIT ? LIMIT : end;
}

static int compare_points(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static size_t find_points(void)
{
	size_t count = 0;

	for (size_t i = 0; i < entry_count; i++) {
		points[count++] = entries[i].start;
		points[count++] = entry_end(&entries[i]);
	}
	qsort(points, count, sizeof(points[0]), compare_points);
	return count;
}

/* The strongest kind of the stretch, or -1. */
static int kind_between(uint64_t start, uint64_t end)
{
	int kind = -1;

	for (size_t i = 0; i < entry_count; i++) {
		const struct entry *entry = &entries[i];

		if (entry->bytes != 0 && entry->start <= start &&
		    end <= entry_end(entry) && (int)entry->kind > kind) {
			kind = (int)entry->kind;
		}
	}
	return kind;
}

struct run {
	uint64_t start;
	uint64_t end;
	int kind;
};

static struct run runs[RUNS_MAX];

/* Puts a stretch at the end of the runs; returns how many there are. */
static size_t append_run(size_t count, struct run run)
{
	if (run.kind < 0 || run.start == run.end) {
		return count;
	}
	if (count != 0 && runs[count - 1].end == run.start &&
	    runs[count - 1].kind == run.kind) {
		runs[count - 1].end = run.end;
		return count;
	}
	runs[count] = run;
	return count + 1;
}

static size_t find_runs(void)
{
	size_t point_count = find_points();
	size_t count = 0;

	for (size_t i = 0; i + 1 < point_count; i++) {
		struct run run = { points[i], points[i + 1], 0 };

		run.kind = kind_between(run.start, run.end);
		count = append_run(count, run);
	}
	return count;
}

static void check_model(const struct machine *machine)
{
	size_t run_count = find_runs();
	size_t at = 0;

	for (size_t i = 0; i < run_count; i++) {
		struct run run = runs[i];

		if (run.kind == MEMORY_RAM) {
			run.start = (run.start + 0xfff) / 0x1000 * 0x1000;
			run.end = run.end / 0x1000 * 0x1000;
		}
		if (run.start >= run.end) {
			continue;
		}
		CHECK_ENTRY(machine, at, at < map.count);
		CHECK_ENTRY(machine, at, map.ranges[at].start.pa == run.start);
		CHECK_ENTRY(machine, at, map.ranges[at].end.pa == run.end);
		CHECK_ENTRY(machine, at, (int)map.ranges[at].kind == run.kind);
		at++;
	}
	CHECK_ENTRY(machine, at, at == map.count);
}

SELFTEST(model, "MAP-2, MAP-3: every map is as an independent model has it")
{
	for_each_machine(check_model);
}

static void check_ram(const struct machine *machine)
{
	uint64_t pages = memory_map_ram_bytes(&map) / PAGE_BYTES;
	uint64_t end = 0;

	for (size_t i = 0; i < map.count; i++) {
		if (map.ranges[i].kind == MEMORY_RAM) {
			end = map.ranges[i].end.pa;
		}
	}
	selftest_checked();
	if (pages != machine->ram_pages || end != machine->ram_end) {
		FAIL("%s: expected 0x%lx pages up to 0x%lx, "
		     "found 0x%lx pages up to 0x%lx",
		     machine->name, machine->ram_pages, machine->ram_end, pages,
		     end);
	}
}

SELFTEST(totals, "MAP-3: every map has the RAM that its machine has")
{
	for_each_machine(check_ram);
}

static bool has_entry(const struct landmark *landmark)
{
	for (size_t i = 0; i < map.count; i++) {
		if (map.ranges[i].start.pa == landmark->start &&
		    map.ranges[i].end.pa == landmark->end &&
		    map.ranges[i].kind == landmark->kind) {
			return true;
		}
	}
	return false;
}

SELFTEST(peculiar,
	 "MAP-3: odd bytes, duplicates and islands end as they should")
{
	for (size_t i = 0; i < ARRAY_COUNT(landmarks); i++) {
		const struct landmark *landmark = &landmarks[i];

		CHECK_CALL(read_file(landmark->name));
		CHECK_CALL(normalise(landmark->name));
		selftest_checked();
		if (!has_entry(landmark)) {
			FAIL("%s: no entry 0x%lx to 0x%lx of kind %s",
			     landmark->name, landmark->start, landmark->end,
			     memory_kind_name(landmark->kind));
		}
	}
}

static void check_queries(const struct machine *machine)
{
	for (size_t i = 0; i < map.count; i++) {
		const struct memory_range *range = &map.ranges[i];
		uint64_t bytes = range->end.pa - range->start.pa;
		bool ram = range->kind == MEMORY_RAM;

		CHECK_ENTRY(machine, i,
			    memory_map_is_ram(&map, range->start, bytes) ==
				    ram);
		CHECK_ENTRY(machine, i,
			    !memory_map_is_ram(&map, range->start, bytes + 1));
		CHECK_ENTRY(machine, i,
			    memory_map_is_ram(&map, range->start, 1) == ram);
	}
}

SELFTEST(queries, "every entry of every map is RAM or not, to its last byte")
{
	for_each_machine(check_queries);
}

static void check_same(const struct machine *machine)
{
	CHECK_ENTRY(machine, again.count, again.count == map.count);
	for (size_t i = 0; i < map.count; i++) {
		const struct memory_range *a = &map.ranges[i];
		const struct memory_range *b = &again.ranges[i];

		CHECK_ENTRY(machine, i, a->start.pa == b->start.pa);
		CHECK_ENTRY(machine, i, a->end.pa == b->end.pa);
		CHECK_ENTRY(machine, i, a->kind == b->kind);
	}
}

static void check_twice(const struct machine *machine)
{
	again = map;
	CHECK_EQ(memory_map_normalise(&again), OK);
	CHECK_CALL(check_same(machine));
}

SELFTEST(twice, "MAP-1: normalising a map again changes nothing")
{
	for_each_machine(check_twice);
}

static void shuffle(struct random *random)
{
	for (size_t i = entry_count; i > 1; i--) {
		size_t other = random_below(random, i);
		struct entry entry = entries[i - 1];

		entries[i - 1] = entries[other];
		entries[other] = entry;
	}
}

static void check_order(const struct machine *machine)
{
	struct random random = selftest_random();
	uint64_t rounds = selftest_rounds(20);

	again = map;
	for (uint64_t i = 0; i < rounds; i++) {
		shuffle(&random);
		CHECK_CALL(normalise(machine->name));
		CHECK_CALL(check_same(machine));
	}
}

SELFTEST(order, "MAP-1: the order of the firmware's entries means nothing")
{
	for_each_machine(check_order);
}

SELFTEST_SUITE(e820, &complete, &form, &model, &totals, &peculiar, &queries,
	       &twice, &order);
