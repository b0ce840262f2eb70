// SPDX-License-Identifier: MIT
/*
 * The regions of the kernel's own address space.
 */
#include "mm/kernel_regions.h"

#include "arch/x86/image.h"
#include "arch/x86/stacks.h"
#include "lib/assert.h"
#include "mm/direct_map.h"

/* What is being made. */
static struct region_table *table;
static paddr_t image;
static const struct boot_page *page;

static void add_region(struct region region)
{
	ASSERT(table->count < REGIONS_MAX);
	if (region.bytes != 0) {
		table->regions[table->count++] = region;
	}
}

static paddr_t image_paddr(vaddr_t address)
{
	return paddr_add(image, address.va - vaddr_of(image_start).va);
}

/* What may be written at first may become code instead, but code and constants
 * stay what they are. */
static rights_t never(unsigned int right_bits)
{
	return (right_bits & RIGHT_WRITE) != 0
		       ? rights(RIGHT_USER)
		       : rights(RIGHT_USER | RIGHT_WRITE |
				(~right_bits & RIGHT_EXECUTE));
}

/* A part of the image, whole pages, from one symbol to the next. */
static struct region image_region(const uint8_t *start, const uint8_t *end,
				  unsigned int right_bits, const char *name)
{
	return (struct region){
		.start = vaddr_of(start),
		.bytes = align_up((uint64_t)(end - start), PAGE_BYTES),
		.memory = image_paddr(vaddr_of(start)),
		.attrs = attrs(right_bits | RIGHT_GLOBAL, MT_WB),
		.never = never(right_bits),
		.name = name,
	};
}

/* Data, up to the next guard page, and the guard. */
static void add_data_below(vaddr_t guard)
{
	const struct region *last = &table->regions[table->count - 1];
	vaddr_t start = vaddr_add(last->start, last->bytes);
	struct region region = image_region(vaddr_ptr(start), vaddr_ptr(guard),
					    RIGHT_WRITE, "image data");

	add_region(region);
	add_region((struct region){ .start = guard,
				    .bytes = PAGE_BYTES,
				    .hole = true,
				    .name = "guard page" });
}

/* Makes a region of its own of the page with another frame behind it. */
static void cut_out_boot_page(void)
{
	size_t i = table->count;
	struct region *whole;
	uint64_t before;

	do {
		ASSERT(i != 0);
		whole = &table->regions[--i];
	} while (page->page.va - whole->start.va >= whole->bytes);
	before = page->page.va - whole->start.va;
	ASSERT(before != 0 && before + PAGE_BYTES < whole->bytes &&
	       table->count + 2 <= REGIONS_MAX);
	table->count += 2;
	for (size_t to = table->count - 1; to > i + 1; to--) {
		table->regions[to] = table->regions[to - 2];
	}
	whole[1] = whole[0];
	whole[1].start = page->page;
	whole[1].bytes = PAGE_BYTES;
	whole[1].device = true;
	whole[1].frames = page->frame;
	whole[1].name = page->name;
	whole[2].start = vaddr_add(whole[2].start, before + PAGE_BYTES);
	whole[2].memory = paddr_add(whole[2].memory, before + PAGE_BYTES);
	whole[2].bytes -= before + PAGE_BYTES;
	whole[0].bytes = before;
}

static void add_image(void)
{
	const struct region *last;

	add_region(image_region(text_start, text_end, RIGHT_EXECUTE,
				"image text"));
	add_region(image_region(rodata_start, rodata_end, 0, "image rodata"));
	stack_each_guard(add_data_below);
	last = &table->regions[table->count - 1];
	add_region(image_region(vaddr_ptr(vaddr_add(last->start, last->bytes)),
				image_end, RIGHT_WRITE, "image data"));
	if (page->name != NULL) {
		cut_out_boot_page();
	}
}

static struct region alias_region(paddr_t start, paddr_t end,
				  unsigned int right_bits, const char *name)
{
	return (struct region){
		.start = direct_map_vaddr(start),
		.bytes = end.pa - start.pa,
		.memory = start,
		.attrs = attrs(right_bits | RIGHT_GLOBAL, MT_WB),
		.never = rights(RIGHT_USER | RIGHT_EXECUTE |
				(~right_bits & RIGHT_WRITE)),
		.name = name,
	};
}

/* Code and constants are not writable through the direct map either. */
static void add_direct_map(void)
{
	paddr_t text = image_paddr(vaddr_of(text_start));
	paddr_t rodata = image_paddr(vaddr_of(rodata_start));
	paddr_t data = image_paddr(vaddr_of(data_start));

	add_region(alias_region(paddr(0), text, RIGHT_WRITE, "direct map"));
	add_region(alias_region(text, rodata, 0, "alias of text"));
	add_region(alias_region(rodata, data, 0, "alias of rodata"));
	add_region(alias_region(data, paddr(DIRECT_MAP_BYTES), RIGHT_WRITE,
				"direct map"));
}

void kernel_regions_make(struct region_table *regions, paddr_t at,
			 const struct boot_page *other)
{
	table = regions;
	image = at;
	page = other;
	add_direct_map();
	add_image();
}
