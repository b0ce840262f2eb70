// SPDX-License-Identifier: MIT
/*
 * Pseudo-physical and machine frames.
 */
#include "xen/p2m.h"

#include "arch/x86/phys.h"
#include "arch/x86/probe.h"
#include "lib/assert.h"
#include "xen/boot_map.h"
#include "xen/hypercall.h"

static paddr_t list_paddr;
static uint64_t p2m_count;
static struct xen_machphys_mapping m2p;

void xen_p2m_init(const unsigned long *list, uint64_t count)
{
	list_paddr = xen_boot_paddr(vaddr_of(list));
	p2m_count = count;
	if (xen_machphys_mapping(&m2p) != 0) {
		PANIC("Xen does not say where its M2P table is");
	}
}

/* In the builder's map, and after that in the direct map. */
static unsigned long *p2m(void)
{
	return phys_ptr(list_paddr);
}

uint64_t xen_p2m_count(void)
{
	return p2m_count;
}

mfn_t xen_pfn_to_mfn(pfn_t frame)
{
	if (frame.pfn >= p2m_count) {
		return MFN_NONE;
	}
	return mfn(p2m()[frame.pfn]);
}

uint64_t xen_count_in_order(pfn_t first, uint64_t max)
{
	const unsigned long *list = p2m() + first.pfn;
	uint64_t n = 1;

	ASSERT(first.pfn < p2m_count);
	max = min_u64(max, p2m_count - first.pfn);
	while (n < max && list[n] == list[0] + n) {
		n++;
	}
	return n;
}

void xen_p2m_set(pfn_t frame, mfn_t machine)
{
	ASSERT(frame.pfn < p2m_count);
	p2m()[frame.pfn] = machine.mfn;
}

/* The table has holes where the host has no memory, so a read may fault; but
 * not in a page that could be read before, as nothing ever goes. */
static bool read_m2p(mfn_t frame, uint64_t *found)
{
	static uint64_t readable;
	vaddr_t entry = vaddr(m2p.v_start + frame.mfn * sizeof(uint64_t));
	struct fault hole;

	if (entry.va >> PAGE_SHIFT == readable) {
		*found = *(const uint64_t *)vaddr_ptr(entry);
		return true;
	}
	if (!probe_read(entry, found, &hole)) {
		return false;
	}
	readable = entry.va >> PAGE_SHIFT;
	return true;
}

pfn_t xen_mfn_to_pfn(mfn_t frame)
{
	uint64_t found;

	/* It holds whatever the owner of a frame wrote: only a frame that
	 * leads back is believed. */
	if (frame.mfn > m2p.max_mfn || !read_m2p(frame, &found) ||
	    !mfn_eq(xen_pfn_to_mfn(pfn(found)), frame)) {
		return PFN_NONE;
	}
	return pfn(found);
}

/* ---- As a memory map ----------------------------------------------------- */

static enum err add_memory(struct memory_map *map, uint64_t first, uint64_t end)
{
	return first == end ? OK
			    : memory_map_add(map, pfn_paddr(pfn(first)),
					     (end - first) << PAGE_SHIFT,
					     MEMORY_RAM);
}

enum err xen_p2m_describe(struct memory_map *map)
{
	uint64_t first = 0;
	enum err error = OK;

	for (uint64_t i = 0; i < p2m_count && error == OK; i++) {
		if (mfn_eq(xen_pfn_to_mfn(pfn(i)), MFN_NONE)) {
			error = add_memory(map, first, i);
			first = i + 1;
		}
	}
	return error != OK ? error : add_memory(map, first, p2m_count);
}
