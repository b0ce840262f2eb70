// SPDX-License-Identifier: MIT
/*
 * Mappings of frames that are not RAM.
 */
#include "mm/iomap.h"

#include "lib/assert.h"
#include "mm/kernel_space.h"
#include "mm/walk.h"

static struct iomap maps[IOMAPS_MAX];
static size_t map_count;

static vaddr_t next_place(void)
{
	const struct iomap *last;

	if (map_count == 0) {
		return vaddr(IOMAP_VADDR);
	}
	last = &maps[map_count - 1];
	return vaddr_add(last->start, last->bytes);
}

static bool has_ram(mfn_t frame, uint64_t bytes)
{
	const struct pgtable *pt = kernel_pgtable();

	for (uint64_t i = 0; i < bytes >> PAGE_SHIFT; i++) {
		pfn_t own = pt->pv->mfn_to_pfn(mfn(frame.mfn + i));

		if (page_kind_of(pt->pages, own) != PAGE_NOT_RAM) {
			return true;
		}
	}
	return false;
}

enum err iomap_add(mfn_t frame, uint64_t bytes, enum memtype type,
		   const char *name, const struct iomap **map)
{
	struct pgtable *pt = kernel_pgtable();
	struct iomap new = {
		.start = next_place(),
		.bytes = align_up(bytes, PAGE_BYTES),
		.frame = frame,
		.attrs = attrs_possible(
			pt_paging(pt), attrs(RIGHT_WRITE | RIGHT_GLOBAL, type)),
		.name = name,
	};
	enum err error;

	/* Before the frames are looked at: there might be any number. */
	if (map_count == IOMAPS_MAX ||
	    bytes > IOMAP_VADDR + IOMAP_BYTES - new.start.va) {
		return ERR_FULL;
	}
	if (bytes == 0 || has_ram(frame, new.bytes)) {
		return ERR_RANGE;
	}
	error = map_device(pt, new.start, new.bytes, frame, new.attrs);
	if (error != OK) {
		return error;
	}
	maps[map_count] = new;
	*map = &maps[map_count++];
	return OK;
}

static bool clear_leaf(const struct found *found, void *context)
{
	batch_store(context, found->place, pte_none());
	return true;
}

void iomap_remove(const struct iomap *map)
{
	static struct batch batch;

	ASSERT(map_count != 0 && map == &maps[map_count - 1]);
	batch_begin(&batch, kernel_pgtable(), AUDIT_CHANGE);
	walk_leaves(kernel_pgtable(), map->start, map->bytes, clear_leaf,
		    &batch);
	batch_flush_range(&batch, map->start, map->bytes);
	batch_finish(&batch);
	map_count--;
}

size_t iomap_count(void)
{
	return map_count;
}

const struct iomap *iomap_get(size_t i)
{
	ASSERT(i < map_count);
	return &maps[i];
}
