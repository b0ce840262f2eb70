// SPDX-License-Identifier: MIT
/*
 * The kernel's own address space.
 */
#include "mm/kernel_space.h"

#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "mm/kernel_regions.h"
#include "mm/predict.h"
#include "mm/spurious.h"
#include "mm/table.h"
#include "mm/walk.h"

/* Firmware keeps data here that nobody lists, and a second CPU would start
 * here. */
#define LOW_MEMORY_BYTES MIB

static struct page_alloc pages;
static struct audit audit;
static struct pgtable pgtable;
static struct region_table regions;
static struct memory_map ram;
static struct memtypes memtypes;
static struct kernel_space_cost cost;
static paddr_t image;
static struct boot_page boot_page;

/* ---- Memory -------------------------------------------------------------- */

/* Takes RAM over from the map, as far as the direct map has room. */
static void take_ram(const struct memory_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		struct memory_range range = map->ranges[i];

		if (range.kind != MEMORY_RAM) {
			continue;
		}
		if (range.end.pa > DIRECT_MAP_BYTES) {
			log_warn("memory from 0x%lx is not used",
				 max_u64(range.start.pa, DIRECT_MAP_BYTES));
			range.end.pa = min_u64(range.end.pa, DIRECT_MAP_BYTES);
		}
		if (range.start.pa < range.end.pa) {
			ram.ranges[ram.count++] = range;
		}
	}
}

static void reserve_frames(struct frame_range frames, enum page_kind kind)
{
	page_alloc_reserve(&pages, pfn_paddr(frames.start),
			   frames.count << PAGE_SHIFT, kind);
}

/* What is told last is the most exact. */
static void init_pages(const struct bootinfo *info)
{
	reserve_frames(info->loader, PAGE_BOOT);
	reserve_frames(info->loader_tables, PAGE_TABLE_LIVE);
	page_alloc_reserve(&pages, paddr(0), LOW_MEMORY_BYTES, PAGE_BOOT);
	page_alloc_reserve(&pages, info->module.start, info->module.bytes,
			   PAGE_BOOT);
	page_alloc_reserve(&pages, info->image,
			   (uint64_t)(image_end - image_start), PAGE_IMAGE);
	page_alloc_init(&pages, &ram);
}

/* Asked before the allocator takes a page back. */
static const char *why_in_use(pfn_t frame)
{
	vaddr_t alias = direct_map_vaddr(pfn_paddr(frame));
	struct found found;

	/* A debt tells the address and not the frame that was there: the CPU
	 * may still walk it, or use it, by any of them. */
	if (audit.debt_count != 0) {
		return "may be in the TLB: a flush is owed";
	}
	found = walk_to(&pgtable, alias, L1);
	if (found.kind != PTE_LEAF ||
	    pte_attrs(pt_paging(&pgtable), found.place.level, found.entry)
			    .type != MT_WB) {
		return "is not write-back in the direct map";
	}
	return NULL;
}

/* ---- Tables -------------------------------------------------------------- */

/* With the root. */
static uint64_t count_tables(void)
{
	struct predict sum = { 0 };

	predict_regions(&sum, &regions, &ram, pt_paging(&pgtable)->leaf_max,
			pgtable.levels);
	return predict_sum(sum.tables) + 1;
}

/*
 * Takes all tables before the first entry is written: where they are to be
 * read-only, the leaf of each must be so from its first store.
 */
static void take_tables(struct frame_range *window)
{
	uint64_t count = count_tables();
	/* The allocator's records lie between them. */
	uint64_t records = count / (PAGE_GROUP - 1) + pages.range_count;
	paddr_t end = page_alloc_end_of(&pages, count + records);

	if (pgtable.pv->boot_extend(end, window) != OK) {
		PANIC("the boot map has no room for %lu page tables", count);
	}
	reserve_frames(*window, PAGE_TABLE_LIVE);
	if (table_pool_fill(&pgtable, count) != OK) {
		PANIC("no memory for the %lu page tables of the direct map",
		      count);
	}
}

/* ---- Passes -------------------------------------------------------------- */

/* It is there first, so the image leaves it alone. */
static enum err map_boot_page(void)
{
	return boot_page.name == NULL
		       ? OK
		       : map_device(&pgtable, boot_page.page, PAGE_BYTES,
				    boot_page.frame,
				    attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB));
}

static enum err map_all(void)
{
	/* The guards are mapped as well: one set of attributes for all. */
	struct region all = {
		.start = vaddr_of(image_start),
		.bytes = (uint64_t)(image_end - image_start),
		.memory = image,
		.attrs = attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB),
	};
	enum err error = map_boot_page();

	if (error == OK) {
		error = map_range(&pgtable, &all, L1, NULL);
	}
	return error != OK ? error : direct_map_build(&pgtable, &ram, &regions);
}

static void build(void)
{
	enum err error = table_alloc(&pgtable, &pgtable.root);

	if (error == OK) {
		page_set_kind(&pages, pgtable.root, PAGE_TABLE_LIVE);
		error = map_all();
	}
	/* It took what was predicted: a table beside the pool would be one
	 * whose leaf may be written already. */
	ASSERT(error == OK && pgtable.pool == 0 &&
	       pages.counts[PAGE_TABLE_LIVE] == count_tables());
}

static bool is_spurious(const struct fault *fault)
{
	return fault_is_spurious(&pgtable, fault);
}

static void load(level_t levels)
{
	pgtable.pv->load_root(pgtable.root, levels);
	pgtable.live = true;
	ledger_pay_all(&audit, true);
	phys_use_direct_map(paddr(DIRECT_MAP_BYTES));
	pgtable.pv->boot_release();
	trap_set_retry(is_spurious);
	pages.in_use = why_in_use;
}

static struct kernel_space_cost_phase cost_so_far(void)
{
	return (struct kernel_space_cost_phase){ audit, *pgtable.pv->cost };
}

/* Nobody has anything yet but the platform its page. */
static void init_memtypes(void)
{
	enum memtype granted;
	enum err error = OK;

	memtypes.pv = pv();
	memtypes.pages = &pages;
	memtypes.ram = &ram;
	if (boot_page.name != NULL) {
		error = memtype_reserve(&memtypes, boot_page.frame, 1, MT_WB,
					MEMTYPE_EXACT, &granted);
	}
	ASSERT(error == OK);
}

static void prepare(const struct bootinfo *info, level_t levels)
{
	image = info->image;
	boot_page = info->page;
	take_ram(&info->map);
	init_pages(info);
	init_memtypes();
	kernel_regions_make(&regions, image, &boot_page);
	pgtable = (struct pgtable){
		.pv = pv(), .pages = &pages, .audit = &audit, .levels = levels
	};
	if (!pt_paging(&pgtable)->nx) {
		log_warn("without NX all memory is executable");
	}
	cost.before = cost_so_far();
}

/* What the loader mapped behind the last thing it placed, of which the window's
 * tables are the first, is for nothing any more. */
static struct frame_range behind_window(const struct bootinfo *info,
					struct frame_range window)
{
	struct frame_range spare = info->loader_spare;

	ASSERT(window.count <= spare.count);
	spare.start.pfn += window.count;
	spare.count -= window.count;
	return spare;
}

void kernel_space_init(const struct bootinfo *info, level_t levels)
{
	struct frame_range window;

	prepare(info, levels);
	take_tables(&window);
	build();
	cost.after_build = cost_so_far();
	load(levels);
	cost.after_load = cost_so_far();
	regions_apply(&pgtable, &regions);
	cost.after_protect = cost_so_far();
	table_recycle(&pgtable, info->loader_tables);
	table_recycle(&pgtable, window);
	page_alloc_unreserve(&pages, behind_window(info, window));
	cost.after_release = cost_so_far();
}

bool kernel_space_ready(void)
{
	return pgtable.live;
}

struct pgtable *kernel_pgtable(void)
{
	return &pgtable;
}

const struct region_table *kernel_regions(void)
{
	return &regions;
}

const struct memory_map *kernel_ram(void)
{
	return &ram;
}

const struct boot_page *kernel_boot_page(void)
{
	return &boot_page;
}

struct memtypes *kernel_memtypes(void)
{
	return &memtypes;
}

const struct kernel_space_cost *kernel_space_cost(void)
{
	return &cost;
}
