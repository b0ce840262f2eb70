// SPDX-License-Identifier: MIT
/*
 * Tests of what the boot path told.
 */
#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "arch/x86/probe.h"
#include "arch/x86/pv.h"
#include "kernel/main.h"
#include "lib/selftest.h"
#include "mm/iomap.h"
#include "mm/kernel_space.h"

SELFTEST(sorted, "memory ranges ascend, and neighbours that touch differ")
{
	const struct memory_map *map = &kernel_bootinfo()->map;

	CHECK(map->count != 0);
	for (size_t i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];

		CHECK(range->start.pa < range->end.pa);
		if (range->kind == MEMORY_RAM) {
			CHECK(is_aligned(range->start.pa, PAGE_BYTES));
			CHECK(is_aligned(range->end.pa, PAGE_BYTES));
		}
		if (i != 0) {
			CHECK(range[-1].end.pa <= range->start.pa);
			CHECK(range[-1].end.pa != range->start.pa ||
			      range[-1].kind != range->kind);
		}
	}
}

SELFTEST(image_in_ram, "the image lies in RAM, aligned as it was linked")
{
	const struct bootinfo *info = kernel_bootinfo();

	CHECK(is_aligned(info->image.pa, IMAGE_ALIGN));
	CHECK(memory_map_is_ram(&info->map, info->image,
				(uint64_t)(image_end - image_start)));
}

SELFTEST(image_found, "what lies at the image's physical address is the image")
{
	const uint8_t *alias = phys_ptr(kernel_bootinfo()->image);
	struct fault fault;
	uint64_t value;

	CHECK(alias != NULL);
	CHECK(probe_read(vaddr_of(alias), &value, &fault));
	CHECK_EQ(memcmp(alias, image_start, PAGE_BYTES), 0);
}

/* The first byte of each range, as far as it is mapped. */
SELFTEST(ram_is_there, "memory that is said to be RAM can be read")
{
	const struct memory_map *map = &kernel_bootinfo()->map;
	struct fault fault;
	uint64_t value;

	for (size_t i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];
		void *first = phys_ptr(range->start);

		if (range->kind != MEMORY_RAM || first == NULL) {
			continue;
		}
		CHECK(probe_read(vaddr_of(first), &value, &fault));
	}
}

SELFTEST(module_readable, "a module that was handed over lies in RAM, readable")
{
	const struct bootinfo *info = kernel_bootinfo();
	const struct boot_module *module = &info->module;
	const uint8_t *bytes = phys_ptr(module->start);
	uint64_t sum = 0;

	if (module->bytes == 0) {
		SKIP("no module was handed over");
	}
	CHECK(memory_map_is_ram(&info->map, module->start, module->bytes));
	CHECK(bytes != NULL);
	CHECK(phys_ptr(paddr_add(module->start, module->bytes - 1)) != NULL);
	for (uint64_t i = 0; i < module->bytes; i++) {
		sum += bytes[i];
	}
	selftest_note("module: %lu bytes at 0x%lx, sum of bytes %lu",
		      module->bytes, module->start.pa, sum);
}

/* All of them, and nothing beside them: each has been made writable, and so
 * have the tables of the window, for which the platform was asked twice each.
 */
SELFTEST(tables_recycled, "the loader's page tables are ordinary memory now")
{
	struct frame_range tables = kernel_bootinfo()->loader_tables;
	const struct kernel_space_cost *cost = kernel_space_cost();
	const struct page_alloc *pages = kernel_pgtable()->pages;
	uint64_t window =
		(cost->after_build.pv.requests - cost->before.pv.requests) / 2;

	if (tables.count == 0) {
		SKIP("the loader left none");
	}
	CHECK(window != 0);
	CHECK_EQ(cost->after_release.audit.stores -
			 cost->after_protect.audit.stores,
		 tables.count + window);
	CHECK_EQ(cost->after_release.audit.flushes_range -
			 cost->after_protect.audit.flushes_range,
		 2);
	for (uint64_t i = 0; i < tables.count; i++) {
		CHECK(page_kind_of(pages, pfn(tables.start.pfn + i)) !=
		      PAGE_BOOT);
	}
	CHECK_EQ(page_kind_of(pages, pfn(tables.start.pfn - 1)), PAGE_BOOT);
	CHECK_EQ(page_kind_of(pages, pfn(tables.start.pfn + tables.count)),
		 PAGE_BOOT);
}

/* The first frame of what an allocator begins to hand out is its record. */
SELFTEST(spare_given, "what the loader mapped for nothing is memory like any")
{
	struct frame_range spare = kernel_bootinfo()->loader_spare;
	const struct page_alloc *pages = kernel_pgtable()->pages;

	if (spare.count == 0) {
		SKIP("the loader left none");
	}
	for (uint64_t i = 0; i < spare.count; i++) {
		CHECK(page_kind_of(pages, pfn(spare.start.pfn + i)) !=
		      PAGE_BOOT);
	}
}

SELFTEST(screen_writable,
	 "a screen is no RAM, and its last pixel keeps what is written")
{
	const struct boot_framebuffer *screen = &kernel_bootinfo()->framebuffer;
	uint64_t offset = screen->start.pa % PAGE_BYTES;
	const struct iomap *map;
	volatile uint32_t *pixel;
	uint32_t before;
	uint64_t last;

	if (screen->bytes == 0) {
		SKIP("there is no screen");
	}
	CHECK(screen->width != 0 && screen->height != 0);
	CHECK(screen->width <= screen->pitch / sizeof(*pixel));
	CHECK(screen->height <= screen->bytes / screen->pitch);
	CHECK_EQ(iomap_add(mfn(screen->start.pa >> PAGE_SHIFT),
			   offset + screen->bytes, MT_WC, "screen", &map),
		 OK);
	last = (uint64_t)screen->pitch * (screen->height - 1) +
	       sizeof(*pixel) * (screen->width - 1);
	pixel = vaddr_ptr(vaddr_add(map->start, offset + last));
	before = *pixel;
	*pixel = ~before;
	CHECK_EQ(*pixel, ~before);
	*pixel = before;
	iomap_remove(map);
	selftest_note("screen: %ux%u pixels at 0x%lx", screen->width,
		      screen->height, screen->start.pa);
}

SELFTEST_SUITE(bootinfo, &sorted, &image_in_ram, &image_found, &ram_is_there,
	       &module_readable, &tables_recycled, &spare_given,
	       &screen_writable);
