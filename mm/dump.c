// SPDX-License-Identifier: MIT
/*
 * What is mapped, for people.
 */
#include "mm/dump.h"

#include "arch/x86/image.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/census.h"
#include "mm/iomap.h"
#include "mm/kernel_space.h"
#include "mm/walk.h"

/* ---- Runs ---------------------------------------------------------------- */

/* Leaves that go on from each other. */
struct run {
	const struct pgtable *pt;
	const char *name; /* Of the region that was announced last. */
	uint64_t leaves;  /* 0: there is no run yet. */
	vaddr_t start;
	level_t level;
	attrs_t attrs;
	bool ours;
	uint64_t frame; /* Of the first; a machine frame if it is not ours. */
};

static uint64_t frames_of(level_t level)
{
	return level_bytes(level) >> PAGE_SHIFT;
}

static uint64_t run_bytes(const struct run *run)
{
	return run->leaves * level_bytes(run->level);
}

static const char *part_of(vaddr_t address)
{
	if (address.va - DIRECT_MAP_VADDR < DIRECT_MAP_BYTES) {
		return "directmap";
	}
	if (address.va - IOMAP_VADDR < IOMAP_BYTES) {
		return "device";
	}
	return address.va >= IMAGE_BASE_VADDR ? "image" : "other";
}

static const char *name_of(vaddr_t address)
{
	const struct region_table *table = kernel_regions();

	for (size_t i = 0; i < table->count; i++) {
		const struct region *region = &table->regions[i];

		if (address.va - region->start.va < region->bytes) {
			return region->name;
		}
	}
	for (size_t i = 0; i < iomap_count(); i++) {
		if (address.va - iomap_get(i)->start.va < iomap_get(i)->bytes) {
			return iomap_get(i)->name;
		}
	}
	return "no region";
}

static const char *size_name(level_t level)
{
	return level == L1 ? "4K" : level == L2 ? "2M" : "1G";
}

static void print_run(const struct run *run)
{
	char text[ATTRS_TEXT_MAX];

	if (run->leaves == 0) {
		return;
	}
	attrs_format(text, run->attrs);
	print("# %s %016lx-%016lx %lu x %s %s -> %s0x%lx\n",
	      part_of(run->start), run->start.va,
	      run->start.va + run_bytes(run) - 1, run->leaves,
	      size_name(run->level), text, run->ours ? "" : "machine ",
	      run->frame << PAGE_SHIFT);
}

static struct run begin_run(const struct run *last, const struct found *found)
{
	const struct pgtable *pt = last->pt;
	level_t level = found->place.level;
	mfn_t machine = pte_mfn(level, found->entry);
	pfn_t frame = pt->pv->mfn_to_pfn(machine);
	bool ours = !pfn_eq(frame, PFN_NONE);

	return (struct run){
		.pt = pt,
		.name = name_of(found->place.va),
		.leaves = 1,
		.start = found->place.va,
		.level = level,
		.attrs = { found->rights,
			   pte_attrs(pt_paging(pt), level, found->entry).type },
		.ours = ours,
		.frame = ours ? frame.pfn : machine.mfn,
	};
}

static bool goes_on(const struct run *run, const struct run *next)
{
	return run->leaves != 0 && run->level == next->level &&
	       run->start.va + run_bytes(run) == next->start.va &&
	       attrs_eq(run->attrs, next->attrs) && run->ours == next->ours &&
	       run->frame + run->leaves * frames_of(run->level) ==
		       next->frame &&
	       strcmp(run->name, next->name) == 0;
}

static unsigned int add_leaf(const struct found *found, void *context)
{
	struct run *run = context;
	struct run next = begin_run(run, found);

	if (goes_on(run, &next)) {
		run->leaves++;
		return 1;
	}
	print_run(run);
	if (run->name == NULL || strcmp(run->name, next.name) != 0) {
		print("# -- %s\n", next.name);
	}
	*run = next;
	return 1;
}

void dump_leaves(const struct pgtable *pt, vaddr_t start, uint64_t bytes)
{
	struct run run = { .pt = pt };

	walk_leaves(pt, start, bytes, add_leaf, &run);
	print_run(&run);
}

/* ---- Totals -------------------------------------------------------------- */

static unsigned int add_bytes(const struct found *found, void *context)
{
	uint64_t *bytes = context;

	bytes[found->place.level] += level_bytes(found->place.level);
	return 1;
}

static void print_totals(const struct pgtable *pt)
{
	uint64_t bytes[L5 + 1] = { 0 };
	uint64_t tables = census_take()->tables;

	walk_leaves(pt, vaddr(DIRECT_MAP_VADDR), DIRECT_MAP_BYTES, add_bytes,
		    bytes);
	print("# DirectMap4k: %lu kB\n", bytes[L1] / KIB);
	print("# DirectMap2M: %lu kB\n", bytes[L2] / KIB);
	print("# DirectMap1G: %lu kB\n", bytes[L3] / KIB);
	print("# PageTables: %lu kB\n", tables * PAGE_BYTES / KIB);
}

static void print_phase(const char *name,
			const struct kernel_space_cost_phase *before,
			const struct kernel_space_cost_phase *after)
{
	const struct audit *from = &before->audit;
	const struct audit *to = &after->audit;

	print("# %s: %lu stores, %lu kept, %lu full flushes, %lu flushes of "
	      "ranges, %lu hypercalls, %lu requests\n",
	      name, to->stores - from->stores, to->kept - from->kept,
	      to->flushes_all - from->flushes_all,
	      to->flushes_range - from->flushes_range,
	      after->pv.calls - before->pv.calls,
	      after->pv.requests - before->pv.requests);
}

static void print_cost(void)
{
	const struct kernel_space_cost *cost = kernel_space_cost();

	print_phase("build", &cost->before, &cost->after_build);
	print_phase("load", &cost->after_build, &cost->after_load);
	print_phase("protect", &cost->after_load, &cost->after_protect);
	print_phase("release", &cost->after_protect, &cost->after_release);
}

/* ---- All of it ----------------------------------------------------------- */

static void dump_image(const struct pgtable *pt)
{
	dump_leaves(pt, vaddr_of(image_start),
		    (uint64_t)(image_end - image_start));
}

void dump_tables(unsigned int parts)
{
	const struct pgtable *pt = kernel_pgtable();

	if ((parts & DUMP_ALL) != 0) {
		dump_leaves(pt, vaddr(0), UINT64_MAX);
	} else {
		if ((parts & DUMP_DIRECTMAP) != 0) {
			dump_leaves(pt, vaddr(DIRECT_MAP_VADDR),
				    DIRECT_MAP_BYTES);
		}
		if ((parts & DUMP_IMAGE) != 0) {
			dump_image(pt);
		}
	}
	print_totals(pt);
	print_cost();
}
