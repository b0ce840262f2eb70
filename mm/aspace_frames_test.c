// SPDX-License-Identifier: MIT
/*
 * Tests of address spaces: frames that are given, with their memory types.
 */
#include "mm/aspace.h"

#include "mm/iomap.h"
#include "mm/own_tables.h"
#include "mm/test_aspace.h"
#include "mm/test_pages.h"

#define PAGES UINT64_C(4)

static struct aspace *const as = &test_aspace;

static enum err map(struct aspace_area area)
{
	enum memtype granted;

	return aspace_map(as, &area, &granted);
}

static struct aspace_area device(mfn_t frame, uint64_t bytes)
{
	return (struct aspace_area){ .start = vaddr(TEST_AREA),
				     .bytes = bytes,
				     .type = test_device_type(),
				     .backing = ASPACE_DEVICE,
				     .device = frame };
}

/* ASPACE-3, ASPACE-4 */
SELFTEST(memory,
	 "memory of every type keeps it through every change, and is WB "
	 "again")
{
	struct aspace_area area = { .start = vaddr(TEST_AREA),
				    .bytes = PAGES * PAGE_BYTES,
				    .backing = ASPACE_RAM };

	SKIP_WITHOUT_TABLES();
	area.ram = test_pages_take(PAGES);
	CHECK_CALL(test_aspace_begin_here());
	CHECK_CALL(test_aspace_every_type(area, L1));
	CHECK_CALL(test_aspace_end_here());
	test_pages_give(area.ram, PAGES);
}

/* ASPACE-3 */
SELFTEST(device_small, "frames of a device keep their type, in 4 KiB leaves")
{
	struct aspace_area area = device(test_device_frame(), PAGE_BYTES);

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(test_aspace_begin_here());
	if (pv()->ring == 0) {
		CHECK_CALL(test_aspace_every_type(area, L1));
	} else {
		/* What is shared is memory, for others too. */
		CHECK(map(area) == OK);
		CHECK_CALL(test_aspace_every_change(&area, L1));
	}
	CHECK_CALL(test_aspace_end_here());
}

/* ASPACE-3 */
SELFTEST(device_large, "frames of a device keep their type, in 2 MiB leaves")
{
	struct aspace_area area = device(test_hole_frame(), 2 * MIB);

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(test_aspace_begin_here());
	area.start = vaddr(align_up(TEST_AREA, 2 * MIB));
	if (pt_paging(as->pt)->leaf_max < L2) {
		CHECK_EQ(aspace_use_large(as, area.start), ERR_REFUSED);
		CHECK_CALL(test_aspace_end_here());
		SKIP("there are no large leaves");
	}
	CHECK_CALL(test_aspace_every_type(area, L2));
	CHECK_CALL(test_aspace_end_here());
}

SELFTEST(conflict, "frames of a device are not mapped with two types")
{
	struct aspace_area area = device(test_device_frame(), PAGE_BYTES);
	const struct iomap *other;

	SKIP_WITHOUT_TABLES();
	/* Its tables stay. */
	CHECK(iomap_add(area.device, 1, area.type, "other", &other) == OK);
	CHECK_CALL(test_aspace_begin_here());
	CHECK(map(area) == OK);
	area.start = vaddr(TEST_AREA + MIB);
	area.type = area.type == MT_WB ? MT_UC : MT_WB;
	CHECK(map(area) == ERR_CONFLICT && as->count == 1); /* ASPACE-6 */
	CHECK_CALL(test_aspace_end_here());
	iomap_remove(other);
}

/* ASPACE-6 */
SELFTEST(refused, "what the platform keeps is a fault, and leaves nothing")
{
	/* The local APIC, which is Xen's. */
	struct aspace_area area = device(mfn(0xfee00), PAGE_BYTES);

	SKIP_WITHOUT_TABLES();
	if (pv()->ring == 0) {
		SKIP("nothing is kept from us here");
	}
	CHECK_CALL(test_aspace_begin_here());
	area.type = MT_UC;
	area.protection = ASPACE_READ;
	CHECK(map(area) == OK && !test_aspace_touch(area.start, false));
	CHECK(test_aspace_fault.error == 0 &&
	      walk_to(as->pt, area.start, L1).place.level == as->pt->levels);
	CHECK_CALL(test_aspace_end_here());
}

SELFTEST_SUITE(aspace_frames, &memory, &device_small, &device_large, &conflict,
	       &refused);
