// SPDX-License-Identifier: MIT
/*
 * A model of Xen: memory_op.
 *
 * Xen, xen/common/memory.c. The calls that change a reservation return how many
 * extents they did, and no error.
 */
#include "tests/host/fake_xen_calls.h"

/* The largest extent, as a power of two. */
#define ORDER_MAX_DOMU 9
#define ORDER_MAX_DOM0 13
/* How far a domU may grow. */
#define GROWTH_PAGES (MIB / PAGE_BYTES)

static long machphys_mapping(uint64_t arg)
{
	struct xen_machphys_mapping mapping = {
		.v_start = fx_m2p_vaddr(),
		.v_end = fx_m2p_vaddr() + FX_HOST_FRAMES * sizeof(uint64_t),
		.max_mfn = fx_is_dom0() ? FX_HOST_FRAMES - 1 : 0x7ffffffff,
	};

	return fx_write(arg, &mapping, sizeof(mapping)) ? 0 : -XEN_EFAULT;
}

/* For the tools: the frames of the table itself, all of them Xen's. */
static long machphys_list(uint64_t arg)
{
	struct xen_machphys_mfn_list list;
	xen_pfn_t first = FAKE_XEN_OWN_MFN;

	if (!fx_read(&list, arg, sizeof(list))) {
		return -XEN_EFAULT;
	}
	list.nr_extents = list.max_extents == 0 ? 0 : 1;
	if (!fx_write(vaddr_of(list.extent_start.p).va, &first,
		      list.nr_extents * sizeof(first)) ||
	    !fx_write(arg, &list, sizeof(list))) {
		return -XEN_EFAULT;
	}
	return 0;
}

/* ---- Giving back --------------------------------------------------------- */

static bool release(uint64_t mfn)
{
	struct fx_frame *frame = fx_frame(mfn);

	if (!fx_get_frame(mfn)) {
		return false;
	}
	if (frame->pinned) {
		frame->pinned = false;
		fx_put_frame_and_type(mfn);
	}
	if (frame->allocated && !frame->special) {
		frame->allocated = false;
		fx_m2p()[mfn] = UINT64_MAX;
		fx_put_frame(mfn);
	}
	fx_put_frame(mfn);
	return true;
}

/* ---- Getting more -------------------------------------------------------- */

static bool is_free(uint64_t mfn, uint64_t count)
{
	for (uint64_t i = mfn; i < mfn + count; i++) {
		if (fx.frames[i].owner != FX_NOBODY || fx.frames[i].refs != 0) {
			return false;
		}
	}
	return true;
}

/* The first frame of an extent, or 0. */
static uint64_t allocate(unsigned int order)
{
	uint64_t count = BIT(order);

	if (!fx_is_dom0() && fx.reserved + count > GROWTH_PAGES) {
		return 0;
	}
	for (uint64_t mfn = FX_FIRST_FREE; mfn + count <= FX_HOST_FRAMES;
	     mfn += count) {
		if (!is_free(mfn, count)) {
			continue;
		}
		for (uint64_t i = mfn; i < mfn + count; i++) {
			fx.frames[i] = (struct fx_frame){ .owner = FX_DOMAIN,
							  .allocated = true,
							  .refs = 1 };
		}
		fx.reserved += count;
		return mfn;
	}
	return 0;
}

/* An extent for the frame that the guest's list names, if it is to be told of
 * the tables; the list then has the machine frame. */
static bool add_extent(uint64_t at, unsigned int order, bool physmap)
{
	uint64_t first = 0;
	uint64_t mfn;

	if (physmap && !fx_read(&first, at, sizeof(first))) {
		return false;
	}
	mfn = allocate(order);
	if (mfn == 0) {
		return false;
	}
	for (uint64_t i = 0; physmap && i < BIT(order); i++) {
		fx_m2p()[mfn + i] = first + i;
	}
	return at == 0 || fx_write(at, &mfn, sizeof(mfn));
}

/* What the domain was built with. */
static uint64_t count_built(void)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < fx.frame_count; i++) {
		count += fx_is_hole(i) ? 0 : 1;
	}
	return count;
}

/* ---- All three ----------------------------------------------------------- */

static bool do_extent(uint64_t command, uint64_t at, unsigned int order)
{
	uint64_t mfn;

	if (command != XENMEM_decrease_reservation) {
		return add_extent(at, order,
				  command == XENMEM_populate_physmap);
	}
	if (!fx_read(&mfn, at, sizeof(mfn))) {
		return false;
	}
	for (uint64_t i = 0; i < BIT(order); i++) {
		if (!release(mfn + i)) {
			return false;
		}
	}
	return true;
}

static long change_reservation(uint64_t command, uint64_t arg)
{
	struct xen_memory_reservation list;
	unsigned int order_max = fx_is_dom0() ? ORDER_MAX_DOM0 : ORDER_MAX_DOMU;
	uint64_t at;
	uint64_t i;

	if (!fx_read(&list, arg, sizeof(list))) {
		return -XEN_EFAULT;
	}
	if (list.domid != DOMID_SELF || list.extent_order > order_max) {
		return 0;
	}
	at = vaddr_of(list.extent_start.p).va;
	for (i = 0; i < list.nr_extents; i++) {
		if (!do_extent(command, at, list.extent_order)) {
			break;
		}
		at += at == 0 ? 0 : sizeof(uint64_t);
	}
	return (long)i;
}

long fx_memory_op(uint64_t command, uint64_t arg)
{
	switch (command) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return change_reservation(command, arg);
	case XENMEM_machphys_mfn_list:
		return machphys_list(arg);
	case XENMEM_machphys_mapping:
		return machphys_mapping(arg);
	case XENMEM_add_to_physmap:
		return -XEN_EACCES; /* Not for PV. */
	case XENMEM_current_reservation:
		return (long)(count_built() + fx.reserved);
	case XENMEM_maximum_reservation:
		return (long)(fx.frame_count + GROWTH_PAGES);
	default:
		return -XEN_ENOSYS;
	}
}
