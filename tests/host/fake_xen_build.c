// SPDX-License-Identifier: MIT
/*
 * A model of Xen: the domain builder.
 *
 * Image, p2m list, start_info, the two rings of a domU, page tables and boot
 * stack, one after the other, all of it mapped, with half a mebibyte to spare
 * and up to a multiple of four (Xen, tools/libs/guest/xg_dom_x86.c and
 * xen/arch/x86/pv/dom0_build.c).
 */
#include "tests/host/fake_xen_calls.h"

#include "lib/assert.h"

#include <string.h>

#define SPARE_BYTES   (512 * KIB)
#define ALIGN_BYTES   (4 * MIB)
#define XENSTORE_PORT 1
#define CONSOLE_PORT  2

/* L4, L3 and L2; the L1 tables come on top. */
#define UPPER_TABLES 3

/* Entries as the two builders write them. */
#define BOOT_UPPER (FX_P | FX_RW | FX_US | FX_A | FX_D)
#define BOOT_TABLE (FX_P | FX_US | FX_A | FX_KERNEL)
#define BOOT_LEAF  (FX_P | FX_RW | FX_US | FX_A | FX_KERNEL)

struct fx_domain fx;

/* Where everything is, in frames of the domain. */
struct plan {
	uint64_t p2m;
	uint64_t p2m_pages;
	uint64_t info;
	uint64_t rings;
	uint64_t tables;
	uint64_t l1_count;
	uint64_t stack;
	uint64_t end; /* Of the map. */
};

static struct plan make_plan(enum fake_xen_kind kind, uint64_t frame_count,
			     uint64_t image_pages)
{
	struct plan plan = { .p2m = image_pages };
	uint64_t bytes;

	plan.p2m_pages = align_up(frame_count * sizeof(uint64_t), PAGE_BYTES) /
			 PAGE_BYTES;
	plan.info = plan.p2m + plan.p2m_pages;
	plan.rings = plan.info + 1;
	plan.tables = plan.rings + (kind == FAKE_XEN_DOM0 ? 0 : 2);
	do {
		plan.l1_count += 2;
		plan.stack = plan.tables + UPPER_TABLES + plan.l1_count;
		bytes = align_up((plan.stack + 1) * PAGE_BYTES + SPARE_BYTES,
				 ALIGN_BYTES);
	} while (bytes > plan.l1_count * level_bytes(L2));
	plan.end = bytes / PAGE_BYTES;
	if (plan.end > frame_count) {
		PANIC("the arena is too small for the boot map");
	}
	return plan;
}

struct fake_xen_ends fake_xen_plan(enum fake_xen_kind kind,
				   uint64_t frame_count, uint64_t image_pages)
{
	struct plan plan = make_plan(kind, frame_count, image_pages);

	return (struct fake_xen_ends){ (plan.stack + 1) * PAGE_BYTES,
				       plan.end * PAGE_BYTES };
}

/* ---- Holes --------------------------------------------------------------- */

static const struct {
	uint64_t first; /* Behind half of the memory if that is set. */
	uint64_t count;
	bool upper;
} holes[] = {
	{ 0x180, 2, false },  /* Below the image. */
	{ 3, 1, true },	      /* Behind the builder's map, */
	{ 0x1f0, 0x20, true } /* and over the border of two tables. */
};

bool fx_is_hole(uint64_t number)
{
	for (size_t i = 0; i < ARRAY_COUNT(holes) && fx.has_holes; i++) {
		uint64_t first = holes[i].first +
				 (holes[i].upper ? fx.frame_count / 2 : 0);

		if (number - first < holes[i].count) {
			return true;
		}
	}
	/* dom0 lacks the last as well. */
	return fx.has_holes && fx_is_dom0() && number == fx.frame_count - 1;
}

/* ---- Frames of the host -------------------------------------------------- */

static void set_owner(uint64_t first, uint64_t count, enum fx_owner owner)
{
	for (uint64_t i = first; i < first + count; i++) {
		fx.frames[i] = (struct fx_frame){ .owner = (uint8_t)owner,
						  .allocated = true,
						  .refs = 1 };
	}
}

static void make_frames(void)
{
	uint64_t *m2p = fx_m2p();

	memset(m2p, 0xff, FX_HOST_FRAMES * sizeof(*m2p));
	for (uint64_t i = 0; i < fx.frame_count; i++) {
		if (!fx_is_hole(i)) {
			set_owner(fx_home_mfn(i), 1, FX_DOMAIN);
			m2p[fx_home_mfn(i)] = i;
		}
	}
	set_owner(FAKE_XEN_OWN_MFN, 0x100, FX_XEN);
	set_owner(FAKE_XEN_OTHER_MFN, 0x100, FX_OTHER);
	/* Another domain's frame may claim any number. */
	m2p[FAKE_XEN_OTHER_MFN] = 5;
	/* Xen's own, writable for the domain from the start. */
	fx.shared_info_mfn = FAKE_XEN_SHARED_INFO_MFN;
	m2p[fx.shared_info_mfn] = 5;
	set_owner(fx.shared_info_mfn, 1, FX_DOMAIN);
	fx.frames[fx.shared_info_mfn].special = true;
	fx.frames[fx.shared_info_mfn].type = FAKE_XEN_WRITABLE;
	fx.frames[fx.shared_info_mfn].type_count = 1;
}

/* ---- Page tables --------------------------------------------------------- */

/* The frame of a table: a domU's go downwards, dom0's take the upper ones
 * along behind the first L1. */
static uint64_t table_mfn(const struct plan *plan, level_t level,
			  uint64_t number)
{
	uint64_t below = (uint64_t)(L4 - level);

	if (level == L1) {
		below = fx_is_dom0() && number == 0 ? 1 : UPPER_TABLES + number;
	} else if (fx_is_dom0() && level != L4) {
		below = level == L2 ? 2 : 3;
	}
	return fx_home_mfn(plan->tables + below);
}

static uint64_t leaf(const struct plan *plan, uint64_t number)
{
	uint64_t address = fx_home_mfn(number) << PAGE_SHIFT;

	if (fx_is_hole(number)) {
		return 0;
	}
	if (number >= plan->tables && number < plan->stack) {
		return address | BOOT_TABLE;
	}
	return address | BOOT_LEAF | (fx_is_dom0() ? FX_D : 0);
}

static void make_tables(const struct plan *plan)
{
	vaddr_t base = vaddr(fx.base);
	uint64_t *l4 = fx_view(table_mfn(plan, L4, 0));
	uint64_t *l3 = fx_view(table_mfn(plan, L3, 0));
	uint64_t *l2 = fx_view(table_mfn(plan, L2, 0));

	l4[level_index(L4, base)] =
		table_mfn(plan, L3, 0) << PAGE_SHIFT | BOOT_UPPER;
	l3[level_index(L3, base)] =
		table_mfn(plan, L2, 0) << PAGE_SHIFT | BOOT_UPPER;
	for (uint64_t i = 0; i < plan->l1_count; i++) {
		uint64_t mfn = table_mfn(plan, L1, i);
		uint64_t *l1 = fx_view(mfn);

		l2[level_index(L2, base) + i] = mfn << PAGE_SHIFT | BOOT_UPPER;
		for (uint64_t k = 0; k < ENTRY_COUNT; k++) {
			l1[k] = leaf(plan, i * ENTRY_COUNT + k);
		}
	}
}

void fx_fill_xen_slots(uint64_t mfn, uint64_t *l4)
{
	static const unsigned int used[] = { 256, 260, 261, 262, 263, 264 };

	/* The M2P table is there for the guest to read. */
	for (size_t i = 0; i < ARRAY_COUNT(used); i++) {
		l4[used[i]] = (FAKE_XEN_OWN_MFN + i) << PAGE_SHIFT | FX_P |
			      FX_RW | FX_A | FX_D;
	}
	l4[256] = (l4[256] & ~FX_RW) | FX_US | FX_NX;
	/* The table itself. */
	l4[258] = mfn << PAGE_SHIFT | FX_P | FX_RW | FX_A | FX_D | FX_NX;
}

/* The L4 is pinned and in use, all below it lives by that. */
static void use_tables(const struct plan *plan)
{
	uint64_t mfn = table_mfn(plan, L4, 0);

	if (fx_get_frame_and_type(mfn, FAKE_XEN_L4) != 0 ||
	    fx_set_root(mfn) != 0) {
		PANIC("the builder's tables are not valid");
	}
	fx.frames[mfn].pinned = true;
}

/* ---- What the domain is told --------------------------------------------- */

static uint64_t address_of(uint64_t number)
{
	return fx.base + number * PAGE_BYTES;
}

static void write_console(struct start_info *info, const struct plan *plan)
{
	if (fx_is_dom0()) {
		info->console.dom0.info_off = 0x490;
		info->console.dom0.info_size = 0x28;
		return;
	}
	info->store_mfn = fx_home_mfn(plan->rings);
	info->store_evtchn = XENSTORE_PORT;
	info->console.domU.mfn = fx_home_mfn(plan->rings + 1);
	info->console.domU.evtchn = CONSOLE_PORT;
	fx.ports[XENSTORE_PORT] = true;
	fx.ports[CONSOLE_PORT] = true;
}

static void write_info(const struct plan *plan)
{
	struct start_info *info = vaddr_ptr(vaddr(address_of(plan->info)));
	uint64_t *p2m = vaddr_ptr(vaddr(address_of(plan->p2m)));
	struct shared_info *shared = fx_view(fx.shared_info_mfn);

	for (uint64_t i = 0; i < fx.frame_count; i++) {
		p2m[i] = fake_xen_mfn(pfn(i)).mfn;
	}
	memcpy(info->magic, "xen-3.0-x86_64", sizeof("xen-3.0-x86_64"));
	info->nr_pages = fx.frame_count;
	info->shared_info = fx.shared_info_mfn << PAGE_SHIFT;
	info->flags = fx_is_dom0() ? SIF_PRIVILEGED | SIF_INITDOMAIN : 0;
	info->pt_base = address_of(plan->tables);
	info->nr_pt_frames = plan->stack - plan->tables;
	info->mfn_list = address_of(plan->p2m);
	write_console(info, plan);
	fx.info = vaddr_of(info).va;
	/* The hypervisor has been writing to it. */
	shared->vcpu_info[0].evtchn_upcall_mask = 1;
	shared->vcpu_info[0].time.tsc_to_system_mul = 0x80000000;
}

void fx_build(enum fake_xen_kind kind, uint64_t base, uint64_t frame_count,
	      uint64_t image_pages, bool has_holes)
{
	struct plan plan;

	memset(&fx, 0, sizeof(fx));
	fx.kind = kind;
	fx.base = base;
	fx.frame_count = frame_count;
	fx.has_holes = has_holes;
	plan = make_plan(kind, frame_count, image_pages);
	fx.map_end = address_of(plan.end);
	fx.stack_top = address_of(plan.stack + 1);
	fx_memory_open(base);
	make_frames();
	make_tables(&plan);
	use_tables(&plan);
	write_info(&plan);
}
