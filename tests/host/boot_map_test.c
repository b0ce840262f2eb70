// SPDX-License-Identifier: MIT
/*
 * Tests of the map that a Xen domain is started on.
 *
 * Where it ends, against the plan of the model's builder, for images of many
 * sizes; and the window behind it, in the domain that the kernel has itself,
 * which lacks some frames.
 */
#include "xen/boot_map.h"

#include "arch/x86/image.h"
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "tests/host/arena.h"
#include "tests/host/fake_xen_scene.h"
#include "xen/backend.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"

#define SKIP_UNLESS_XEN()                           \
	do {                                        \
		if (pv() != &pv_xen) {              \
			SKIP("not a guest of Xen"); \
		}                                   \
	} while (0)

static vaddr_t map_base(void)
{
	return vaddr(vaddr_of(image_start).va - IMAGE_PADDR);
}

/* ---- Where it ends ------------------------------------------------------- */

#define FRAMES (64 * MIB / PAGE_BYTES)
/* Over two multiples of what the map is rounded up to. */
#define IMAGE_PAGES_MIN UINT64_C(0x100)
#define IMAGE_PAGES_MAX (IMAGE_PAGES_MIN + 8 * MIB / PAGE_BYTES)

static void check_end(enum fake_xen_kind kind, uint64_t image_pages)
{
	struct fake_xen_ends ends = fake_xen_plan(kind, FRAMES, image_pages);

	xen_boot_map_init(vaddr_add(map_base(), ends.stack));
	CHECK_EQ(xen_boot_map_bytes(), ends.map);
}

static void check_ends(void)
{
	for (uint64_t i = IMAGE_PAGES_MIN; i < IMAGE_PAGES_MAX; i++) {
		CHECK_CALL(check_end(FAKE_XEN_DOMU, i));
		CHECK_CALL(check_end(FAKE_XEN_DOM0, i));
	}
}

SELFTEST(ends, "the map of the builder ends where it is said to, for any image")
{
	bool used = pv() == &pv_xen;

	check_ends();
	xen_boot_map_init(used ? vaddr(fake_xen_stack_top()) : map_base());
}

/* ---- The window ---------------------------------------------------------- */

#define PAGES_MAX (ARENA_BYTES / PAGE_BYTES)

static struct frame_range window;
static uint64_t before[PAGES_MAX];

static vaddr_t page_vaddr(uint64_t frame)
{
	return vaddr_add(map_base(), frame << PAGE_SHIFT);
}

static uint64_t map_pages(void)
{
	return xen_boot_map_bytes() >> PAGE_SHIFT;
}

static bool is_hole(uint64_t frame)
{
	return mfn_eq(fake_xen_mfn(pfn(frame)), MFN_NONE);
}

static void check_hole(uint64_t frame)
{
	struct fault fault;
	uint64_t ignored;

	CHECK(!probe_read(page_vaddr(frame), &ignored, &fault));
	CHECK_EQ(fault.error, 0);
}

static void check_window_page(uint64_t frame)
{
	uint64_t offset = frame - map_pages();
	pfn_t table = pfn(window.start.pfn + offset / ENTRY_COUNT);
	uint64_t entry =
		fake_xen_entry(fake_xen_mfn(table), offset % ENTRY_COUNT);
	struct fault fault;

	CHECK_EQ(xen_boot_ptr(pfn_paddr(pfn(frame))),
		 vaddr_ptr(page_vaddr(frame)));
	if (is_hole(frame)) {
		CHECK_EQ(entry, 0);
		CHECK_CALL(check_hole(frame));
		return;
	}
	CHECK_EQ(entry & SCENE_ADDRESS,
		 fake_xen_mfn(pfn(frame)).mfn << PAGE_SHIFT);
	CHECK(probe_write(page_vaddr(frame), 0, &fault));
}

/* All of the map is as it was, but for the window's tables. */
static void check_map_page(uint64_t frame)
{
	bool table = frame - window.start.pfn < window.count;
	uint64_t now = scene_entry(L1, page_vaddr(frame));
	uint64_t changed = before[frame] ^ now;

	if (is_hole(frame)) {
		CHECK_EQ(now, 0);
		CHECK_CALL(check_hole(frame));
		return;
	}
	CHECK((changed & SCENE_RW) == (table ? SCENE_RW : 0));
	if (table) {
		CHECK_EQ(now & SCENE_ADDRESS,
			 fake_xen_mfn(pfn(frame)).mfn << PAGE_SHIFT);
	} else {
		CHECK_EQ(changed, 0);
	}
}

static void note_map(void)
{
	for (uint64_t i = 0; i < map_pages(); i++) {
		before[i] = scene_entry(L1, page_vaddr(i));
	}
}

static void check_open(void)
{
	for (uint64_t i = 0; i < map_pages(); i++) {
		CHECK_CALL(check_map_page(i));
	}
	for (uint64_t i = map_pages(); i < xen_p2m_count(); i++) {
		CHECK_CALL(check_window_page(i));
	}
}

/* The tables are ordinary memory again. */
static void close_window(void)
{
	xen_boot_shrink();
	for (uint64_t i = 0; i < window.count; i++) {
		uint64_t number = window.start.pfn + i;
		vaddr_t at = page_vaddr(number);

		CHECK_EQ(scene_remap(at, scene_make(fake_xen_mfn(pfn(number)),
						    SCENE_P | SCENE_RW)),
			 0);
		memset(vaddr_ptr(at), 0, PAGE_BYTES);
	}
}

SELFTEST(window_holes,
	 "the window has all frames there are, and the map stays as it was")
{
	paddr_t end = pfn_paddr(pfn(xen_p2m_count()));

	SKIP_UNLESS_XEN();
	note_map();
	CHECK_EQ(xen_boot_extend(end, &window), OK);
	CHECK_EQ(window.count, (xen_p2m_count() - map_pages() + ENTRY_COUNT -
				1) / ENTRY_COUNT);
	check_open();
	close_window();
	CHECK(xen_boot_ptr(pfn_paddr(pfn(map_pages()))) == NULL);
}

/* That the model has holes on both sides is what makes the rest worth it. */
SELFTEST(holes, "the domain of the model lacks frames in the map and behind it")
{
	uint64_t in_map = 0;
	uint64_t behind = 0;

	SKIP_UNLESS_XEN();
	for (uint64_t i = 0; i < xen_p2m_count(); i++) {
		uint64_t *count = i < map_pages() ? &in_map : &behind;

		*count += is_hole(i) ? 1 : 0;
	}
	CHECK(in_map != 0);
	CHECK(behind > 2);
	CHECK_EQ(is_hole(xen_p2m_count() - 1), xen_is_initial_domain());
}

SELFTEST_SUITE(boot_map, &ends, &holes, &window_holes);
