/* SPDX-License-Identifier: MIT */
/*
 * Memory types and the page attribute table.
 *
 * An entry names a memory type by an index into the PAT, and what each index
 * means is what the MSR says on the machine at hand: bare metal, Xen and the
 * reset state all differ. So the layout is a value derived from the MSR, and
 * nothing outside pte.c ever sees an index.
 *
 * PAT-1 The layout is that of the MSR as it was read, never as it was written.
 * PAT-2 A type is encoded only by an index that has just that type.
 */
#ifndef ARCH_X86_PAT_H
#define ARCH_X86_PAT_H

#include "lib/types.h"

/* Intel SDM vol. 3, 12.3 (table 12-2). */
enum memtype {
	MT_WB,	     /* Write-back. */
	MT_WT,	     /* Write-through. */
	MT_WP,	     /* Write-protected: writes go past the cache. */
	MT_WC,	     /* Write-combining. */
	MT_UC_MINUS, /* Uncached, unless an MTRR says write-combining. */
	MT_UC,	     /* Uncached. */
	MT_COUNT,
	MT_KEEP = MT_COUNT /* In a change of attributes: as it was. */
};

#define PAT_COUNT 8

struct pat {
	uint64_t msr;
	enum memtype types[PAT_COUNT]; /* What each index means. */
};

/*
 * WB WC UC- UC WB WP UC- WT: all six types; indices 0, 2 and 3 as at reset,
 * so that code which knows only PWT and PCD does no harm.
 */
#define PAT_MSR_NATIVE UINT64_C(0x0407050600070106)
/* WB WT UC- UC, twice: the state after reset, and what a CPU without PAT does
 * (SDM vol. 3, 12.12.4). */
#define PAT_MSR_RESET UINT64_C(0x0007040600070406)
/* What Xen gives its PV guests (xen/arch/x86/include/asm/processor.h). */
#define PAT_MSR_XEN UINT64_C(0x050100070406)

/* A value the CPU reserves means uncached, the strictest type. */
struct pat pat_from_msr(uint64_t msr);

/* The lowest index of the type, or -1 if the layout lacks it. */
int pat_index(const struct pat *pat, enum memtype type);

/* "WB", "UC-", ... */
const char *memtype_name(enum memtype type);

#endif
