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

static unsigned int clear_leaf(const struct found *found, void *context)
{
	batch_store(context, found->place, pte_none());
	return 1;
}

static void unmap(vaddr_t start, uint64_t bytes)
{
	static struct batch batch;

	batch_begin(&batch, kernel_pgtable(), AUDIT_CHANGE);
	walk_leaves(kernel_pgtable(), start, bytes, clear_leaf, &batch);
	batch_flush_range(&batch, start, bytes);
	batch_finish(&batch);
}

static uint64_t pages_of(const struct iomap *map)
{
	return map->bytes >> PAGE_SHIFT;
}

static void give_up(const struct iomap *map)
{
	enum err error = memtype_free(kernel_memtypes(), map->frame,
				      pages_of(map), map->attrs.type);

	ASSERT(error == OK);
}

/* Maps all of it or nothing. */
static enum err map_new(const struct iomap *new)
{
	struct pgtable *pt = kernel_pgtable();
	uint64_t kept = pt->audit->kept;
	enum err error =
		map_device(pt, new->start, new->bytes, new->frame, new->attrs);

	if (error != OK) {
		unmap(new->start, new->bytes);
	}
	ASSERT(pt->audit->kept == kept);
	return error;
}

enum err iomap_add(mfn_t frame, uint64_t bytes, enum memtype type,
		   const char *name, const struct iomap **map)
{
	struct iomap new = {
		.start = next_place(),
		.bytes = align_up(bytes, PAGE_BYTES),
		.frame = frame,
		.name = name,
	};
	enum memtype granted;
	enum err error;

	ASSERT(kernel_space_ready());
	if (map_count == IOMAPS_MAX ||
	    bytes > IOMAP_VADDR + IOMAP_BYTES - new.start.va) {
		return ERR_FULL;
	}
	error = memtype_reserve(kernel_memtypes(), frame, pages_of(&new), type,
				MEMTYPE_EXACT, &granted);
	if (error != OK) {
		return error;
	}
	new.attrs = attrs_possible(pt_paging(kernel_pgtable()),
				   attrs(RIGHT_WRITE | RIGHT_GLOBAL, granted));
	error = map_new(&new);
	if (error != OK) {
		give_up(&new);
		return error;
	}
	maps[map_count] = new;
	*map = &maps[map_count++];
	return OK;
}

void iomap_remove(const struct iomap *map)
{
	ASSERT(map_count != 0 && map == &maps[map_count - 1]);
	unmap(map->start, map->bytes);
	give_up(map);
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
