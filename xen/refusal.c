// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: pages, entries, and putting them back.
 *
 * All of it is found by walking from CR3, so it works on the builder's tables
 * as well as on the kernel's own, where a page has two addresses.
 */
#include "xen/refusal.h"

#include "arch/x86/phys.h"
#include "lib/selftest.h"
#include "xen/backend.h"
#include "xen/refusal_calls.h"
#include "xen/refusal_fixture.h"

#define PAGES	(OF_SPARE - OF_DATA + 1)
#define ALIASES 2

/* Unused entries, then those of the pages. */
#define FREE_SLOTS 3
#define SLOTS	   (FREE_SLOTS + PAGES * ALIASES)

static uint8_t pages[PAGES][PAGE_BYTES] ALIGNED(PAGE_BYTES);
static uint64_t one[64];

static uint64_t bases[REFUSAL_BASES];
static struct refusal_slot slots[SLOTS];
static unsigned int pinned; /* A bit for each page. */
static bool gdt;

/* ---- Bases --------------------------------------------------------------- */

uint64_t refusal_base(enum refusal_base base)
{
	return bases[base];
}

static struct refusal_slot *slot_of(enum refusal_base page, unsigned int alias)
{
	return &slots[FREE_SLOTS + (page - OF_DATA) * ALIASES + alias];
}

uint64_t refusal_leaf(void)
{
	return READ_ONCE(*slot_of(OF_DATA, 0)->entry);
}

uint64_t *refusal_words(enum refusal_base page)
{
	return (uint64_t *)(void *)pages[page - OF_DATA];
}

/* In the image, and in the direct map if that has it elsewhere. */
static bool take_page(enum refusal_base page)
{
	struct refusal_slot *image = slot_of(page, 0);
	struct refusal_slot *direct = slot_of(page, 1);
	vaddr_t va = vaddr_of(refusal_words(page));
	void *other;

	if (!refusal_find(va, L1, image) ||
	    refusal_table(image->before) == NULL) {
		return false;
	}
	bases[page] = image->before & PTE_FRAMES;
	other = vaddr_ptr(vaddr_of(refusal_table(bases[page])));
	if (other == refusal_words(page) ||
	    !refusal_find(vaddr_of(other), L1, direct) ||
	    !refusal_is_present(direct->before)) {
		direct->entry = NULL;
	}
	memset(refusal_words(page), 0, PAGE_BYTES);
	return true;
}

static void take_free(const struct refusal_slot *used, level_t level)
{
	unsigned int n = level - L2;
	struct refusal_slot *slot = &slots[n];

	*slot = refusal_find_free(*used, level);
	bases[OF_FREE2 + n] = slot->machine;
	bases[VA_FREE2 + n] = vaddr_of(slot->entry).va;
}

static void take_live(void)
{
	vaddr_t data = vaddr_of(pages);
	struct refusal_slot slot;

	for (level_t level = L1; level <= L4; level = (level_t)(level + 1)) {
		(void)refusal_find(data, level, &slot);
		bases[OF_L1 + level - L1] = slot.machine & PTE_FRAMES;
		if (level == L1) {
			bases[OF_LEAF] = slot.machine;
			bases[VA_LEAF] = vaddr_of(slot.entry).va;
		} else {
			take_free(&slot, level);
		}
	}
	(void)refusal_find(vaddr_of(xen_shared_info), L1, &slot);
	bases[OF_SHARED] = slot.before & PTE_FRAMES;
	bases[VA_DATA] = data.va;
	one[0] = 1;
	bases[VA_ONE] = vaddr_of(one).va;
	bases[VA_BELOW_FREE2] = align_down(data.va, level_bytes(L3)) |
				(bases[OF_FREE2] % PAGE_BYTES / sizeof(uint64_t)
				 << level_shift(L2));
}

/* Where Xen's table of frames is, for the guest and on the machine. */
static long take_m2p(void)
{
	struct xen_machphys_mfn_list list = { .max_extents = 1 };
	struct xen_machphys_mapping mapping;
	xen_pfn_t first = 0;
	long error = xen_machphys_mapping(&mapping);

	set_xen_guest_handle(list.extent_start, &first);
	if (error == 0) {
		error = xen_memory_op(XENMEM_machphys_mfn_list, &list);
	}
	bases[OF_M2P] = first << PAGE_SHIFT;
	bases[VA_M2P] = mapping.v_start +
			(bases[OF_DATA] >> PAGE_SHIFT) * sizeof(uint64_t);
	return error;
}

bool refusal_take(void)
{
	for (enum refusal_base page = OF_DATA; page <= OF_SPARE; page++) {
		if (!take_page(page)) {
			return false;
		}
	}
	take_live();
	refusal_digest_as(0, 0);
	return take_m2p() == 0;
}

/* ---- Putting back -------------------------------------------------------- */

static long put_back(const struct refusal_slot *slot)
{
	if (READ_ONCE(*slot->entry) == slot->before) {
		return 0;
	}
	return slot < &slots[FREE_SLOTS]
		       ? refusal_store(slot->machine, slot->before)
		       : xen_update_va_mapping(slot->va, slot->before,
					       UVMF_INVLPG);
}

/* First what refers to pages as tables, so that they can be written again. */
bool refusal_restore(void)
{
	long bad = 0;

	for (enum refusal_base page = OF_DATA; page <= OF_SPARE; page++) {
		if ((pinned & BIT(page)) != 0) {
			bad |= refusal_extended(MMUEXT_UNPIN_TABLE, bases[page],
						0);
		}
	}
	if (gdt) {
		bad |= refusal_gdt(0, 0);
	}
	for (size_t i = 0; i < SLOTS; i++) {
		if (slots[i].entry != NULL) {
			bad |= put_back(&slots[i]);
		}
	}
	if (bad == 0) {
		memset(pages, 0, sizeof(pages));
	}
	return bad == 0;
}

void refusal_ready(void)
{
	for (size_t i = 0; i < SLOTS; i++) {
		if (slots[i].entry != NULL) {
			slots[i].ready = READ_ONCE(*slots[i].entry);
		}
	}
}

bool refusal_unchanged(void)
{
	bool same = true;

	for (size_t i = 0; i < SLOTS; i++) {
		same = same && (slots[i].entry == NULL ||
				refusal_settled(READ_ONCE(*slots[i].entry)) ==
					refusal_settled(slots[i].ready));
	}
	return same;
}

void refusal_replace(enum refusal_base page, mfn_t frame)
{
	uint64_t now = frame.mfn << PAGE_SHIFT;
	uint64_t change = bases[page] ^ now;

	refusal_digest_as(now, bases[page]);
	bases[page] = now;
	for (unsigned int alias = 0; alias < ALIASES; alias++) {
		slot_of(page, alias)->before ^= change;
	}
}

/* ---- Calls --------------------------------------------------------------- */

/* One request is done if and only if it is not refused. */
static long count_done(long error, unsigned int done)
{
	return done == (error == 0) ? error : WRONG;
}

long refusal_store(uint64_t address, uint64_t entry)
{
	struct mmu_update update = { .ptr = address, .val = entry };
	unsigned int done = 0;
	long error = xen_mmu_update(&update, 1, &done);

	return count_done(error, done);
}

static void note_pin(unsigned int command, uint64_t address)
{
	for (enum refusal_base page = OF_DATA; page <= OF_SPARE; page++) {
		if (bases[page] != address) {
			continue;
		}
		if (command <= MMUEXT_PIN_L4_TABLE) {
			pinned |= (unsigned int)BIT(page);
		} else if (command == MMUEXT_UNPIN_TABLE) {
			pinned &= ~(unsigned int)BIT(page);
		}
	}
}

long refusal_extended(unsigned int command, uint64_t first, uint64_t second)
{
	struct mmuext_op op = { .cmd = command, .arg2.src_mfn = second };
	unsigned int done = 0;
	long error;

	/* A machine address, or a virtual one. */
	op.arg1.mfn = command == MMUEXT_SET_LDT ? first : first >> PAGE_SHIFT;
	error = xen_mmuext_ops(&op, 1, &done);
	error = count_done(error, done);
	if (error == 0) {
		note_pin(command, first);
	}
	return error;
}

long refusal_command(uint64_t number)
{
	return refusal_extended((unsigned int)(number % PAGE_BYTES),
				align_down(number, PAGE_BYTES), 0);
}

long refusal_map(uint64_t entry)
{
	return xen_update_va_mapping(vaddr_of(pages), entry, UVMF_INVLPG);
}

long refusal_gdt(uint64_t address, uint64_t entries)
{
	uint64_t frames[16];
	long error;

	for (size_t i = 0; i < ARRAY_COUNT(frames); i++) {
		frames[i] = address >> PAGE_SHIFT;
	}
	error = xen_set_gdt(frames, entries);
	if (error == 0) {
		gdt = entries != 0;
	}
	return error;
}

/* Clears bits in the leaf of the page under each address. */
static long clear_bits(enum refusal_base page, uint64_t bits)
{
	long error = 0;

	for (unsigned int alias = 0; alias < ALIASES && error == 0; alias++) {
		const struct refusal_slot *slot = slot_of(page, alias);

		if (slot->entry != NULL) {
			error = xen_update_va_mapping(
				slot->va, slot->before & ~bits, UVMF_INVLPG);
		}
	}
	return error;
}

long refusal_protect(enum refusal_base page)
{
	return clear_bits(page, ENTRY_RW);
}

long refusal_unmap(enum refusal_base page)
{
	return clear_bits(page, UINT64_MAX);
}

long refusal_protect_tables(void)
{
	long error = refusal_protect(OF_TABLE);

	return error != 0 ? error : refusal_protect(OF_UPPER);
}
