/* SPDX-License-Identifier: MIT */
/*
 * Memory with another type than write-back.
 *
 * For whoever has pages of the allocator and hands them to a device: the type
 * is reserved (memtype.h), then the pages are changed wherever they are mapped
 * (cpa.h), or neither. Linux's names are set_memory_wc and so on.
 */
#ifndef MM_SET_MEMORY_H
#define MM_SET_MEMORY_H

#include "mm/cpa.h"
#include "mm/memtype.h"

/* The kernel's own address space. */
struct cpa_space kernel_cpa_space(void);

/* What gives pages that type. */
const struct cpa_op *set_memory_op(enum memtype type);

/*
 * Gives the pages, which the allocator handed out as no tables, the type, or
 * the next stricter one that there is; *granted tells. The errors are those of
 * memtype_reserve_ram and of cpa_change; then all is as it was.
 */
enum err set_memory_type(const pfn_t *frames, uint64_t count, enum memtype want,
			 enum memtype *granted) MUST_CHECK;

/* Makes them write-back again, from the type that was granted, and theirs. The
 * same pages one by one or together, in any order. */
enum err set_memory_wb(const pfn_t *frames, uint64_t count,
		       enum memtype granted) MUST_CHECK;

#endif
