// SPDX-License-Identifier: MIT
/*
 * Page tables under Xen PV.
 */
#include "xen/mmu.h"

#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "lib/assert.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"

/* Xen marks a kernel leaf with this (xen/arch/x86/include/asm/x86_64/page.h,
 * _PAGE_GUEST_KERNEL). */
#define KERNEL_MARK BIT(52)

/* Stores of one call, so that they fit on the stack. */
#define STORES_MAX 64

struct paging xen_paging;

void xen_mmu_init(uint32_t features)
{
	xen_paging.pat = pat_from_msr(cpu_read_msr(MSR_PAT)); /* PAT-1 */
	xen_paging.leaf_max = L1;
	xen_paging.nx = (features & FEATURE_NX) != 0;
	/* Xen gives a kernel page the user bit, so a global one would stay
	 * reachable for user mode after the change of root. */
	xen_paging.global = false;
	xen_paging.kernel_mark = KERNEL_MARK;
	xen_paging.tables_readonly = true;
}

static struct mmu_update update_of(const struct batch_op *op)
{
	uint64_t table = xen_pfn_to_mfn(op->table).mfn << PAGE_SHIFT;

	return (struct mmu_update){
		.ptr = (table + op->index * sizeof(uint64_t)) |
		       MMU_NORMAL_PT_UPDATE,
		.val = op->entry.raw,
	};
}

/* Does the stores that the list begins with; returns how many were done. */
static size_t do_stores(const struct batch_op *ops, size_t count,
			enum err *error)
{
	struct mmu_update updates[STORES_MAX];
	unsigned int n = 0;
	unsigned int done = 0;

	while (n < count && n < STORES_MAX && ops[n].kind == BATCH_STORE) {
		updates[n] = update_of(&ops[n]);
		n++;
	}
	if (xen_mmu_update(updates, n, &done) != 0) {
		*error = ERR_REFUSED;
	}
	return done;
}

static long flush_range(vaddr_t start, uint64_t bytes)
{
	struct mmuext_op op = { .cmd = MMUEXT_INVLPG_ALL };
	long error = 0;

	for (uint64_t at = 0; at < bytes && error == 0; at += PAGE_BYTES) {
		op.arg1.linear_addr = start.va + at;
		error = xen_mmuext_op(&op);
	}
	return error;
}

static long do_flush(const struct batch_op *op)
{
	struct mmuext_op all = { .cmd = MMUEXT_TLB_FLUSH_ALL };

	if (op->kind == BATCH_FLUSH_RANGE) {
		return flush_range(op->va, op->bytes);
	}
	return xen_mmuext_op(&all);
}

enum err xen_commit(const struct batch_op *ops, size_t count, size_t *done)
{
	enum err error = OK;

	*done = 0;
	while (*done < count && error == OK) {
		if (ops[*done].kind == BATCH_STORE) {
			*done += do_stores(ops + *done, count - *done, &error);
		} else if (do_flush(&ops[*done]) == 0) {
			(*done)++;
		} else {
			error = ERR_REFUSED;
		}
	}
	return error;
}

void xen_load_root(pfn_t root, level_t levels)
{
	struct mmuext_op op = { .cmd = MMUEXT_NEW_BASEPTR };

	ASSERT(levels == L4);
	op.arg1.mfn = xen_pfn_to_mfn(root).mfn;
	if (xen_mmuext_op(&op) != 0) {
		PANIC("Xen refuses the root in frame 0x%lx", root.pfn);
	}
}
