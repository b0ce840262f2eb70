// SPDX-License-Identifier: MIT
/*
 * Memory with another type than write-back.
 */
#include "mm/set_memory.h"

#include "lib/assert.h"
#include "mm/kernel_space.h"

struct cpa_space kernel_cpa_space(void)
{
	return (struct cpa_space){ kernel_pgtable(), kernel_regions(),
				   kernel_ram() };
}

const struct cpa_op *set_memory_op(enum memtype type)
{
	static const struct cpa_op *const ops[MT_COUNT] = {
		[MT_WB] = &cpa_wb, [MT_WT] = &cpa_wt,
		[MT_WP] = &cpa_wp, [MT_WC] = &cpa_wc,
		[MT_UC] = &cpa_uc, [MT_UC_MINUS] = &cpa_uc_minus,
	};

	ASSERT(type < MT_COUNT);
	return ops[type];
}

static enum err change(const pfn_t *frames, uint64_t count, enum memtype type)
{
	struct cpa_space space = kernel_cpa_space();
	struct cpa_pages pages = cpa_frames(frames, count);

	return cpa_change(&space, set_memory_op(type), &pages, NULL);
}

static void give_up(const pfn_t *frames, uint64_t count, enum memtype type)
{
	for (uint64_t i = 0; i < count; i++) {
		enum err error =
			memtype_free_ram(kernel_memtypes(), frames[i], 1, type);

		ASSERT(error == OK);
	}
}

/* All of them or none. */
static enum err reserve(const pfn_t *frames, uint64_t count, enum memtype want,
			enum memtype *granted)
{
	for (uint64_t i = 0; i < count; i++) {
		enum err error = memtype_reserve_ram(
			kernel_memtypes(), frames[i], 1, want, granted);

		if (error != OK) {
			give_up(frames, i,
				memtype_possible(&pv()->paging->pat, want));
			return error;
		}
	}
	return OK;
}

enum err set_memory_type(const pfn_t *frames, uint64_t count, enum memtype want,
			 enum memtype *granted)
{
	enum err error = reserve(frames, count, want, granted);

	if (error != OK) {
		return error;
	}
	error = change(frames, count, *granted);
	if (error != OK) {
		give_up(frames, count, *granted);
	}
	return error;
}

enum err set_memory_wb(const pfn_t *frames, uint64_t count,
		       enum memtype granted)
{
	enum err error = OK;

	for (uint64_t i = 0; i < count && error == OK; i++) {
		mfn_t frame = pv()->pfn_to_mfn(frames[i]);

		if (memtype_of(kernel_memtypes(), frame) != granted) {
			error = ERR_RANGE;
		}
	}
	if (error == OK) {
		error = change(frames, count, MT_WB);
	}
	if (error == OK) {
		give_up(frames, count, granted);
	}
	return error;
}
