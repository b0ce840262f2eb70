// SPDX-License-Identifier: MIT
/*
 * A model of Xen: types of frames, and how many references hold them.
 *
 * A frame has one type at a time, which changes only while nothing holds it.
 * That is how Xen keeps a guest from writing to its page tables: a writable
 * mapping holds one type, a use as a table another (Xen, xen/arch/x86/mm.c,
 * the comment at its head).
 */
#include "tests/host/fake_xen_model.h"

#include "lib/assert.h"

/* ---- References ---------------------------------------------------------- */

struct fx_frame *fx_frame(uint64_t mfn)
{
	return mfn < FX_HOST_FRAMES ? &fx.frames[mfn] : NULL;
}

bool fx_get_frame(uint64_t mfn)
{
	struct fx_frame *frame = fx_frame(mfn);

	if (frame == NULL || frame->owner != FX_DOMAIN) {
		return false;
	}
	frame->refs++;
	return true;
}

void fx_put_frame(uint64_t mfn)
{
	struct fx_frame *frame = fx_frame(mfn);

	ASSERT(frame != NULL && frame->refs != 0);
	frame->refs--;
	if (frame->refs == 0) {
		ASSERT(frame->type_count == 0);
		frame->owner = FX_NOBODY;
	}
}

/* ---- Tables -------------------------------------------------------------- */

static bool is_table(enum fake_xen_type type)
{
	return type >= FAKE_XEN_L1 && type <= FAKE_XEN_L4;
}

static level_t level_of(enum fake_xen_type type)
{
	return (level_t)(L1 + (type - FAKE_XEN_L1));
}

static bool is_guest_slot(level_t level, unsigned int index)
{
	return level != L4 || index < FX_XEN_SLOT_FIRST ||
	       index > FX_XEN_SLOT_LAST;
}

/* Drops what the first entries hold. */
static void drop_entries(uint64_t mfn, level_t level, unsigned int count)
{
	const uint64_t *table = fx_view(mfn);

	while (count-- != 0) {
		if (is_guest_slot(level, count)) {
			fx_put_entry(level, table[count], mfn);
		}
	}
}

/* What was done to entries before one that is refused stays in them. */
static long validate_table(uint64_t mfn, level_t level)
{
	uint64_t *table = fx_view(mfn);

	for (unsigned int i = 0; i < ENTRY_COUNT; i++) {
		uint64_t entry = table[i];
		long error;

		if (!is_guest_slot(level, i)) {
			continue;
		}
		error = fx_get_entry(level, &entry, mfn, DOMID_SELF);
		if (error != 0) {
			drop_entries(mfn, level, i);
			return error;
		}
		table[i] = entry;
	}
	if (level == L4) {
		fx_fill_xen_slots(mfn, table);
	}
	return 0;
}

/* ---- Descriptors --------------------------------------------------------- */

#define DESCRIPTOR_TYPE	   (UINT64_C(0xf) << 40)
#define DESCRIPTOR_S	   BIT(44)
#define DESCRIPTOR_DPL	   (UINT64_C(3) << 45)
#define DESCRIPTOR_PRESENT BIT(47)

/* Code and data become the guest's: its kernel is at ring 3. Of the others
 * only nothing at all is harmless; call gates are not modelled. */
long fx_check_descriptor(uint64_t *descriptor)
{
	if ((*descriptor & DESCRIPTOR_PRESENT) == 0) {
		return 0;
	}
	*descriptor |= DESCRIPTOR_DPL;
	if ((*descriptor & DESCRIPTOR_S) != 0 ||
	    (*descriptor & DESCRIPTOR_TYPE) == 0) {
		return 0;
	}
	return -XEN_EINVAL;
}

static long validate_descriptors(uint64_t mfn)
{
	uint64_t *descriptors = fx_view(mfn);

	for (size_t i = 0; i < PAGE_BYTES / sizeof(uint64_t); i++) {
		if (fx_check_descriptor(&descriptors[i]) != 0) {
			return -XEN_EINVAL;
		}
	}
	return 0;
}

/* ---- Types --------------------------------------------------------------- */

static long validate(uint64_t mfn, enum fake_xen_type type)
{
	if (is_table(type)) {
		return validate_table(mfn, level_of(type));
	}
	return type == FAKE_XEN_SEGMENTS ? validate_descriptors(mfn) : 0;
}

long fx_get_type(uint64_t mfn, enum fake_xen_type type)
{
	struct fx_frame *frame = fx_frame(mfn);
	long error;

	if (frame->type_count != 0) {
		if (frame->type != (uint8_t)type) {
			return -XEN_EINVAL;
		}
		frame->type_count++;
		return 0;
	}
	/* Counted before it is looked at: a table may name itself. */
	frame->type = (uint8_t)type;
	frame->type_count = 1;
	error = validate(mfn, type);
	if (error != 0) {
		frame->type_count = 0;
	}
	return error;
}

void fx_put_type(uint64_t mfn)
{
	struct fx_frame *frame = fx_frame(mfn);

	ASSERT(frame != NULL && frame->type_count != 0);
	frame->type_count--;
	if (frame->type_count == 0 && is_table(frame->type)) {
		drop_entries(mfn, level_of(frame->type), ENTRY_COUNT);
	}
}

bool fx_is_table(uint64_t mfn, level_t *level)
{
	const struct fx_frame *frame = fx_frame(mfn);

	if (frame == NULL || frame->type_count == 0 || !is_table(frame->type)) {
		return false;
	}
	*level = level_of(frame->type);
	return true;
}

long fx_get_frame_and_type(uint64_t mfn, enum fake_xen_type type)
{
	long error;

	if (!fx_get_frame(mfn)) {
		return -XEN_EINVAL;
	}
	error = fx_get_type(mfn, type);
	if (error != 0) {
		fx_put_frame(mfn);
	}
	return error;
}

void fx_put_frame_and_type(uint64_t mfn)
{
	fx_put_type(mfn);
	fx_put_frame(mfn);
}

/* ---- What the model can be asked ----------------------------------------- */

static const struct fx_frame *frame_of(mfn_t frame)
{
	if (fx_frame(frame.mfn) == NULL) {
		PANIC("the host has no frame 0x%lx", frame.mfn);
	}
	return fx_frame(frame.mfn);
}

enum fake_xen_type fake_xen_type(mfn_t frame)
{
	return frame_of(frame)->type_count == 0
		       ? FAKE_XEN_NONE
		       : (enum fake_xen_type)frame_of(frame)->type;
}

uint64_t fake_xen_type_count(mfn_t frame)
{
	return frame_of(frame)->type_count;
}

uint64_t fake_xen_refs(mfn_t frame)
{
	return frame_of(frame)->refs;
}

bool fake_xen_pinned(mfn_t frame)
{
	return frame_of(frame)->pinned;
}
