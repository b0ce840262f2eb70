// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: walking the live tables.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/phys.h"
#include "arch/x86/pv.h"
#include "xen/refusal.h"
#include "xen/refusal_fixture.h"

/* A frame that came for another one. */
static uint64_t replacement;
static uint64_t replaced;

static uint64_t root_address(void)
{
	return cpu_read_cr3() & PTE_FRAMES;
}

const uint64_t *refusal_table(uint64_t entry)
{
	pfn_t frame = pv()->mfn_to_pfn(mfn((entry & PTE_FRAMES) >> PAGE_SHIFT));

	return pfn_eq(frame, PFN_NONE) ? NULL : phys_ptr(pfn_paddr(frame));
}

bool refusal_find(vaddr_t va, level_t level, struct refusal_slot *slot)
{
	uint64_t table = root_address();

	for (level_t at = L4;; at = (level_t)(at - 1)) {
		unsigned int index = level_index(at, va);
		const uint64_t *entries = refusal_table(table);

		slot->va = va;
		slot->machine = table + index * sizeof(uint64_t);
		slot->entry = &entries[index];
		slot->before = READ_ONCE(*slot->entry);
		if (at == level) {
			return true;
		}
		if (!refusal_is_present(slot->before)) {
			return false;
		}
		table = slot->before & PTE_FRAMES;
	}
}

static bool is_xens(level_t level, unsigned int index)
{
	return level == L4 &&
	       index >= level_index(L4, vaddr(HYPERVISOR_VIRT_START)) &&
	       index < level_index(L4, vaddr(HYPERVISOR_VIRT_END));
}

struct refusal_slot refusal_find_free(struct refusal_slot slot, level_t level)
{
	unsigned int used = level_index(level, slot.va);
	const uint64_t *entries = slot.entry - used;
	unsigned int index = used;

	do {
		index = (index + 1) % ENTRY_COUNT;
	} while (is_xens(level, index) || entries[index] != 0);
	slot.machine += (index - (uint64_t)used) * sizeof(uint64_t);
	slot.entry = &entries[index];
	slot.before = *slot.entry;
	return slot;
}

static uint64_t digest_entry(uint64_t hash, uint64_t entry)
{
	if (replacement != 0 && (entry & PTE_FRAMES) == replacement) {
		entry ^= replacement ^ replaced;
	}
	return (hash ^ refusal_settled(entry)) * UINT64_C(0x100000001b3);
}

/* Leaves of the direct map behind the image are those of pages that no attempt
 * has to do with, and as many as the domain has; the census goes through them
 * once (mm/census.h). */
static bool is_far(vaddr_t va, level_t level)
{
	uint64_t memory = va.va - DIRECT_MAP_VADDR;

	return level == L2 && memory < DIRECT_MAP_BYTES &&
	       memory >= IMAGE_PADDR + IMAGE_BYTES_MAX;
}

static uint64_t digest_table(uint64_t hash, uint64_t table, level_t level,
			     vaddr_t va)
{
	const uint64_t *entries = refusal_table(table);

	for (unsigned int i = 0; entries != NULL && i < ENTRY_COUNT; i++) {
		uint64_t entry = READ_ONCE(entries[i]);
		vaddr_t at = vaddr_add(va, i * level_bytes(level));

		if (is_xens(level, i)) {
			continue;
		}
		hash = digest_entry(hash, entry);
		if (level > L1 && refusal_is_present(entry) &&
		    !is_far(at, level)) {
			hash = digest_table(hash, entry & PTE_FRAMES,
					    (level_t)(level - 1), at);
		}
	}
	return hash;
}

void refusal_digest_as(uint64_t now, uint64_t before)
{
	/* It may not be the first one. */
	if (before == 0 || before != replacement) {
		replaced = before;
	}
	replacement = now;
}

uint64_t refusal_digest(void)
{
	/* Of the upper half alone are the addresses told apart. */
	return digest_table(0, root_address(), L4,
			    vaddr(~(BIT(47) - 1) - BIT(47)));
}
