// SPDX-License-Identifier: MIT
/*
 * Address spaces: what is behind an area.
 *
 * RAM is reserved page by page, as that costs nothing and lets areas be cut
 * anywhere; frames of a device are reserved once for each area.
 */
#include "lib/assert.h"
#include "mm/aspace_steps.h"
#include "mm/direct_map.h"
#include "mm/set_memory.h"

static uint64_t pages_of(const struct aspace_area *area)
{
	return area->bytes >> PAGE_SHIFT;
}

/* ---- RAM ----------------------------------------------------------------- */

static void free_pages(const struct aspace *aspace,
		       const struct aspace_area *area, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		enum err error = memtype_free_ram(
			aspace->types, pfn(area->ram.pfn + i), 1, area->type);

		ASSERT(error == OK);
	}
}

/* All of them or none. */
static enum err reserve_pages(const struct aspace *aspace,
			      const struct aspace_area *area)
{
	for (uint64_t i = 0; i < pages_of(area); i++) {
		enum memtype granted;
		enum err error = memtype_reserve_ram(aspace->types,
						     pfn(area->ram.pfn + i), 1,
						     area->type, &granted);

		if (error != OK) {
			free_pages(aspace, area, i);
			return error;
		}
	}
	return OK;
}

/* Only other types than write-back are on the books (memtype.h); that nobody
 * here has the frames as write-back is seen in the list. */
static bool is_mapped_already(const struct aspace *aspace,
			      const struct aspace_area *area)
{
	for (size_t i = 0; i < aspace->count; i++) {
		const struct aspace_area *other = &aspace->areas[i];

		if (other->backing == ASPACE_RAM &&
		    other->ram.pfn < area->ram.pfn + pages_of(area) &&
		    area->ram.pfn < other->ram.pfn + pages_of(other)) {
			return true;
		}
	}
	return false;
}

/* ASPACE-4 */
static enum err change_direct_map(const struct aspace *aspace,
				  const struct aspace_area *area,
				  enum memtype type)
{
	struct cpa_pages pages = cpa_range(
		direct_map_vaddr(pfn_paddr(area->ram)), pages_of(area));

	return area->type == MT_WB
		       ? OK
		       : cpa_change(&aspace->kernel, set_memory_op(type),
				    &pages, NULL);
}

static enum err take_ram(const struct aspace *aspace, struct aspace_area *area)
{
	const struct paging *paging = pt_paging(aspace->pt);
	enum err error;

	area->type = memtype_possible(&paging->pat, area->type);
	if (area->type != MT_WB && !paging->memtypes) {
		return ERR_REFUSED;
	}
	if (area->type != MT_WB && is_mapped_already(aspace, area)) {
		return ERR_CONFLICT;
	}
	error = reserve_pages(aspace, area);
	if (error != OK) {
		return error;
	}
	error = change_direct_map(aspace, area, area->type);
	if (error != OK) {
		free_pages(aspace, area, pages_of(area));
	}
	return error;
}

static enum err give_ram(const struct aspace *aspace,
			 const struct aspace_area *area)
{
	enum err error = change_direct_map(aspace, area, MT_WB);

	if (error == OK) {
		free_pages(aspace, area, pages_of(area));
	}
	return error;
}

/* ---- Devices ------------------------------------------------------------- */

static enum err reserve_device(const struct aspace *aspace,
			       const struct aspace_area *area,
			       enum memtype *granted)
{
	return memtype_reserve(aspace->types, area->device, pages_of(area),
			       area->type, MEMTYPE_EXACT, granted);
}

static void free_device(const struct aspace *aspace,
			const struct aspace_area *area)
{
	enum err error = memtype_free(aspace->types, area->device,
				      pages_of(area), area->type);

	ASSERT(error == OK);
}

/* ---- Anonymous pages ----------------------------------------------------- */

static void free_frames(struct aspace *aspace, const struct aspace_area *area)
{
	uint64_t first = aspace_page(area->start);
	pfn_t frame;

	do {
		frame = frame_tree_take(&aspace->frames, first,
					first + pages_of(area) - 1);
		if (!pfn_eq(frame, PFN_NONE)) {
			page_free(aspace->pt->pages, frame);
		}
	} while (!pfn_eq(frame, PFN_NONE));
}

/* ---- All ----------------------------------------------------------------- */

enum err aspace_take_backing(const struct aspace *aspace,
			     struct aspace_area *area)
{
	switch (area->backing) {
	case ASPACE_RAM:
		return take_ram(aspace, area);
	case ASPACE_DEVICE: {
		/* The type of others, if they are in the way. */
		enum memtype granted;
		enum err error = reserve_device(aspace, area, &granted);

		if (error == OK) {
			area->type = granted;
		}
		return error;
	}
	case ASPACE_ANONYMOUS:
		break;
	}
	return area->type == MT_WB ? OK : ERR_RANGE;
}

enum err aspace_give_backing(struct aspace *aspace,
			     const struct aspace_area *area)
{
	switch (area->backing) {
	case ASPACE_RAM:
		return give_ram(aspace, area);
	case ASPACE_DEVICE:
		free_device(aspace, area);
		break;
	case ASPACE_ANONYMOUS:
		free_frames(aspace, area);
		break;
	}
	return OK;
}

enum err aspace_cut_backing(const struct aspace *aspace,
			    const struct aspace_area *whole, uint64_t offset)
{
	struct aspace_area first = aspace_part(whole, 0, offset);
	struct aspace_area second =
		aspace_part(whole, offset, whole->bytes - offset);
	enum memtype granted;
	enum err error;

	if (whole->backing != ASPACE_DEVICE) {
		return OK;
	}
	error = reserve_device(aspace, &first, &granted);
	if (error != OK) {
		return error;
	}
	error = reserve_device(aspace, &second, &granted);
	free_device(aspace, error == OK ? whole : &first);
	return error;
}

bool aspace_join_backing(const struct aspace *aspace,
			 const struct aspace_area *first,
			 const struct aspace_area *second)
{
	struct aspace_area whole =
		aspace_part(first, 0, first->bytes + second->bytes);
	struct aspace_area behind =
		aspace_part(first, first->bytes, second->bytes);
	enum memtype granted;

	if (first->backing != second->backing || first->type != second->type) {
		return false;
	}
	switch (first->backing) {
	case ASPACE_RAM:
		return pfn_eq(second->ram, behind.ram);
	case ASPACE_DEVICE:
		if (!mfn_eq(second->device, behind.device) ||
		    reserve_device(aspace, &whole, &granted) != OK) {
			return false;
		}
		free_device(aspace, first);
		free_device(aspace, second);
		return true;
	case ASPACE_ANONYMOUS:
		break;
	}
	return true;
}
