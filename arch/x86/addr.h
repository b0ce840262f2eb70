/* SPDX-License-Identifier: MIT */
/*
 * Address and frame types.
 *
 * Three address spaces meet in this kernel, and they differ only by meaning:
 *
 *	vaddr  virtual: what the CPU translates.
 *	paddr  physical, as the kernel sees it: bare metal's physical address,
 *	       Xen's pseudo-physical one (contiguous from 0, private to the
 *	       domain). A pfn is its frame number.
 *	maddr  machine: what the CPU's page tables hold. An mfn is its frame
 *	       number. On bare metal it equals the physical one; under Xen PV
 *	       it does not (xen/include/public/xen.h calls them PFN and MFN).
 *
 * Each is a struct of one member, so that a mix-up does not compile. The
 * conversions between pfn and mfn belong to the platform (pv.h).
 */
#ifndef ARCH_X86_ADDR_H
#define ARCH_X86_ADDR_H

#include "arch/x86/layout.h"
#include "lib/bits.h"
#include "lib/types.h"

typedef struct {
	uint64_t va;
} vaddr_t;

typedef struct {
	uint64_t pa;
} paddr_t;

typedef struct {
	uint64_t pfn;
} pfn_t;

typedef struct {
	uint64_t mfn;
} mfn_t;

/* No frame at all: what a conversion yields for a frame that is not ours. */
#define PFN_NONE ((pfn_t){ UINT64_MAX })
#define MFN_NONE ((mfn_t){ UINT64_MAX })

static inline vaddr_t vaddr(uint64_t va)
{
	return (vaddr_t){ va };
}

static inline vaddr_t vaddr_of(const volatile void *ptr)
{
	return (vaddr_t){ (uintptr_t)ptr };
}

static inline void *vaddr_ptr(vaddr_t v)
{
	return (void *)(uintptr_t)v.va;
}

static inline vaddr_t vaddr_add(vaddr_t v, uint64_t bytes)
{
	return (vaddr_t){ v.va + bytes };
}

/* With four-level paging, bits 63 to 47 are equal. */
static inline bool vaddr_is_canonical(vaddr_t v)
{
	return v.va + BIT(47) < BIT(48);
}

static inline paddr_t paddr(uint64_t pa)
{
	return (paddr_t){ pa };
}

static inline paddr_t paddr_add(paddr_t p, uint64_t bytes)
{
	return (paddr_t){ p.pa + bytes };
}

static inline pfn_t pfn(uint64_t number)
{
	return (pfn_t){ number };
}

static inline mfn_t mfn(uint64_t number)
{
	return (mfn_t){ number };
}

/* The frame that holds the address. */
static inline pfn_t paddr_pfn(paddr_t p)
{
	return (pfn_t){ p.pa >> PAGE_SHIFT };
}

/* The first address of the frame. */
static inline paddr_t pfn_paddr(pfn_t f)
{
	return (paddr_t){ f.pfn << PAGE_SHIFT };
}

/* Frames in order; none if count is 0. */
struct frame_range {
	pfn_t start;
	uint64_t count;
};

static inline bool pfn_eq(pfn_t a, pfn_t b)
{
	return a.pfn == b.pfn;
}

static inline bool mfn_eq(mfn_t a, mfn_t b)
{
	return a.mfn == b.mfn;
}

#endif
