// SPDX-License-Identifier: MIT
/*
 * The census: what the page tables in use hold.
 */
#include "mm/census.h"

#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "arch/x86/stacks.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/iomap.h"
#include "mm/kernel_space.h"

/* Intel SDM vol. 3, tables 4-12 to 4-20. */
#define P	  BIT(0)
#define RW	  BIT(1)
#define US	  BIT(2)
#define PWT	  BIT(3)
#define PCD	  BIT(4)
#define PS	  BIT(7) /* At levels 2 and 3; at level 1 it is PAT. */
#define GLOBAL	  BIT(8)
#define PAT_LARGE BIT(12)
#define XD	  BIT(63)
#define FRAME	  UINT64_C(0x000ffffffffff000)
#define ENTRIES	  512
/* The encoding of write-back in the PAT MSR, and what holds where there is no
 * PAT (tables 12-10 and 12-12). */
#define TYPE_WB	     6
#define PAT_AT_RESET UINT64_C(0x0007040600070406)

static struct census census;

static void broken(enum census_rule rule, const struct census_entry *entry)
{
	if (census.broken[rule].count++ == 0) {
		census.broken[rule].first = *entry;
	}
}

static unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

static bool is_leaf(uint64_t bits, unsigned int level)
{
	return level == 1 || (level <= 3 && (bits & PS) != 0);
}

/* ---- Judging ------------------------------------------------------------- */

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
		broken(CENSUS_RIGHTS, leaf);
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
		broken(CENSUS_STRAY, leaf);
	} else if (pa != next_ram() || leaf->memory.pa != pa) {
		broken(CENSUS_RAM, leaf);
	}
	census.ram_done = pa + leaf->bytes;
}

/* What lies between the last leaf and this one must be guard pages. */
static void skip_guards(const struct census_entry *leaf, uint64_t end)
{
	while (census.image_done < end) {
		if (stack_of_guard(vaddr(census.image_done)) == NULL) {
			broken(CENSUS_IMAGE, leaf);
		}
		census.image_done += PAGE_BYTES;
	}
}

/* The page with another frame behind it: with just that frame. */
static bool is_boot_page(const struct census_entry *leaf)
{
	const struct boot_page *page = kernel_boot_page();

	return page->name != NULL && leaf->va == page->page.va &&
	       (leaf->bits & FRAME) == page->frame.mfn << 12 &&
	       pfn_eq(pv()->mfn_to_pfn(page->frame), PFN_NONE);
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
		broken(CENSUS_IMAGE, leaf);
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
		broken(CENSUS_DEVICE, leaf);
	}
}

/* Is it the mapping of a table, where these must not be writable? */
static bool maps_table(const struct census_entry *leaf)
{
	return pv()->paging->tables_readonly &&
	       page_is_table(kernel_pgtable()->pages, paddr_pfn(leaf->memory));
}

static void judge_leaf(const struct census_entry *leaf)
{
	const struct iomap *map = find_iomap(leaf->va);
	bool table = maps_table(leaf);

	if (table && leaf->write) {
		broken(CENSUS_TABLE_WRITABLE, leaf);
	}
	if (leaf->write && leaf->execute) {
		broken(CENSUS_WX, leaf);
	}
	if (map != NULL) {
		judge_device(leaf, map);
		return;
	}
	if (type_of(leaf) != TYPE_WB) {
		broken(CENSUS_TYPE, leaf);
	}
	if (leaf->va - DIRECT_MAP_VADDR < DIRECT_MAP_BYTES) {
		judge_direct_map(leaf, table);
	} else if (leaf->va >= vaddr_of(image_start).va &&
		   leaf->va < vaddr_of(image_end).va) {
		judge_image(leaf);
	} else {
		broken(CENSUS_STRAY, leaf);
	}
}

/* ---- The walk ------------------------------------------------------------ */

/* A bit that is reserved in the entry spoils what it leads to. */
static paddr_t memory_of(uint64_t bits, unsigned int level)
{
	bool large = level > 1 && is_leaf(bits, level);
	uint64_t address = bits & FRAME & ~(large ? PAT_LARGE : 0);
	pfn_t frame = pv()->mfn_to_pfn(mfn(address >> 12));
	bool spoilt = (!census.nx && (bits & XD) != 0) ||
		      (large && !is_aligned(address, BIT(shift_of(level))));

	return spoilt || pfn_eq(frame, PFN_NONE) ? paddr(UINT64_MAX)
						 : pfn_paddr(frame);
}

/* The entry of a table, with what leads to the table. */
static struct census_entry look(const struct census_entry *above,
				unsigned int index)
{
	const uint64_t *entries = phys_ptr(above->memory);
	uint64_t bits = READ_ONCE(entries[index]);
	unsigned int level = above->level - 1;
	uint64_t mark = pv()->paging->kernel_mark;
	struct census_entry entry = {
		.va = above->va + ((uint64_t)index << shift_of(level)),
		.bits = bits,
		.bytes = BIT(shift_of(level)),
		.level = level,
		.write = above->write && (bits & RW) != 0,
		.execute = above->execute && !(census.nx && (bits & XD) != 0),
		.user = above->user && (bits & US) != 0 &&
			!(is_leaf(bits, level) && (bits & mark) != 0),
	};

	ASSERT(level >= 1);
	/* In the upper half of the root the sign goes on above the index. */
	if (level == census.levels && index >= ENTRIES / 2) {
		entry.va -= BIT(shift_of(level) + 9);
	}
	entry.memory =
		(bits & P) != 0 ? memory_of(bits, level) : paddr(UINT64_MAX);
	return entry;
}

static bool judge_table(const struct census_entry *table)
{
	const struct page_alloc *pages = kernel_pgtable()->pages;

	census.tables++;
	if (phys_ptr(table->memory) == NULL ||
	    page_kind_of(pages, paddr_pfn(table->memory)) != PAGE_TABLE_LIVE) {
		broken(CENSUS_TABLE, table);
		return false;
	}
	return true;
}

/* The hypervisor's own entries: not for us to follow. None of our frames hangs
 * there but the root, by which Xen reads the tables (LINEAR_PT_VIRT_START in
 * xen/arch/x86/include/asm/config.h). */
static bool is_hypervisors(const struct census_entry *entry)
{
	if (!pv()->paging->hypervisor || entry->level != census.levels ||
	    entry->va - HYPERVISOR_VADDR >= HYPERVISOR_BYTES) {
		return false;
	}
	census.hypervisor_entries++;
	if (entry->memory.pa != UINT64_MAX &&
	    entry->memory.pa != pfn_paddr(kernel_pgtable()->root).pa) {
		broken(CENSUS_STRAY, entry);
	}
	return true;
}

/* Goes down one level with each call. */
static void visit_table(const struct census_entry *table)
{
	if (!judge_table(table)) {
		return;
	}
	for (unsigned int i = 0; i < ENTRIES; i++) {
		struct census_entry entry = look(table, i);

		if ((entry.bits & P) == 0) {
			if (entry.bits != 0) {
				broken(CENSUS_NONE, &entry);
			}
			continue;
		}
		if (is_hypervisors(&entry)) {
			continue;
		}
		if (entry.va >> 63 == 0) {
			broken(CENSUS_LOWER, &entry);
		}
		if (is_leaf(entry.bits, entry.level)) {
			judge_leaf(&entry);
			continue;
		}
		if (type_of(&entry) != TYPE_WB) {
			broken(CENSUS_TYPE, &entry);
		}
		visit_table(&entry);
	}
}

static void learn_facts(void)
{
	uint32_t features = features_detect() & pv()->features;

	census.levels = (cpu_read_cr4() & CR4_LA57) != 0 ? 5 : 4;
	census.nx = (features & FEATURE_NX) != 0;
	census.pat = (features & FEATURE_PAT) != 0 ? cpu_read_msr(MSR_PAT)
						   : PAT_AT_RESET;
}

/* What leads to the root is CR3. */
static struct census_entry root(void)
{
	uint64_t bits = cpu_read_cr3();
	pfn_t frame = pv()->mfn_to_pfn(mfn((bits & FRAME) >> 12));

	return (struct census_entry){ .bits = bits,
				      .memory = pfn_paddr(frame),
				      .level = census.levels + 1,
				      .write = true,
				      .execute = true,
				      .user = true };
}

bool census_translate(vaddr_t address, paddr_t *memory)
{
	struct census_entry entry;

	learn_facts();
	entry = root();
	do {
		unsigned int shift = shift_of(entry.level - 1);

		entry = look(&entry, address.va >> shift & (ENTRIES - 1));
		if ((entry.bits & P) == 0) {
			return false;
		}
	} while (!is_leaf(entry.bits, entry.level));
	*memory = paddr_add(entry.memory, address.va & (entry.bytes - 1));
	return true;
}

const struct census *census_take(void)
{
	struct census_entry top;

	memset(&census, 0, sizeof(census));
	census.image = paddr(UINT64_MAX);
	(void)census_translate(vaddr_of(image_start), &census.image);
	census.image_done = vaddr_of(image_start).va;
	top = root();
	visit_table(&top);
	skip_guards(&top, vaddr_of(image_end).va);
	if (next_ram() != UINT64_MAX) {
		broken(CENSUS_RAM, &top);
	}
	return &census;
}
