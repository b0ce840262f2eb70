/* SPDX-License-Identifier: MIT */
/*
 * Mappings of frames that are not RAM.
 *
 * Device registers, frame buffers, pages shared with a hypervisor: machine
 * frames that the allocator knows nothing of, mapped with the memory type that
 * the caller asks for. Each mapping is in a list, so that the census can tell
 * it from a mapping that nobody meant.
 */
#ifndef MM_IOMAP_H
#define MM_IOMAP_H

#include "mm/pgtable.h"

struct iomap {
	vaddr_t start;
	uint64_t bytes;
	mfn_t frame;
	attrs_t attrs;
	const char *name;
};

#define IOMAPS_MAX 16

/*
 * Maps bytes of machine memory from the frame on, readable and writable, never
 * executable, in the kernel's address space at the next free place; *map tells
 * where, and with which attributes. The memory type is reserved (memtype.h): it
 * may be the next stricter one. bytes are rounded up to pages. The name must
 * stay alive. Nothing is flushed, as nothing was there. ERR_RANGE if a frame is
 * RAM of ours, no frame has that number, or there are no bytes; ERR_CONFLICT if
 * a frame is mapped with another type; ERR_FULL if a list or the address range
 * is full; ERR_NOMEM without memory for tables, ERR_REFUSED if the platform
 * does not let us have a frame, or with that type; then nothing is mapped. The
 * kernel must have its own tables.
 */
enum err iomap_add(mfn_t frame, uint64_t bytes, enum memtype type,
		   const char *name, const struct iomap **map) MUST_CHECK;

/*
 * Unmaps what was mapped last, and flushes its translations. Mappings are
 * taken back in reverse order only; anything else is a panic.
 */
void iomap_remove(const struct iomap *map);

/* The list: the first at 0. */
size_t iomap_count(void);
const struct iomap *iomap_get(size_t i);

#endif
