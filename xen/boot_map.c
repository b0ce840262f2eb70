// SPDX-License-Identifier: MIT
/*
 * The map that the kernel is started on.
 */
#include "xen/boot_map.h"

#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "arch/x86/regs.h"
#include "lib/assert.h"
#include "xen/hypercall.h"
#include "xen/mmu.h"
#include "xen/p2m.h"

/* Xen, tools/libs/guest/xg_dom_x86.c and arch/x86/pv/dom0_build.c. */
#define SPARE_BYTES (512 * KIB)
#define MAP_ALIGN   (4 * MIB)

/* All the spare: tables for a domain of some 128 GiB. */
#define WINDOW_MAX (SPARE_BYTES / PAGE_BYTES)

#define FRAMES_EACH UINT64_C(512)
#define BYTES_EACH  (FRAMES_EACH * PAGE_BYTES)

static uint64_t map_bytes;    /* As the builder left it, */
static uint64_t window_bytes; /* and what the window adds. */
static pfn_t spare;

/* The map is linear, and the image is in it. */
static vaddr_t map_base(void)
{
	return vaddr(vaddr_of(image_start).va - IMAGE_PADDR);
}

static vaddr_t map_vaddr(paddr_t address)
{
	return vaddr_add(map_base(), address.pa);
}

void xen_boot_map_init(vaddr_t stack_top)
{
	paddr_t top = xen_boot_paddr(stack_top);

	spare = paddr_pfn(top);
	map_bytes = align_up(top.pa + SPARE_BYTES, MAP_ALIGN);
}

uint64_t xen_boot_map_bytes(void)
{
	return map_bytes;
}

struct frame_range xen_boot_spare(uint64_t frames)
{
	uint64_t end = min_u64(frames, map_bytes >> PAGE_SHIFT);

	return (struct frame_range){ spare,
				     end > spare.pfn ? end - spare.pfn : 0 };
}

void *xen_boot_ptr(paddr_t address)
{
	if (address.pa >= map_bytes + window_bytes) {
		return NULL;
	}
	return vaddr_ptr(map_vaddr(address));
}

paddr_t xen_boot_paddr(vaddr_t address)
{
	return paddr(address.va - map_base().va);
}

/* ---- Where it ends ------------------------------------------------------- */

static bool ends_there;

/* Do the tables in use lead to a page there? */
static bool is_mapped(vaddr_t address)
{
	for (level_t level = L4; level >= L1; level = (level_t)(level - 1)) {
		uint64_t at = xen_mmu_entry_address(address, level);
		pfn_t table = xen_mfn_to_pfn(mfn(at >> PAGE_SHIFT));
		const uint64_t *entries = phys_ptr(pfn_paddr(table));
		pte_t entry = pte_read(&entries[level_index(level, address)]);

		if (pte_kind(entry, level) != PTE_TABLE) {
			return pte_kind(entry, level) == PTE_LEAF;
		}
	}
	return false;
}

void xen_boot_map_look(void)
{
	vaddr_t behind = map_vaddr(paddr(map_bytes));

	ends_there =
		is_mapped(vaddr(behind.va - PAGE_BYTES)) && !is_mapped(behind);
}

bool xen_boot_map_is_exact(void)
{
	return ends_there;
}

/* ---- The window ---------------------------------------------------------- */

static uint64_t machine_address(pfn_t frame)
{
	return xen_pfn_to_mfn(frame).mfn << PAGE_SHIFT;
}

/* An L1 table for the frames from first on, of which some may not exist. */
static void fill_table(pfn_t table, pfn_t first)
{
	uint64_t *entries = xen_boot_ptr(pfn_paddr(table));

	ASSERT(entries != NULL);
	for (unsigned int i = 0; i < FRAMES_EACH; i++) {
		pfn_t frame = pfn(first.pfn + i);

		entries[i] =
			mfn_eq(xen_pfn_to_mfn(frame), MFN_NONE)
				? 0
				: machine_address(frame) | ENTRY_P | ENTRY_RW;
	}
}

static void request(const struct mmu_update *updates, unsigned int count)
{
	unsigned int done = 0;
	long error = xen_mmu_update(updates, count, &done);

	if (error != 0) {
		PANIC("Xen refuses to change the boot map: error %ld, after "
		      "%u of %u requests",
		      error, done, count);
	}
}

static unsigned int table_count(uint64_t bytes)
{
	return (unsigned int)((bytes + BYTES_EACH - 1) / BYTES_EACH);
}

/* The slot of the boot map's own L2 table behind its last one, and so on: so
 * that the window continues the map. */
static vaddr_t slot_vaddr(unsigned int i)
{
	return map_vaddr(paddr(map_bytes + i * BYTES_EACH));
}

/* Is there room in that table, which covers 1 GiB, and in the spare? */
static bool has_room(unsigned int count)
{
	uint64_t first = slot_vaddr(0).va;
	uint64_t last = slot_vaddr(count - 1).va;

	return count <= WINDOW_MAX && first % GIB != 0 &&
	       first / GIB == last / GIB &&
	       (spare.pfn + count) << PAGE_SHIFT <= map_bytes;
}

enum err xen_boot_extend(paddr_t end, struct frame_range *tables)
{
	static struct mmu_update updates[2 * WINDOW_MAX];
	uint64_t bytes = end.pa > map_bytes ? end.pa - map_bytes : 0;
	unsigned int count = table_count(bytes);

	ASSERT(window_bytes == 0);
	*tables = (struct frame_range){ spare, count };
	if (count == 0) {
		return OK;
	}
	if (!has_room(count)) {
		return ERR_FULL;
	}
	for (unsigned int i = 0; i < count; i++) {
		pfn_t table = pfn(spare.pfn + i);
		vaddr_t alias = map_vaddr(pfn_paddr(table));

		fill_table(table,
			   pfn((map_bytes >> PAGE_SHIFT) + i * FRAMES_EACH));
		/* The map goes on where it is said to end. */
		ASSERT(xen_mmu_is_free(slot_vaddr(i), L2));
		/* Their own mappings in the map are read-only before they are
		 * used as tables. */
		updates[i] =
			(struct mmu_update){ xen_mmu_entry_address(alias, L1),
					     machine_address(table) | ENTRY_P };
		updates[count + i] = (struct mmu_update){
			xen_mmu_entry_address(slot_vaddr(i), L2),
			machine_address(table) | ENTRY_P | ENTRY_RW
		};
	}
	request(updates, 2 * count);
	window_bytes = bytes;
	return OK;
}

void xen_boot_shrink(void)
{
	static struct mmu_update updates[WINDOW_MAX];
	unsigned int count = table_count(window_bytes);

	for (unsigned int i = 0; i < count; i++) {
		updates[i] = (struct mmu_update){
			xen_mmu_entry_address(slot_vaddr(i), L2), 0
		};
	}
	if (count != 0) {
		request(updates, count);
	}
	window_bytes = 0;
}
