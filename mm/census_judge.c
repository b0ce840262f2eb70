// SPDX-License-Identifier: MIT
/*
 * The census: how entries are judged.
 */
#include "mm/census_judge.h"

#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "arch/x86/stacks.h"
#include "mm/iomap.h"
#include "mm/kernel_space.h"

/* The encoding of write-back in the PAT MSR (SDM vol. 3, table 12-10). */
#define TYPE_WB 6

void census_broken(enum census_rule rule, const struct census_entry *entry)
{
	census.complaints++;
	if (census.broken[rule].count++ == 0) {
		census.broken[rule].first = *entry;
	}
}

/* The type that an entry names, as the MSR encodes it. */
static uint64_t type_of(const struct census_entry *entry)
{
	uint64_t pat = entry->level == 1 ? PS : PAT_LARGE;
	bool leaf = is_leaf(entry->bits, entry->level);
	unsigned int index = ((entry->bits & PWT) != 0 ? 1U : 0U) +
			     ((entry->bits & PCD) != 0 ? 2U : 0U) +
			     (leaf && (entry->bits & pat) != 0 ? 4U : 0U);

	return census.pat >> 8 * index & 7;
}

static void judge_rights(const struct census_entry *leaf, bool write,
			 bool execute)
{
	bool global = (leaf->bits & GLOBAL) != 0;

	if (leaf->write != write || leaf->execute != (execute || !census.nx) ||
	    leaf->user || global != pv()->paging->global) {
		census_broken(CENSUS_RIGHTS, leaf);
	}
}

static paddr_t image_memory(const uint8_t *symbol)
{
	return paddr_add(census.image,
			 vaddr_of(symbol).va - vaddr_of(image_start).va);
}

/* The start of the RAM that comes behind what has been met, or all ones. */
static uint64_t next_ram(void)
{
	const struct memory_map *ram = kernel_ram();

	while (census.ram_range < ram->count &&
	       census.ram_done >= ram->ranges[census.ram_range].end.pa) {
		census.ram_range++;
	}
	return census.ram_range == ram->count
		       ? UINT64_MAX
		       : max_u64(census.ram_done,
				 ram->ranges[census.ram_range].start.pa);
}

/* Leaves come in ascending order. So all RAM is met, once, if each of them
 * begins just where the RAM behind the last one does. */
static void judge_direct_map(const struct census_entry *leaf, bool table)
{
	uint64_t pa = leaf->va - DIRECT_MAP_VADDR;
	bool alias = pa < image_memory(data_start).pa &&
		     pa + leaf->bytes > image_memory(text_start).pa;

	census.leaves[leaf->level]++;
	judge_rights(leaf, !alias && !table, false);
	if (!memory_map_is_ram(kernel_ram(), paddr(pa), leaf->bytes)) {
		census_broken(CENSUS_STRAY, leaf);
	} else if (pa != next_ram() || leaf->memory.pa != pa) {
		census_broken(CENSUS_RAM, leaf);
	}
	census.ram_done = pa + leaf->bytes;
}

/* What lies between the last leaf and this one must be guard pages. */
static void skip_guards(const struct census_entry *leaf, uint64_t end)
{
	while (census.image_done < end) {
		if (stack_of_guard(vaddr(census.image_done)) == NULL) {
			census_broken(CENSUS_IMAGE, leaf);
		}
		census.image_done += PAGE_BYTES;
	}
}

static bool is_ram(mfn_t frame)
{
	pfn_t own = pv()->mfn_to_pfn(frame);

	return !pfn_eq(own, PFN_NONE) &&
	       memory_map_is_ram(kernel_ram(), pfn_paddr(own), PAGE_BYTES);
}

/* The page with another frame behind it: with just that frame. */
static bool is_boot_page(const struct census_entry *leaf)
{
	const struct boot_page *page = kernel_boot_page();

	return page->name != NULL && leaf->va == page->page.va &&
	       (leaf->bits & FRAME) == page->frame.mfn << 12 &&
	       !is_ram(page->frame);
}

static void judge_image(const struct census_entry *leaf)
{
	uint64_t offset = leaf->va - vaddr_of(image_start).va;
	const struct page_alloc *pages = kernel_pgtable()->pages;

	census.leaves[leaf->level]++;
	judge_rights(leaf, leaf->va >= vaddr_of(data_start).va,
		     leaf->va < vaddr_of(rodata_start).va);
	skip_guards(leaf, leaf->va);
	census.image_done = leaf->va + leaf->bytes;
	if (is_boot_page(leaf)) {
		return;
	}
	if (leaf->memory.pa != census.image.pa + offset ||
	    stack_of_guard(vaddr(leaf->va)) != NULL ||
	    page_kind_of(pages, paddr_pfn(leaf->memory)) != PAGE_IMAGE) {
		census_broken(CENSUS_IMAGE, leaf);
	}
}

static const struct iomap *find_iomap(uint64_t va)
{
	for (size_t i = 0; i < iomap_count(); i++) {
		if (va - iomap_get(i)->start.va < iomap_get(i)->bytes) {
			return iomap_get(i);
		}
	}
	return NULL;
}

static void judge_device(const struct census_entry *leaf,
			 const struct iomap *map)
{
	static const uint8_t encodings[MT_COUNT] = {
		[MT_WB] = TYPE_WB, [MT_WT] = 4,	      [MT_WP] = 5,
		[MT_WC] = 1,	   [MT_UC_MINUS] = 7, [MT_UC] = 0,
	};
	uint64_t offset = leaf->va - map->start.va;

	census.device_pages++;
	judge_rights(leaf, true, false);
	if ((leaf->bits & FRAME) != (map->frame.mfn << 12) + offset ||
	    leaf->level != 1 || type_of(leaf) != encodings[map->attrs.type]) {
		census_broken(CENSUS_DEVICE, leaf);
	}
}

/* Is it the mapping of a table, where these must not be writable? */
static bool maps_table(const struct census_entry *leaf)
{
	return pv()->paging->tables_readonly &&
	       page_is_table(kernel_pgtable()->pages, paddr_pfn(leaf->memory));
}

void census_judge_leaf(const struct census_entry *leaf)
{
	const struct iomap *map = find_iomap(leaf->va);
	bool table = maps_table(leaf);

	if (table && leaf->write) {
		census_broken(CENSUS_TABLE_WRITABLE, leaf);
	}
	if (leaf->write && leaf->execute) {
		census_broken(CENSUS_WX, leaf);
	}
	if (map != NULL) {
		judge_device(leaf, map);
		return;
	}
	if (type_of(leaf) != TYPE_WB) {
		census_broken(CENSUS_TYPE, leaf);
	}
	if (leaf->va - DIRECT_MAP_VADDR < DIRECT_MAP_BYTES) {
		judge_direct_map(leaf, table);
	} else if (leaf->va >= vaddr_of(image_start).va &&
		   leaf->va < vaddr_of(image_end).va) {
		judge_image(leaf);
	} else {
		census_broken(CENSUS_STRAY, leaf);
	}
}

void census_judge_table(const struct census_entry *table)
{
	enum page_kind kind =
		page_kind_of(kernel_pgtable()->pages, paddr_pfn(table->memory));

	census.tables++;
	if (type_of(table) != TYPE_WB) {
		census_broken(CENSUS_TYPE, table);
	}
	if (phys_ptr(table->memory) == NULL ||
	    (kind != PAGE_TABLE_LIVE && kind != PAGE_TABLE_KEPT)) {
		census_broken(CENSUS_TABLE, table);
	}
}

/* The hypervisor's own entries: not for us to follow. None of our frames hangs
 * there but the root, by which Xen reads the tables (LINEAR_PT_VIRT_START in
 * xen/arch/x86/include/asm/config.h). */
bool census_judge_hypervisor(const struct census_entry *entry)
{
	if (!pv()->paging->hypervisor || entry->level != census.levels ||
	    entry->va - HYPERVISOR_VADDR >= HYPERVISOR_BYTES) {
		return false;
	}
	if (entry->memory.pa != UINT64_MAX &&
	    entry->memory.pa != pfn_paddr(kernel_pgtable()->root).pa) {
		census_broken(CENSUS_STRAY, entry);
	}
	return true;
}

void census_judge_end(const struct census_entry *top)
{
	skip_guards(top, vaddr_of(image_end).va);
	if (next_ram() != UINT64_MAX) {
		census_broken(CENSUS_RAM, top);
	}
}

/* ---- Leaves that are like the last one ----------------------------------- */

uint64_t census_alike(const struct census_entry *leaf)
{
	const struct memory_range *ram =
		&kernel_ram()->ranges[census.ram_range];
	uint64_t pa = leaf->va - DIRECT_MAP_VADDR;
	uint64_t pages = (ram->end.pa - pa) >> PAGE_SHIFT;

	if (pa >= DIRECT_MAP_BYTES || leaf->level != 1 ||
	    pa < image_memory(data_start).pa) {
		return 1;
	}
	return pv()->paging->tables_readonly
		       ? page_run_of_tables(kernel_pgtable()->pages,
					    paddr_pfn(leaf->memory), pages)
		       : pages;
}

void census_pass_over(unsigned int n)
{
	census.leaves[1] += n;
	census.ram_done += (uint64_t)n << PAGE_SHIFT;
}
