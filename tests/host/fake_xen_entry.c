// SPDX-License-Identifier: MIT
/*
 * A model of Xen: page-table entries.
 *
 * What an entry may be, which references it means, and what Xen makes of it
 * (Xen, xen/arch/x86/mm.c, get_page_from_l1e and its neighbours).
 */
#include "tests/host/fake_xen_model.h"

#include "lib/assert.h"

/* What no upper entry may have: larger pages and cache attributes are not for
 * PV guests, and an upper entry has no use for G. */
#define UPPER_FORBIDDEN (FX_PWT | FX_PCD | FX_PAT | FX_G)

/* Whatever else changes, the entry refers to another thing than before. */
#define FLAGS_ONLY                                                      \
	(FX_NX | FX_G | FX_D | FX_A | FX_US | (UINT64_C(0x7ff) << 52) | \
	 (UINT64_C(7) << 9))

/* The all-ones frame, and those of the interrupt controllers. */
#define MFN_ALL_ONES (FX_ADDRESS >> PAGE_SHIFT)
#define MFN_IOAPIC   0xfec00

static enum fake_xen_type type_of(level_t level)
{
	return (enum fake_xen_type)(FAKE_XEN_L1 + (level - L1));
}

/* Xen crashes the domain on a processor with the fault: what is not present
 * may be read speculatively (XSA-273). */
static void refuse_l1tf(uint64_t entry)
{
	if ((entry & FX_P) == 0 && (entry & FX_ADDRESS) != 0) {
		PANIC("entry 0x%lx is not present but has an address", entry);
	}
}

/* ---- L1 ------------------------------------------------------------------ */

static bool is_ram(uint64_t mfn)
{
	/* The first mebibyte is a PC's. */
	return mfn >= MIB / PAGE_BYTES && mfn < FX_HOST_FRAMES;
}

/* Memory of devices: dom0 may map all but the interrupt controllers, and Xen
 * sees to it that it is not cached. */
static long get_device(uint64_t *entry)
{
	uint64_t mfn = fx_entry_mfn(*entry);

	if (mfn == MFN_ALL_ONES) {
		return -XEN_EINVAL;
	}
	if (!fx_is_dom0() || mfn >> (FX_PADDR_BITS - PAGE_SHIFT) != 0 ||
	    mfn == FAKE_XEN_LAPIC_MFN || mfn == MFN_IOAPIC) {
		return -XEN_EPERM;
	}
	switch (*entry & FX_CACHE) {
	case 0:
		*entry |= FX_PWT | FX_PCD;
		break;
	case FX_PWT:
	case FX_PWT | FX_PAT:
		*entry = (*entry | FX_PCD) & ~FX_PAT;
		break;
	default:
		break;
	}
	return 0;
}

static bool is_frame_of(const struct fx_frame *frame, domid_t owner)
{
	switch (owner) {
	case DOMID_SELF:
		return frame->owner == FX_DOMAIN;
	case DOMID_XEN:
		return frame->owner == FX_XEN;
	default:
		return false;
	}
}

static long get_ram(uint64_t entry, domid_t owner)
{
	uint64_t mfn = fx_entry_mfn(entry);
	struct fx_frame *frame = fx_frame(mfn);

	if (!is_frame_of(frame, owner)) {
		return -XEN_EBUSY;
	}
	frame->refs++;
	if ((entry & FX_RW) != 0 &&
	    (frame->owner == FX_XEN ||
	     fx_get_type(mfn, FAKE_XEN_WRITABLE) != 0)) {
		fx_put_frame(mfn);
		return -XEN_EBUSY;
	}
	if (frame->special && (entry & FX_CACHE) != 0) {
		if ((entry & FX_RW) != 0) {
			fx_put_type(mfn);
		}
		fx_put_frame(mfn);
		return -XEN_EACCES;
	}
	return 0;
}

/* A kernel page gets the user bit, for the guest's kernel is not at ring 0,
 * and a mark; a user page stays in the TLB when the guest's kernel is
 * entered, so it is made global. */
static uint64_t adjust_l1(uint64_t entry)
{
	if ((entry & FX_US) == 0) {
		return entry | FX_US | FX_KERNEL;
	}
	return (entry & FX_KERNEL) == 0 ? entry | FX_G : entry;
}

static bool l1_is_forbidden(uint64_t entry)
{
	return (entry & FX_CACHE) != 0 && !fx_has_io();
}

static long get_l1(uint64_t *entry, domid_t owner)
{
	long error;

	if (l1_is_forbidden(*entry)) {
		return -XEN_EINVAL;
	}
	error = is_ram(fx_entry_mfn(*entry)) ? get_ram(*entry, owner)
					     : get_device(entry);
	if (error == 0) {
		*entry = adjust_l1(*entry);
	}
	return error;
}

static void put_l1(uint64_t entry)
{
	uint64_t mfn = fx_entry_mfn(entry);

	if (!is_ram(mfn)) {
		return;
	}
	if ((entry & FX_RW) != 0) {
		fx_put_type(mfn);
	}
	fx_put_frame(mfn);
}

/* ---- L2 to L4 ------------------------------------------------------------ */

static uint64_t adjust_upper(level_t level, uint64_t entry)
{
	return entry | FX_US | (level == L4 ? FX_A : 0);
}

/* A table as an entry of its own level, which maps page tables linearly: only
 * to read, and only where all are valid already. */
static long get_linear(level_t level, uint64_t entry, uint64_t table)
{
	uint64_t mfn = fx_entry_mfn(entry);
	const struct fx_frame *frame = fx_frame(mfn);

	if ((entry & FX_RW) != 0) {
		return -XEN_EINVAL;
	}
	if (mfn == table) {
		return 0;
	}
	if (frame == NULL || frame->type != (uint8_t)type_of(level) ||
	    frame->type_count == 0) {
		return -XEN_EINVAL;
	}
	return fx_get_frame_and_type(mfn, type_of(level));
}

static long get_upper(level_t level, uint64_t *entry, uint64_t table)
{
	level_t below = (level_t)(level - 1);
	long error;

	if ((*entry & UPPER_FORBIDDEN) != 0) {
		return -XEN_EINVAL;
	}
	error = fx_get_frame_and_type(fx_entry_mfn(*entry), type_of(below));
	if (error == -XEN_EINVAL) {
		error = get_linear(level, *entry, table);
	}
	if (error == 0) {
		*entry = adjust_upper(level, *entry);
	}
	return error;
}

/* ---- All levels ---------------------------------------------------------- */

long fx_get_entry(level_t level, uint64_t *entry, uint64_t table, domid_t owner)
{
	refuse_l1tf(*entry);
	if ((*entry & FX_P) == 0) {
		return 0;
	}
	return level == L1 ? get_l1(entry, owner)
			   : get_upper(level, entry, table);
}

void fx_put_entry(level_t level, uint64_t entry, uint64_t table)
{
	if ((entry & FX_P) == 0) {
		return;
	}
	if (level == L1) {
		put_l1(entry);
	} else if (fx_entry_mfn(entry) != table) {
		fx_put_frame_and_type(fx_entry_mfn(entry));
	}
}

static bool is_forbidden(level_t level, uint64_t entry)
{
	if ((entry & FX_P) == 0) {
		return false;
	}
	return level == L1 ? l1_is_forbidden(entry)
			   : (entry & UPPER_FORBIDDEN) != 0;
}

long fx_change_entry(level_t level, uint64_t table, unsigned int index,
		     uint64_t entry, bool preserve_ad, domid_t owner)
{
	uint64_t *slot = (uint64_t *)fx_view(table) + index;
	uint64_t old = *slot;
	long error = 0;

	if (level == L4 && index >= FX_XEN_SLOT_FIRST &&
	    index <= FX_XEN_SLOT_LAST) {
		return -XEN_EINVAL;
	}
	refuse_l1tf(entry);
	if (is_forbidden(level, entry)) {
		return -XEN_EINVAL;
	}
	if ((old & entry & FX_P) != 0 && ((old ^ entry) & ~FLAGS_ONLY) == 0) {
		entry = level == L1 ? adjust_l1(entry)
				    : adjust_upper(level, entry);
	} else {
		error = fx_get_entry(level, &entry, table, owner);
		if (error != 0) {
			return error;
		}
		fx_put_entry(level, old, table);
	}
	*slot = preserve_ad ? entry | (old & (FX_A | FX_D)) : entry;
	fx_show_entry(level, table, index);
	return 0;
}
