// SPDX-License-Identifier: MIT
/*
 * Page allocator.
 */
#include "mm/page_alloc.h"

#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/string.h"

/* A page that was freed is full of this, but for its first word, which leads to
 * the page freed before it. */
#define PAINT 0x5a

/*
 * A record has the kind in its low half; above that the memory type, and
 * whether it is the first page of those that were given the type together.
 */
#define KIND_MASK  0x0f
#define TYPE_SHIFT 4
#define TYPE_MASK  0x70
#define TYPE_FIRST 0x80

_Static_assert(PAGE_KIND_COUNT <= KIND_MASK + 1, "the kind fits its half");
_Static_assert(MT_COUNT <= TYPE_MASK >> TYPE_SHIFT, "the type fits its bits");
_Static_assert(MT_WB == 0, "a record without a type is write-back");

static enum page_kind kind_in(uint8_t record)
{
	return (enum page_kind)(record & KIND_MASK);
}

static enum memtype type_in(uint8_t record)
{
	return (enum memtype)((record & TYPE_MASK) >> TYPE_SHIFT);
}

/* ---- Records ------------------------------------------------------------- */

/* The ranges ascend. NULL if the frame is in none. */
static const struct page_range *find_range(const struct page_alloc *pages,
					   pfn_t frame)
{
	size_t low = 0;
	size_t high = pages->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct page_range *range = &pages->ranges[middle];

		if (frame.pfn < range->start.pfn) {
			high = middle;
		} else if (frame.pfn >= range->end.pfn) {
			low = middle + 1;
		} else {
			return range;
		}
	}
	return NULL;
}

/* The record of a frame that lies below its range's next. */
static uint8_t *record_of(const struct page_range *range, pfn_t frame)
{
	uint64_t offset = frame.pfn - range->start.pfn;
	uint64_t group = range->start.pfn + align_down(offset, PAGE_GROUP);
	uint8_t *records = phys_ptr(pfn_paddr(pfn(group)));

	ASSERT(records != NULL);
	return &records[offset % PAGE_GROUP];
}

static uint8_t *find_record(const struct page_alloc *pages, pfn_t frame)
{
	const struct page_range *range = find_range(pages, frame);

	if (range == NULL || frame.pfn >= range->next.pfn) {
		return NULL;
	}
	return record_of(range, frame);
}

enum page_kind page_kind_of(const struct page_alloc *pages, pfn_t frame)
{
	const uint8_t *record = find_record(pages, frame);

	if (record != NULL) {
		return kind_in(*record);
	}
	if (find_range(pages, frame) != NULL) {
		return PAGE_FREE;
	}
	for (size_t i = pages->reserved_count; i != 0; i--) {
		const struct page_reserved *r = &pages->reserved[i - 1];

		if (frame.pfn >= r->start.pfn && frame.pfn < r->end.pfn) {
			return r->kind;
		}
	}
	return PAGE_NOT_RAM;
}

static bool is_table(enum page_kind kind)
{
	return kind == PAGE_TABLE || kind == PAGE_TABLE_LIVE ||
	       kind == PAGE_TABLE_KEPT;
}

bool page_is_table(const struct page_alloc *pages, pfn_t frame)
{
	return is_table(page_kind_of(pages, frame));
}

uint64_t page_run_of_tables(const struct page_alloc *pages, pfn_t frame,
			    uint64_t max)
{
	const struct page_range *range = find_range(pages, frame);
	bool first = page_is_table(pages, frame);
	uint64_t n = 1;

	/* Nothing that was never handed out is a table. */
	if (range != NULL && frame.pfn >= range->next.pfn) {
		return min_u64(max, range->end.pfn - frame.pfn);
	}
	while (n < max && page_is_table(pages, pfn(frame.pfn + n)) == first) {
		n++;
	}
	return n;
}

/* Of a frame that was handed out at least once. */
static uint8_t *record_of_taken(const struct page_alloc *pages, pfn_t frame)
{
	uint8_t *record = find_record(pages, frame);

	ASSERT(record != NULL);
	return record;
}

void page_set_kind(struct page_alloc *pages, pfn_t frame, enum page_kind kind)
{
	uint8_t *record = record_of_taken(pages, frame);

	ASSERT(kind_in(*record) != PAGE_FREE && kind != PAGE_FREE &&
	       kind != PAGE_NOT_RAM);
	ASSERT(type_in(*record) == MT_WB);
	pages->counts[kind_in(*record)]--;
	pages->counts[kind]++;
	*record = (uint8_t)kind;
}

/* ---- Memory types -------------------------------------------------------- */

enum memtype page_memtype(const struct page_alloc *pages, pfn_t frame)
{
	const uint8_t *record = find_record(pages, frame);

	return record == NULL ? MT_WB : type_in(*record);
}

/* Was the frame given its type together with the one below it? */
static bool goes_on(const struct page_alloc *pages, pfn_t frame)
{
	const uint8_t *record = find_record(pages, frame);

	return record != NULL && type_in(*record) != MT_WB &&
	       (*record & TYPE_FIRST) == 0;
}

uint64_t page_memtype_run(const struct page_alloc *pages, pfn_t frame)
{
	uint64_t n = 1;

	if (page_memtype(pages, frame) == MT_WB || goes_on(pages, frame)) {
		return 0;
	}
	while (goes_on(pages, pfn(frame.pfn + n))) {
		n++;
	}
	return n;
}

void page_set_memtype(struct page_alloc *pages, pfn_t frame, uint64_t count,
		      enum memtype type)
{
	unsigned int first = type == MT_WB ? 0 : TYPE_FIRST;

	for (uint64_t i = 0; i < count; i++, first = 0) {
		uint8_t *record = record_of_taken(pages, pfn(frame.pfn + i));

		ASSERT(kind_in(*record) == PAGE_TEST);
		*record = (uint8_t)(PAGE_TEST |
				    (unsigned int)type << TYPE_SHIFT | first);
	}
}

/* ---- Pages --------------------------------------------------------------- */

/* The next frame of the range, or PFN_NONE if it is used up or out of reach. */
static pfn_t take_next(struct page_range *range)
{
	pfn_t frame = range->next;

	if (frame.pfn == range->end.pfn || phys_ptr(pfn_paddr(frame)) == NULL) {
		return PFN_NONE;
	}
	range->next = pfn(frame.pfn + 1);
	return frame;
}

static void begin_group(struct page_alloc *pages, struct page_range *range)
{
	pfn_t frame = take_next(range);

	if (pfn_eq(frame, PFN_NONE)) {
		return;
	}
	memset(phys_ptr(pfn_paddr(frame)), PAGE_FREE, PAGE_BYTES);
	*record_of(range, frame) = PAGE_RECORD;
	pages->counts[PAGE_RECORD]++;
}

static pfn_t take_from_range(struct page_alloc *pages, struct page_range *range)
{
	if ((range->next.pfn - range->start.pfn) % PAGE_GROUP == 0) {
		begin_group(pages, range);
	}
	return take_next(range);
}

/* Whoever wrote there did so after the page was freed. */
static void check_paint(pfn_t frame)
{
	const uint8_t *page = phys_ptr(pfn_paddr(frame));

	for (size_t i = sizeof(uint64_t); i < PAGE_BYTES; i++) {
		if (page[i] != PAINT) {
			PANIC("frame 0x%lx was written to after it was freed",
			      frame.pfn);
		}
	}
}

static pfn_t take_freed(struct page_alloc *pages)
{
	pfn_t frame = pfn(pages->freed);

	if (frame.pfn == 0) {
		return PFN_NONE;
	}
	check_paint(frame);
	pages->freed = *(const uint64_t *)phys_ptr(pfn_paddr(frame));
	return frame;
}

static pfn_t take(struct page_alloc *pages)
{
	pfn_t frame = take_freed(pages);

	for (size_t i = 0; i < pages->range_count && pfn_eq(frame, PFN_NONE);
	     i++) {
		frame = take_from_range(pages, &pages->ranges[i]);
	}
	return frame;
}

paddr_t page_alloc_end_of(const struct page_alloc *pages, uint64_t count)
{
	pfn_t end = pfn(0);

	for (size_t i = 0; i < pages->range_count && count != 0; i++) {
		const struct page_range *range = &pages->ranges[i];
		uint64_t taken =
			min_u64(count, range->end.pfn - range->next.pfn);

		end = pfn(range->next.pfn + taken);
		count -= taken;
	}
	return pfn_paddr(end);
}

enum err page_alloc(struct page_alloc *pages, enum page_kind kind, pfn_t *frame)
{
	pfn_t taken;

	ASSERT(kind == PAGE_TABLE || kind == PAGE_TEST || kind == PAGE_USER);
	if (pages->fail_at != 0 && --pages->fail_at == 0) {
		return ERR_NOMEM;
	}
	taken = take(pages);
	if (pfn_eq(taken, PFN_NONE)) {
		return ERR_NOMEM;
	}
	ASSERT(page_kind_of(pages, taken) == PAGE_FREE); /* PAGE-1 */
	*record_of_taken(pages, taken) = (uint8_t)kind;
	pages->counts[kind]++;
	memset(phys_ptr(pfn_paddr(taken)), 0, PAGE_BYTES); /* PAGE-2 */
	*frame = taken;
	return OK;
}

/* PAGE-3 */
const char *page_free_refusal(const struct page_alloc *pages, pfn_t frame)
{
	switch (page_kind_of(pages, frame)) {
	case PAGE_TABLE:
	case PAGE_RETIRED:
	case PAGE_TEST:
	case PAGE_USER:
		break;
	case PAGE_FREE:
		return "is free already";
	case PAGE_TABLE_LIVE:
	case PAGE_TABLE_KEPT:
		return "is a live page table";
	default:
		return "was never handed out";
	}
	if (page_memtype(pages, frame) != MT_WB) {
		return "is reserved as other than write-back";
	}
	return pages->in_use == NULL ? NULL : pages->in_use(frame);
}

void page_free(struct page_alloc *pages, pfn_t frame)
{
	const char *reason = page_free_refusal(pages, frame);
	uint8_t *record;
	uint64_t *page;

	if (reason != NULL) {
		PANIC("frame 0x%lx cannot be freed: it %s", frame.pfn, reason);
	}
	record = record_of_taken(pages, frame);
	page = phys_ptr(pfn_paddr(frame));
	pages->counts[kind_in(*record)]--;
	*record = PAGE_FREE;
	memset(page, PAINT, PAGE_BYTES);
	page[0] = pages->freed;
	pages->freed = frame.pfn;
}

void page_alloc_fail_at(struct page_alloc *pages, uint64_t n)
{
	pages->fail_at = n;
}

const char *page_kind_name(enum page_kind kind)
{
	static const char *const names[PAGE_KIND_COUNT] = {
		[PAGE_FREE] = "free",
		[PAGE_RECORD] = "allocator's record",
		[PAGE_TABLE] = "page table",
		[PAGE_TABLE_LIVE] = "live page table",
		[PAGE_TABLE_KEPT] = "live page table of small pages",
		[PAGE_RETIRED] = "retired page table",
		[PAGE_TEST] = "test page",
		[PAGE_USER] = "page of an address space",
		[PAGE_IMAGE] = "kernel image",
		[PAGE_BOOT] = "boot data",
		[PAGE_NOT_RAM] = "not RAM",
	};

	return names[kind];
}
