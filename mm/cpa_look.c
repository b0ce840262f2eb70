// SPDX-License-Identifier: MIT
/*
 * Change page attributes: what the tables hold, against the model.
 */
#include "mm/cpa_look.h"

#include "arch/x86/phys.h"
#include "lib/assert.h"

#define P	  BIT(0)
#define RW	  BIT(1)
#define PWT	  BIT(3)
#define PCD	  BIT(4)
#define USED	  (BIT(5) | BIT(6))
#define PS	  BIT(7) /* At levels 2 and 3; at level 1 it is PAT. */
#define GLOBAL	  BIT(8)
#define PAT_LARGE BIT(12)
#define XD	  BIT(63)
#define FRAME	  UINT64_C(0x000ffffffffff000)
#define ENTRIES	  512

#define PAGE  UINT64_C(4096)
#define BLOCK (ENTRIES * PAGE)
#define GIANT (ENTRIES * BLOCK)

/* ---- Entries ------------------------------------------------------------- */

static unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

static bool is_leaf(uint64_t bits, unsigned int level)
{
	return (bits & P) != 0 &&
	       (level == 1 || (level <= 3 && (bits & PS) != 0));
}

bool look_is_table(uint64_t bits, unsigned int level)
{
	return (bits & P) != 0 && !is_leaf(bits, level);
}

uint64_t look_frame(struct look_entry entry)
{
	bool large = entry.level > 1 && is_leaf(entry.bits, entry.level);

	return (entry.bits & FRAME & ~(large ? PAT_LARGE : 0)) >> 12;
}

const uint64_t *look_table(const struct look *look, uint64_t frame)
{
	const uint64_t *entries =
		phys_ptr(pfn_paddr(look->pt->pv->mfn_to_pfn(mfn(frame))));

	ASSERT(entries != NULL);
	return entries;
}

struct look_entry look_below(const struct look_entry *above, uint64_t bits,
			     bool nx)
{
	return (struct look_entry){
		.level = above->level - 1,
		.bits = bits,
		.write = above->write && (bits & RW) != 0,
		.execute = above->execute && !(nx && (bits & XD) != 0),
	};
}

struct look_entry look_root(const struct look *look)
{
	return (struct look_entry){
		.level = look->pt->levels + 1U,
		.bits = look->pt->pv->pfn_to_mfn(look->pt->root).mfn << 12,
		.write = true,
		.execute = true,
	};
}

struct look_entry look_at(const struct look *look, uint64_t va,
			  unsigned int level)
{
	struct look_entry at = look_root(look);
	const uint64_t *entries = look_table(look, at.bits >> 12);

	for (;;) {
		unsigned int i = va >> shift_of(at.level - 1) & (ENTRIES - 1);

		at = look_below(&at, READ_ONCE(entries[i]),
				look->model->facts.nx);
		if (at.level == level || !look_is_table(at.bits, at.level)) {
			return at;
		}
		entries = look_table(look, look_frame(at));
	}
}

model_page look_meaning(const struct look *look, const struct look_entry *at)
{
	const struct paging *paging = pt_paging(look->pt);
	uint64_t pat = at->level == 1 ? PS : PAT_LARGE;
	unsigned int index = ((at->bits & PWT) != 0 ? 1 : 0) |
			     ((at->bits & PCD) != 0 ? 2 : 0) |
			     ((at->bits & pat) != 0 ? 4 : 0);
	bool global = look->model->facts.global && (at->bits & GLOBAL) != 0;

	if ((at->bits & P) == 0) {
		return 0;
	}
	return model_page_of((at->write ? MODEL_WRITE : 0) |
				     (at->execute ? MODEL_EXECUTE : 0) |
				     (global ? MODEL_GLOBAL : 0),
			     paging->pat.types[index]);
}

/* ---- Comparing ----------------------------------------------------------- */

static bool tell(struct mismatch *m, const char *what, uint64_t where,
		 uint64_t expected, uint64_t found)
{
	*m = (struct mismatch){ what, where, expected, found };
	return true;
}

/* Of the pool's frames, which are asked for again and again. */
static uint64_t pool_frames[MODEL_POOL_PAGES];

static uint64_t machine_frame(const struct look *look, uint64_t own)
{
	uint64_t i = own - look->frame[MODEL_POOL];

	return i < ARRAY_COUNT(pool_frames)
		       ? pool_frames[i]
		       : look->pt->pv->pfn_to_mfn(pfn(own)).mfn;
}

static bool frame_differs(const struct look *look, const struct look_entry *at,
			  uint64_t va, uint64_t own, struct mismatch *m)
{
	uint64_t want = machine_frame(look, own);

	return (at->bits & P) != 0 && look_frame(*at) != want &&
	       tell(m, "frame", va, want, look_frame(*at));
}

/* An entry that is to be a leaf, or empty. */
static bool entry_differs(const struct look *look, const struct look_entry *at,
			  uint64_t va, uint64_t own, model_page page,
			  struct mismatch *m)
{
	model_page found = look_meaning(look, at);

	page &= MODEL_MEANING;
	if (look_is_table(at->bits, at->level)) {
		return tell(m, "level", va, at->level, at->level - 1);
	}
	if (found != page) {
		return tell(m, "attributes", va, page, found);
	}
	if ((at->bits & P) == 0 && at->bits != 0) {
		return tell(m, "absent entry", va, 0, at->bits);
	}
	return frame_differs(look, at, va, own, m);
}

/* Pages that are to be in leaves of 4 KiB, in one table. */
struct pages {
	uint64_t va;
	uint64_t own; /* The first frame. */
	const model_page *pages;
	unsigned int count;
};

/* Page after page of one table. Most are like the one before, and mostly the
 * frame is the next one for the machine too. */
static bool table_differs(const struct look *look,
			  const struct look_entry *table,
			  const struct pages *small, struct mismatch *m)
{
	const uint64_t *entries = look_table(look, look_frame(*table)) +
				  small->va / PAGE % ENTRIES;
	bool nx = look->model->facts.nx;
	uint64_t last = 0;
	unsigned int last_page = MODEL_OWED;

	for (unsigned int i = 0; i < small->count; i++) {
		uint64_t bits = READ_ONCE(entries[i]) & ~USED;
		unsigned int page = small->pages[i] & MODEL_MEANING;
		struct look_entry at;

		if (page != last_page || ((bits ^ last) & ~FRAME) != 0 ||
		    ((bits & P) != 0 &&
		     (bits & FRAME) >> 12 !=
			     machine_frame(look, small->own + i))) {
			at = look_below(table, bits, nx);
			if (entry_differs(look, &at, small->va + i * PAGE,
					  small->own + i, small->pages[i], m)) {
				return true;
			}
		}
		last = bits;
		last_page = page;
	}
	return false;
}

static bool small_differ(const struct look *look, const struct pages *small,
			 struct mismatch *m)
{
	struct look_entry at = look_at(look, small->va, 2);

	if (at.level != 2 || !look_is_table(at.bits, 2)) {
		return tell(m, "level", small->va, 1, at.level);
	}
	return table_differs(look, &at, small, m);
}

/* One leaf, or none, of the level. */
static bool large_differs(const struct look *look, unsigned int level,
			  uint64_t va, uint64_t own, model_page page,
			  struct mismatch *m)
{
	struct look_entry at = look_at(look, va, level);

	return at.level != level ? tell(m, "level", va, level, at.level)
				 : entry_differs(look, &at, va, own, page, m);
}

static uint64_t giant_start(const struct model *model)
{
	return align_down(model->start[MODEL_POOL], GIANT);
}

/* All blocks but those of the pool. Most are like the one before, with the next
 * frames. */
static bool rest_differs(const struct look *look,
			 const struct look_entry *table, uint64_t base,
			 uint64_t own, struct mismatch *m)
{
	const struct model *model = look->model;
	const uint64_t *entries = look_table(look, look_frame(*table));
	uint64_t expected = 0;

	for (uint64_t i = 0; i < ENTRIES; i++) {
		uint64_t va = base + i * BLOCK;
		uint64_t bits = READ_ONCE(entries[i]) & ~USED;
		struct look_entry at = look_below(table, bits, model->facts.nx);

		if (va - model->start[MODEL_POOL] <
		    (uint64_t)model->pages[MODEL_POOL] * PAGE) {
			expected = 0;
			continue;
		}
		if ((bits != expected || bits == 0) &&
		    entry_differs(look, &at, va, own + i * ENTRIES, model->rest,
				  m)) {
			return true;
		}
		expected = bits + BLOCK;
	}
	return false;
}

static bool giant_differs(const struct look *look, struct mismatch *m)
{
	const struct model *model = look->model;
	uint64_t base = giant_start(model);
	uint64_t own = look->frame[MODEL_POOL] -
		       (model->start[MODEL_POOL] - base) / PAGE;
	struct look_entry at;

	if (model->giant) {
		return large_differs(look, 3, base, own, model->rest, m);
	}
	at = look_at(look, base, 3);
	if (at.level != 3 || !look_is_table(at.bits, 3)) {
		return tell(m, "level", base, 2, 3);
	}
	return rest_differs(look, &at, base, own, m);
}

static bool pool_differs(const struct look *look, struct mismatch *m)
{
	const struct model *model = look->model;

	if (model->rest_blocks != 0 && giant_differs(look, m)) {
		return true;
	}
	for (unsigned int i = 0; i < model->pages[MODEL_POOL] && !model->giant;
	     i += ENTRIES) {
		uint64_t va = model->start[MODEL_POOL] + i * PAGE;
		uint64_t own = look->frame[MODEL_POOL] + i;
		const model_page *pages = &model->page[MODEL_POOL][i];

		if (model->large[i / ENTRIES]
			    ? large_differs(look, 2, va, own, *pages, m)
			    : small_differ(look,
					   &(struct pages){ va, own, pages,
							    ENTRIES },
					   m)) {
			return true;
		}
	}
	return false;
}

/* ---- Beside -------------------------------------------------------------- */

static uint64_t beside(const struct look *look, unsigned int area, bool behind)
{
	const struct model *model = look->model;
	uint64_t va = behind ? model->start[area] + model->pages[area] * PAGE
			     : model->start[area] - PAGE;
	struct look_entry at = look_at(look, va, 1);

	/* In the rest, which is compared as such. */
	if (area == MODEL_POOL && model->rest_blocks != 0 &&
	    va - giant_start(model) < GIANT) {
		return 0;
	}
	return (at.bits & ~USED) + at.level;
}

void look_begin(struct look *look)
{
	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		look->beside[area][0] = beside(look, area, false);
		look->beside[area][1] = beside(look, area, true);
	}
	for (unsigned int i = 0; i < MODEL_POOL_PAGES; i++) {
		uint64_t own = look->frame[MODEL_POOL] + i;

		pool_frames[i] = look->pt->pv->pfn_to_mfn(pfn(own)).mfn;
	}
}

static bool beside_differs(const struct look *look, unsigned int area,
			   struct mismatch *m)
{
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t found = beside(look, area, i != 0);

		if (found != look->beside[area][i]) {
			return tell(m, "entry beside", look->model->start[area],
				    look->beside[area][i], found);
		}
	}
	return false;
}

bool look_differs(const struct look *look, struct mismatch *mismatch)
{
	const struct model *model = look->model;

	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		struct pages pages = { model->start[area], look->frame[area],
				       model->page[area], model->pages[area] };

		if (beside_differs(look, area, mismatch) ||
		    (area == MODEL_POOL
			     ? pool_differs(look, mismatch)
			     : small_differ(look, &pages, mismatch))) {
			return true;
		}
	}
	return false;
}
