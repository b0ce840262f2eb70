// SPDX-License-Identifier: MIT
/*
 * Change page attributes: what becomes of one leaf.
 */
#include "lib/assert.h"
#include "mm/cpa_steps.h"

/* What of the attributes the page may have. */
static attrs_t narrow(const struct cpa *cpa, const struct cpa_part *part,
		      mfn_t frame, attrs_t want, struct cpa_step *step)
{
	const struct pgtable *pt = cpa->space->pt;
	unsigned int asked = part->change.set.bits;
	attrs_t granted = want;

	granted.rights.bits &= (uint8_t)~part->region->never.bits;
	granted = pt_allowed(pt, frame, granted);
	step->narrowed = (asked & want.rights.bits & ~granted.rights.bits) != 0;
	return granted;
}

static bool is_writable_code(const struct paging *paging, attrs_t attrs)
{
	return paging->nx && attrs_has(attrs, RIGHT_WRITE | RIGHT_EXECUTE);
}

static enum err plan_change(struct cpa *cpa, const struct cpa_part *part,
			    struct cpa_step *step, bool whole)
{
	const struct paging *paging = pt_paging(cpa->space->pt);
	const struct found *found = &step->found;
	level_t level = found->place.level;
	attrs_t old = pte_attrs(paging, level, found->entry);
	attrs_t want = { found->rights, old.type };
	mfn_t frame = pte_mfn(level, found->entry);

	want = narrow(cpa, part, frame, attrs_apply(want, part->change), step);
	if (is_writable_code(paging, want)) {
		return ERR_DENIED;
	}
	if (want.type != MT_WB && !paging->memtypes) {
		return ERR_REFUSED;
	}
	want = leaf_attrs(paging, found, want);
	if (!attrs_eq(want, old)) {
		step->store = whole;
		step->resize = !whole;
		step->will = (struct cpa_state){ true, want };
	}
	return OK;
}

/* The largest leaf from the address on that holds RAM alone, and none that is
 * mapped elsewhere too. */
static level_t largest_of_ram(const struct cpa *cpa,
			      const struct region *region, vaddr_t at,
			      paddr_t memory, uint64_t bytes)
{
	level_t level = map_largest_leaf(at.va, memory.pa, bytes,
					 pt_paging(cpa->space->pt)->leaf_max);
	struct alias alias;

	while (level > L1 && (!memory_map_is_ram(cpa->space->ram, memory,
						 level_bytes(level)) ||
			      region_next_alias(cpa->space->regions, region, at,
						level_bytes(level), &alias))) {
		level = (level_t)(level - 1);
	}
	return level;
}

/* As the region has it, and as pass 1 left it where that makes no difference;
 * but memory has one type in all mappings, so that is the type of another one
 * that is there. */
static attrs_t attrs_of_region(const struct cpa *cpa,
			       const struct region *region, vaddr_t at,
			       rights_t above)
{
	const struct pgtable *pt = cpa->space->pt;
	attrs_t attrs = attrs_possible(pt_paging(pt), region->attrs);
	struct found other;
	struct alias alias;

	attrs.rights.bits |= (uint8_t)(RIGHT_EXECUTE & ~above.bits);
	if (!region_next_alias(cpa->space->regions, region, at, PAGE_BYTES,
			       &alias)) {
		return attrs;
	}
	other = walk_to(pt, alias.start, L1);
	if (other.kind == PTE_LEAF) {
		attrs.type =
			pte_attrs(pt_paging(pt), other.place.level, other.entry)
				.type;
	}
	return attrs;
}

static enum err plan_map(struct cpa *cpa, const struct cpa_part *part,
			 vaddr_t at, uint64_t left, struct cpa_step *step)
{
	struct pgtable *pt = cpa->space->pt;
	const struct region *region = part->region;
	paddr_t memory = paddr_add(region->memory, at.va - region->start.va);
	level_t level = L1;

	if (!region->device) {
		if (!memory_map_is_ram(cpa->space->ram, memory, PAGE_BYTES)) {
			return ERR_RANGE;
		}
		level = largest_of_ram(cpa, region, at, memory, left);
	}
	step->resize = step->found.place.level > level;
	step->bytes =
		level_bytes(step->resize ? level : step->found.place.level);
	step->store = !step->resize;
	if (step->store) {
		attrs_t attrs =
			attrs_of_region(cpa, region, at, step->found.above);
		mfn_t frame = region_frame(pt, region, at);

		step->will = (struct cpa_state){ true,
						 pt_allowed(pt, frame, attrs) };
	}
	return OK;
}

static enum err plan_leaf(struct cpa *cpa, const struct cpa_part *part,
			  struct cpa_step *step, bool whole)
{
	switch (cpa->op->kind) {
	case CPA_CHANGE:
		return plan_change(cpa, part, step, whole);
	case CPA_UNMAP:
		step->store = whole;
		step->resize = !whole;
		step->will = (struct cpa_state){ .present = false };
		return OK;
	case CPA_SMALL:
		step->resize = step->found.place.level > L1;
		return OK;
	case CPA_MAP:
	case CPA_LARGE:
		break;
	}
	return OK;
}

static enum err plan_none(struct cpa *cpa, const struct cpa_part *part,
			  vaddr_t at, uint64_t left, struct cpa_step *step)
{
	switch (cpa->op->kind) {
	case CPA_CHANGE:
		return ERR_RANGE;
	case CPA_MAP:
		return plan_map(cpa, part, at, left, step);
	case CPA_UNMAP:
	case CPA_SMALL:
	case CPA_LARGE:
		break;
	}
	return OK;
}

enum err cpa_plan(struct cpa *cpa, const struct cpa_part *part, uint64_t offset,
		  struct cpa_step *step)
{
	vaddr_t at = vaddr_add(part->start, offset);
	uint64_t left = part->bytes - offset;
	uint64_t within;
	uint64_t size;
	enum err error;

	*step = (struct cpa_step){ .found = walk_to(cpa->space->pt, at, L1) };
	within = at.va - step->found.place.va.va;
	size = level_bytes(step->found.place.level);
	step->bytes = min_u64(left, size - within);
	error = step->found.kind == PTE_LEAF
			? plan_leaf(cpa, part, step, step->bytes == size)
			: plan_none(cpa, part, at, left, step);
	return error == OK ? OK : cpa_stop(cpa, at, error);
}
