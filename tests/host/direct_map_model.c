// SPDX-License-Identifier: MIT
/*
 * What the direct map must be.
 */
#include "tests/host/direct_map_model.h"

#include "lib/assert.h"
#include "lib/selftest.h"
#include "tests/host/hw_tables.h"
#include "tests/host/machine.h"
#include "tests/host/sparse_memory.h"

static const uint64_t sizes[] = { 4 * KIB, 2 * MIB, GIB };

/* ---- Runs ---------------------------------------------------------------- */

static uint64_t region_start(const struct region *region)
{
	return region->start.va - DIRECT_MAP_VADDR;
}

static uint64_t region_end(const struct region *region)
{
	return region_start(region) + region->bytes;
}

static const struct region *region_at(const struct region_table *regions,
				      uint64_t at)
{
	for (size_t i = 0; i < regions->count; i++) {
		const struct region *region = &regions->regions[i];

		if (region_start(region) <= at && at < region_end(region)) {
			return region;
		}
	}
	return NULL;
}

/* Adds RAM, cut at the borders of the regions, which ascend. */
static void add_ram(struct model *model, const struct region_table *regions,
		    uint64_t start, uint64_t end)
{
	while (start < end) {
		const struct region *region = region_at(regions, start);
		uint64_t stop = end;

		for (size_t i = regions->count; i-- > 0;) {
			uint64_t border = region_start(&regions->regions[i]);

			stop = border > start && border < stop ? border : stop;
		}
		if (region != NULL && region_end(region) < stop) {
			stop = region_end(region);
		}
		ASSERT(model->count < MODEL_RUNS_MAX);
		model->runs[model->count++] =
			(struct model_run){ start, stop, region };
		start = stop;
	}
}

void model_make(struct model *model, const struct memory_map *ram,
		const struct region_table *regions, level_t leaf_max)
{
	model->count = 0;
	model->regions = regions;
	model->leaf_max = sizes[leaf_max - L1];
	for (size_t i = 0; i < ram->count; i++) {
		if (ram->ranges[i].kind == MEMORY_RAM) {
			add_ram(model, regions, ram->ranges[i].start.pa,
				ram->ranges[i].end.pa);
		}
	}
}

static void add_piece(struct memory_map *map, uint64_t start, uint64_t end)
{
	if (map->count != 0 && map->ranges[map->count - 1].end.pa == start) {
		map->ranges[map->count - 1].end.pa = end;
		return;
	}
	ASSERT(map->count < MEMORY_MAP_MAX);
	map->ranges[map->count++] =
		(struct memory_range){ paddr(start), paddr(end), MEMORY_RAM };
}

void model_shorten(struct memory_map *ram, const struct region_table *regions,
		   level_t leaf_max)
{
	static const uint64_t keeps[] = { 2 * MIB + 16 * KIB, GIB + 6 * MIB,
					  512 * GIB + 2 * GIB };
	uint64_t keep = keeps[leaf_max - L1];
	static struct model model;

	model_make(&model, ram, regions, leaf_max);
	ram->count = 0;
	for (size_t i = 0; i < model.count; i++) {
		const struct model_run *run = &model.runs[i];

		if (run->end - run->start <= 2 * keep) {
			add_piece(ram, run->start, run->end);
		} else {
			add_piece(ram, run->start, run->start + keep);
			add_piece(ram, run->end - keep, run->end);
		}
	}
}

/* ---- Counts -------------------------------------------------------------- */

struct counter {
	struct model_counts counts;
	/* The number of the block that the last table of a kind covers, plus
	 * one: tables of 4 KiB leaves, of 2 MiB ones, ... */
	uint64_t last[4];
};

/* The tables that a stretch of leaves needs, from the size of their own on. */
static void count_tables(struct counter *counter, uint64_t start, uint64_t end,
			 unsigned int size, unsigned int kinds)
{
	ASSERT(kinds <= ARRAY_COUNT(counter->last));
	for (unsigned int kind = size; kind < kinds; kind++) {
		uint64_t block = UINT64_C(0x200000) << 9 * kind;
		uint64_t first = start / block + 1;
		uint64_t last = (end - 1) / block + 1;

		if (first == counter->last[kind]) {
			first++;
		}
		counter->counts.tables += last + 1 - first;
		counter->last[kind] = last;
	}
}

/* In the middle leaves of the size, on both sides whatever is smaller. */
static void count_run(struct counter *counter, uint64_t start, uint64_t end,
		      unsigned int size, unsigned int kinds)
{
	uint64_t bytes;
	uint64_t low;
	uint64_t high;

	ASSERT(start < end && size < ARRAY_COUNT(sizes));
	bytes = sizes[size];
	low = (start + bytes - 1) / bytes * bytes;
	high = end / bytes * bytes;
	if (low >= high) {
		count_run(counter, start, end, size - 1, kinds);
		return;
	}
	if (start < low) {
		count_run(counter, start, low, size - 1, kinds);
	}
	counter->counts.leaves[size] += (high - low) / bytes;
	counter->counts.all_leaves += (high - low) / bytes;
	count_tables(counter, low, high, size, kinds);
	if (high < end) {
		count_run(counter, high, end, size - 1, kinds);
	}
}

static unsigned int largest(const struct model *model)
{
	return model->leaf_max == sizes[2] ? 2 : model->leaf_max == sizes[1];
}

struct model_counts model_count(const struct model *model, level_t levels)
{
	struct counter counter = { .counts = { .tables = 0 } };

	for (size_t i = 0; i < model->count; i++) {
		count_run(&counter, model->runs[i].start, model->runs[i].end,
			  largest(model), levels - 1);
	}
	return counter.counts;
}

/* ---- Leaves -------------------------------------------------------------- */

struct cursor {
	const struct model *model;
	size_t run;
	uint64_t pa;
	uint64_t bytes;
};

static void size_leaf(struct cursor *at)
{
	if (at->run < at->model->count) {
		uint64_t left = at->model->runs[at->run].end - at->pa;

		at->bytes = at->model->leaf_max;
		while (at->pa % at->bytes != 0 || left < at->bytes) {
			at->bytes /= ENTRY_COUNT;
		}
	}
}

static struct cursor first_leaf(const struct model *model)
{
	struct cursor at = { model, 0, model->runs[0].start, 0 };

	size_leaf(&at);
	return at;
}

static void next_leaf(struct cursor *at)
{
	at->pa += at->bytes;
	if (at->pa == at->model->runs[at->run].end) {
		at->run++;
		at->pa = at->model->runs[at->run].start;
	}
	size_leaf(at);
}

/* May none of the 512 GiB round the address be executed? Then, if all leaves
 * are of one page, the entry above them says so. */
static bool withheld(const struct model *model, uint64_t address)
{
	uint64_t at = address / (512 * GIB) * (512 * GIB);
	uint64_t end = at + 512 * GIB;

	if (model->leaf_max != sizes[0] || !machine.paging.nx) {
		return false;
	}
	while (at < end) {
		const struct region *region = region_at(model->regions, at);

		if (region == NULL || attrs_has(region->attrs, RIGHT_EXECUTE)) {
			return false;
		}
		at = region_end(region);
	}
	return true;
}

static attrs_t wanted(const struct cursor *at, enum model_stage stage)
{
	const struct model_run *run = &at->model->runs[at->run];

	attrs_t want = stage == MODEL_APPLIED && run->region != NULL
			       ? run->region->attrs
			       : attrs(RIGHT_WRITE | RIGHT_EXECUTE, MT_WB);

	if (!machine.paging.global) {
		want.rights.bits &= (uint8_t)~RIGHT_GLOBAL;
	}
	if (withheld(at->model, at->pa)) {
		want.rights.bits &= (uint8_t)~RIGHT_EXECUTE;
	}
	return want;
}

static bool is_hole(const struct model_run *run, enum model_stage stage)
{
	return stage == MODEL_APPLIED && run->region != NULL &&
	       run->region->hole;
}

uint64_t model_changes(const struct model *model)
{
	uint64_t changes = 0;

	for (struct cursor at = first_leaf(model); at.run < model->count;
	     next_leaf(&at)) {
		const struct model_run *run = &model->runs[at.run];

		if (is_hole(run, MODEL_APPLIED) ||
		    !attrs_eq(wanted(&at, MODEL_APPLIED),
			      wanted(&at, MODEL_BUILT))) {
			changes++;
		}
	}
	return changes;
}

/* ---- Comparison ---------------------------------------------------------- */

struct check {
	struct cursor at;
	enum model_stage stage;
	uint64_t tables;
	const char *wrong; /* The first thing, in words; and where. */
	vaddr_t where;
	bool seen[SPARSE_PAGES_MAX];
};

static void complain(struct check *check, const char *wrong, vaddr_t where)
{
	if (check->wrong == NULL) {
		check->wrong = wrong;
		check->where = where;
	}
}

static void skip_holes(struct check *check)
{
	const struct model *model = check->at.model;

	while (check->at.run < model->count &&
	       is_hole(&model->runs[check->at.run], check->stage)) {
		next_leaf(&check->at);
	}
}

static bool attrs_good(const struct hw_leaf *leaf, attrs_t want)
{
	uint64_t rights = (attrs_has(want, RIGHT_WRITE) ? HW_WRITE : 0) |
			  (attrs_has(want, RIGHT_EXECUTE) ? 0 : HW_NOEXEC) |
			  (attrs_has(want, RIGHT_GLOBAL) ? HW_GLOBAL : 0);
	uint64_t mask = HW_WRITE | HW_USER | HW_NOEXEC | HW_GLOBAL;

	return (leaf->bits & mask) == rights &&
	       (leaf->entry & HW_USED) == HW_USED &&
	       machine.paging.pat.types[hw_pat_index(leaf)] == want.type;
}

static void check_leaf(const struct hw_leaf *leaf, void *context)
{
	struct check *check = context;
	const struct model *model = check->at.model;
	uint64_t frame = leaf->frame.mfn;

	skip_holes(check);
	if (check->wrong != NULL) {
		return;
	}
	if (check->at.run == model->count) {
		complain(check, "nothing ought to be here", leaf->va);
	} else if (leaf->va.va != DIRECT_MAP_VADDR + check->at.pa) {
		complain(check, "not the next address with RAM", leaf->va);
	} else if (leaf->bytes != check->at.bytes) {
		complain(check, "a leaf of the wrong size", leaf->va);
	} else if (frame !=
		   machine.pv.pfn_to_mfn(paddr_pfn(paddr(check->at.pa))).mfn) {
		complain(check, "the wrong frame", leaf->va);
	} else if (!attrs_good(leaf, wanted(&check->at, check->stage))) {
		complain(check, "the wrong attributes", leaf->va);
	} else {
		next_leaf(&check->at);
	}
}

static void check_table(mfn_t frame, UNUSED level_t level, vaddr_t first,
			void *context)
{
	struct check *check = context;
	pfn_t own = machine.pv.mfn_to_pfn(frame);
	size_t page = sparse_memory_page_of(machine_table(frame));

	if (check->seen[page]) {
		complain(check, "a table is used twice", first);
	}
	if (page_kind_of(&machine.pages, own) != PAGE_TABLE_LIVE) {
		complain(check, "a table is not known as one", first);
	}
	check->seen[page] = true;
	check->tables++;
}

void model_check(const struct model *model, enum model_stage stage,
		 const char *who)
{
	static struct check check;
	struct hw_visitor visitor = { .table = check_table,
				      .leaf = check_leaf,
				      .context = &check };

	memset(&check, 0, sizeof(check));
	check.at = first_leaf(model);
	check.stage = stage;
	hw_visit_all(hw_machine_space(), &visitor);
	skip_holes(&check);
	if (check.wrong == NULL && stage != MODEL_PART &&
	    check.at.run != model->count) {
		complain(&check, "the last RAM that is mapped",
			 vaddr(DIRECT_MAP_VADDR + check.at.pa));
	}
	selftest_checked();
	if (check.wrong != NULL) {
		FAIL("%s, leaf_max %u, levels %u: %s at %016lx", who,
		     machine.paging.leaf_max, machine.pt.levels, check.wrong,
		     check.where.va);
	}
	CHECK_EQ(visitor.dirty, 0); /* AUDIT-4 */
	CHECK_EQ(visitor.reserved, 0);
	CHECK_EQ(machine.pages.counts[PAGE_TABLE_LIVE], check.tables);
	CHECK_EQ(machine.pages.counts[PAGE_TABLE], 0);
	if (stage != MODEL_PART) {
		CHECK_EQ(check.tables,
			 model_count(model, machine.pt.levels).tables + 1);
	}
}
