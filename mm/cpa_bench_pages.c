// SPDX-License-Identifier: MIT
/*
 * Change page attributes: pages for machine and model.
 */
#include "arch/x86/cpu.h"
#include "lib/assert.h"
#include "lib/selftest.h"
#include "mm/cpa_bench.h"
#include "mm/kernel_space.h"

#define EDX_CLFLUSH BIT(19)

static pfn_t run;
ALIGNED(MODEL_IMAGE_PAGES *PAGE_BYTES)
static uint8_t image_pages[MODEL_IMAGE_PAGES * PAGE_BYTES];

/* ---- What there is --------------------------------------------------------
 */

static void mark_pages(void)
{
	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		for (unsigned int i = 0; i < bench.model.pages[area]; i++) {
			struct model_name name = { area, i };

			*(volatile uint64_t *)vaddr_ptr(bench_address(name)) =
				bench_mark(area, i);
		}
	}
}

static uint64_t line_bytes(void)
{
	struct cpuid basic = cpu_cpuid(1, 0);

	return (basic.edx & EDX_CLFLUSH) != 0 ? (basic.ebx >> 8 & 0xff) * 8 : 0;
}

static struct model_facts facts_of(const struct paging *paging)
{
	struct model_facts facts = {
		.nx = paging->nx,
		.global = paging->global,
		.memtypes = paging->memtypes,
		.small = paging->leaf_max == L1,
		.line_bytes = line_bytes(),
		.flush_pages_max = CPA_FLUSH_PAGES_MAX,
	};

	for (unsigned int i = 0; i < PAT_COUNT; i++) {
		facts.has_type[paging->pat.types[i]] = true;
	}
	return facts;
}

static uint64_t frame_at(vaddr_t address)
{
	struct look_entry at = look_at(&bench.look, address.va, 1);

	return bench.space.pt->pv->mfn_to_pfn(mfn(look_frame(at))).pfn;
}

static void place_areas(const struct bench_place *place)
{
	struct model *model = &bench.model;

	model->start[MODEL_POOL] = direct_map_vaddr(pfn_paddr(place->pool)).va;
	model->pages[MODEL_POOL] = place->blocks * MODEL_BLOCK_PAGES;
	bench.look.frame[MODEL_POOL] = place->pool.pfn;
	model->start[MODEL_IMAGE] = place->image.va;
	model->pages[MODEL_IMAGE] = MODEL_IMAGE_PAGES;
	bench.look.frame[MODEL_IMAGE] = frame_at(place->image);
	bench.look.frame[MODEL_ALIAS] = bench.look.frame[MODEL_IMAGE];
	model->start[MODEL_ALIAS] =
		direct_map_vaddr(pfn_paddr(pfn(bench.look.frame[MODEL_ALIAS])))
			.va;
	model->pages[MODEL_ALIAS] = MODEL_IMAGE_PAGES;
}

static uint64_t count_tables(void)
{
	const uint64_t *counts = bench.space.pt->pages->counts;

	return counts[PAGE_TABLE] + counts[PAGE_TABLE_LIVE] +
	       (counts[PAGE_TABLE_KEPT] << 32) + counts[PAGE_RETIRED];
}

static uint64_t digest_now(void)
{
	uint64_t writable;
	uint64_t digest = look_digest(&bench.look, &writable);

	return writable == 0 ? digest : 0;
}

void bench_begin(struct cpa_space space, const struct bench_place *place)
{
	ASSERT(!bench.open);
	memset(&bench, 0, sizeof(bench));
	bench.open = true;
	bench.space = space;
	bench.look.pt = space.pt;
	bench.look.model = &bench.model;
	bench.model.facts = facts_of(pt_paging(space.pt));
	bench.probes = place->probes;
	bench.all = place->all;
	place_areas(place);
	if (look_at(&bench.look, bench.model.start[MODEL_POOL], 1).level == 3) {
		bench.model.rest_blocks = MODEL_GIANT_BLOCKS - place->blocks;
	}
	model_reset(&bench.model);
	look_begin(&bench.look);
	bench.tables = count_tables();
	if (bench.probes) {
		mark_pages();
	}
}

uint64_t bench_mark(enum model_area area, unsigned int page)
{
	return BENCH_RET | (bench.look.frame[area] + page) << 8;
}

/* ---- Pages of the kernel ------------------------------------------------- */

const char *bench_take(void)
{
	struct page_alloc *pages = kernel_pgtable()->pages;
	struct cpa_space space = { kernel_pgtable(), kernel_regions(),
				   kernel_ram() };
	struct bench_place place = { .blocks = MODEL_BLOCKS,
				     .image = vaddr_of(image_pages),
				     .probes = true };

	if (bench.open) {
		return "an earlier test has left its pages as they were";
	}
	place.all = pt_paging(space.pt)->leaf_max == L3 &&
		    page_alloc_take_run(pages, BENCH_GIANT_PAGES,
					BENCH_GIANT_PAGES, &run) == OK;
	if (!place.all) {
		while (place.blocks != 0 &&
		       page_alloc_take_run(pages,
					   (uint64_t)place.blocks *
						   MODEL_BLOCK_PAGES,
					   MODEL_BLOCK_PAGES, &run) != OK) {
			place.blocks--;
		}
	}
	if (place.blocks == 0) {
		return "no block of 2 MiB is free";
	}
	place.pool = run;
	bench_begin(space, &place);
	return NULL;
}

/* ---- Back ---------------------------------------------------------------- */

/* From the first page to the last that are not as at boot. */
static bool find_changed(enum model_area area, struct bench_call *call)
{
	const model_page *pages = bench.model.page[area];
	unsigned int first = 0;
	unsigned int end = bench.model.pages[area];
	model_page home = model_home(&bench.model, area);

	while (first < end && pages[first] == home) {
		first++;
	}
	while (end > first && pages[end - 1] == home) {
		end--;
	}
	call->first = (struct model_name){ area, first };
	call->count = end - first;
	if (bench.all && area == MODEL_POOL && bench.model.rest != home) {
		call->first.page = 0;
		call->count = bench.model.pages[area];
		call->all = true;
	}
	return call->count != 0;
}

/* The tables of the other areas may be; the model need not know. */
static bool is_pinned(enum model_area area)
{
	bool pinned = area != MODEL_POOL && !bench.model.facts.small;

	for (unsigned int b = 0; b < MODEL_BLOCKS && area == MODEL_POOL; b++) {
		pinned |= bench.model.pinned[b];
	}
	return pinned;
}

static void restore_area(enum model_area area)
{
	/* No code before it can be written. */
	static const struct cpa_op *const ops[] = { &cpa_p, &cpa_nx, &cpa_rw,
						    &cpa_wb, &cpa_global };

	for (size_t i = 0; i < ARRAY_COUNT(ops); i++) {
		struct bench_call call = { .op = ops[i], .form = CPA_RANGE };

		if (find_changed(area, &call)) {
			CHECK_CALL(bench_do(&call));
		}
	}
	if (is_pinned(area)) {
		bench_range(&cpa_any, area, 0, bench.model.pages[area]);
	}
}

void bench_restore(void)
{
	if (bench.model.owed) {
		bench_flush();
	}
	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		CHECK_CALL(restore_area((enum model_area)area));
	}
	CHECK(model_is_home(&bench.model));
	CHECK_EQ(count_tables(), bench.tables);
}

void bench_watch_tree(void)
{
	bench.digest = digest_now();
	CHECK(bench.digest != 0);
}

void bench_check_tree(void)
{
	CHECK_CALL(bench_restore());
	if (bench.digest != 0) {
		CHECK_EQ(digest_now(), bench.digest);
	}
}

void bench_end(void)
{
	CHECK_CALL(bench_check_tree());
	if (bench.probes) {
		page_alloc_give_run(bench.space.pt->pages, run);
	}
	bench.open = false;
}
