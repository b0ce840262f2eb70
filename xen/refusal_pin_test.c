// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: pins.
 */
#include "lib/selftest.h"
#include "xen/refusal.h"

/* ---- Frames -------------------------------------------------------------- */

/* The table's only writable mapping, or a read-only one more, is in the place
 * of the data page. */
static long pin_aliased(uint64_t entry)
{
	if (refusal_map(entry) != 0) {
		return WRONG;
	}
	refusal_ready();
	return refusal_command(refusal_base(OF_TABLE) | MMUEXT_PIN_L1_TABLE);
}

/* xen/arch/x86/mm.c, MMUEXT_PIN_L1_TABLE and _get_page_type. */
static const struct refusal frame_rows[] = {
	{ "a writable page as L1", refusal_command, MMUEXT_PIN_L1_TABLE,
	  MMUEXT_PIN_L1_TABLE, OF_DATA, OF_TABLE, BOTH(-XEN_EINVAL), 0 },
	{ "a writable page as L4", refusal_command, MMUEXT_PIN_L4_TABLE,
	  MMUEXT_PIN_L4_TABLE, OF_DATA, OF_TABLE, BOTH(-XEN_EINVAL), 0 },
	{ "writable at another address", pin_aliased, RW, RO, OF_TABLE,
	  OF_TABLE, BOTH(-XEN_EINVAL), 0 },
	{ "frame 0", refusal_command, MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L1_TABLE,
	  OF_ZERO, OF_TABLE, BOTH(-XEN_EINVAL), LOGS },
	{ "a frame no host has", refusal_command, BIT(50) | MMUEXT_PIN_L1_TABLE,
	  MMUEXT_PIN_L1_TABLE, OF_ZERO, OF_TABLE, BOTH(-XEN_EINVAL), 0 },
};

static long prepare_pinned(void)
{
	long error = refusal_protect_tables();

	return error != 0 ? error
			  : refusal_command(refusal_base(OF_TABLE) |
					    MMUEXT_PIN_L1_TABLE);
}

static const struct refusal pinned_rows[] = {
	{ "pinned already", refusal_command, MMUEXT_PIN_L1_TABLE,
	  MMUEXT_PIN_L1_TABLE, OF_TABLE, OF_UPPER, BOTH(-XEN_EINVAL), 0 },
	{ "pinned as another level", refusal_command, MMUEXT_PIN_L2_TABLE,
	  MMUEXT_PIN_L2_TABLE, OF_TABLE, OF_UPPER, BOTH(-XEN_EINVAL), 0 },
	{ "unpin of what is not pinned", refusal_command, MMUEXT_UNPIN_TABLE,
	  MMUEXT_UNPIN_TABLE, OF_UPPER, OF_TABLE, BOTH(-XEN_EINVAL), 0 },
};

static void try_frames(void)
{
	CHECK_CALL(REFUSAL_ROWS(frame_rows, refusal_protect_tables));
	CHECK_CALL(REFUSAL_ROWS(pinned_rows, prepare_pinned));
}

SELFTEST(frames, "Xen pins no frame that is writable, foreign or pinned")
{
	refusal_test(try_frames);
}

/* ---- What is in a table -------------------------------------------------- */

static long fill(uint64_t entry)
{
	long error;

	refusal_words(OF_TABLE)[0] = entry;
	error = refusal_protect(OF_TABLE);
	refusal_ready();
	return error;
}

static long pin_l1_with(uint64_t entry)
{
	return fill(entry) != 0 ? WRONG
				: refusal_command(refusal_base(OF_TABLE) |
						  MMUEXT_PIN_L1_TABLE);
}

static long pin_l2_with(uint64_t entry)
{
	return fill(entry) != 0 ? WRONG
				: refusal_command(refusal_base(OF_TABLE) |
						  MMUEXT_PIN_L2_TABLE);
}

static long prepare_upper(void)
{
	return refusal_protect(OF_UPPER);
}

/* xen/arch/x86/mm.c, promote_l1_table and promote_l2_table. */
static const struct refusal content_rows[] = {
	{ "an L1 with itself, writable", pin_l1_with, RW, RW, OF_TABLE, OF_DATA,
	  BOTH(-XEN_EBUSY), 0 },
	{ "an L1 with the live L4, writable", pin_l1_with, RW, RO, OF_L4, OF_L4,
	  BOTH(-XEN_EBUSY), 0 },
	{ "an L1 with a frame no CPU reaches", pin_l1_with, BIT(51) | RW, RW,
	  OF_ZERO, OF_DATA, BOTH(-XEN_EPERM), 0 },
	{ "an L2 with a large page", pin_l2_with, LINK | ENTRY_PS, LINK,
	  OF_DATA, OF_UPPER, BOTH(-XEN_EINVAL), 0 },
};

SELFTEST(contents, "Xen pins no table with an entry that it would refuse")
{
	REFUSAL_TEST_ROWS(content_rows, prepare_upper);
}

/* ---- The root in use ----------------------------------------------------- */

/* Leaves it as it was, pinned or not. */
static long unpin_root(uint64_t address)
{
	uint64_t pin = address | MMUEXT_PIN_L4_TABLE;
	uint64_t unpin = address | MMUEXT_UNPIN_TABLE;
	bool was_pinned = refusal_command(unpin) == 0;

	STEP(1, refusal_command(pin) == 0);
	STEP(2, refusal_command(pin) == -XEN_EINVAL);
	STEP(3, refusal_command(unpin) == 0);
	STEP(4, refusal_command(unpin) == -XEN_EINVAL);
	return was_pinned ? refusal_command(pin) : 0;
}

/* CR3 refers to it as well. */
static const struct refusal root_rows[] = {
	{ "the root in use", unpin_root, 0, 0, OF_L4, OF_L4, BOTH(0),
	  NO_CHANGE },
};

SELFTEST(root, "the root in use lives on without its pin")
{
	REFUSAL_TEST_ROWS(root_rows, NULL);
}

SELFTEST_SUITE(refusal_pin, &frames, &contents, &root);
