// SPDX-License-Identifier: MIT
/*
 * Page tables under Xen PV.
 */
#include "xen/mmu.h"

#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "xen/boot_map.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"

/* Xen marks a kernel leaf with this (xen/arch/x86/include/asm/x86_64/page.h,
 * _PAGE_GUEST_KERNEL). */
#define KERNEL_MARK BIT(52)

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
	xen_paging.hypervisor = true;
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

/* ---- Commit -------------------------------------------------------------- */

#define STORES_MAX  512
#define FLUSHES_MAX 64

/* What one hypercall does. */
struct trip {
	unsigned int stores;
	unsigned int flushes;
	struct mmu_update updates[STORES_MAX];
	struct mmuext_op ops[FLUSHES_MAX];
};

static void add_flush_all(struct trip *trip)
{
	trip->ops[0] = (struct mmuext_op){ .cmd = MMUEXT_TLB_FLUSH_ALL };
	trip->flushes = 1;
}

/* Page by page, or everything if that is not more. */
static void add_flush_range(struct trip *trip, vaddr_t start, uint64_t bytes)
{
	if (bytes / PAGE_BYTES > FLUSHES_MAX - trip->flushes) {
		add_flush_all(trip);
		return;
	}
	for (uint64_t at = 0; at < bytes; at += PAGE_BYTES) {
		struct mmuext_op *op = &trip->ops[trip->flushes++];

		*op = (struct mmuext_op){ .cmd = MMUEXT_INVLPG_ALL };
		op->arg1.linear_addr = start.va + at;
	}
}

static void add_flush(struct trip *trip, const struct batch_op *op)
{
	bool all =
		trip->flushes == 1 && trip->ops[0].cmd == MMUEXT_TLB_FLUSH_ALL;

	if (op->kind != BATCH_FLUSH_RANGE) {
		add_flush_all(trip);
	} else if (!all) {
		add_flush_range(trip, op->va, op->bytes);
	}
}

/* Takes the steps of one trip from the list; returns how many. */
static size_t load_trip(struct trip *trip, const struct batch_op *ops,
			size_t count)
{
	size_t n = 0;

	trip->stores = 0;
	trip->flushes = 0;
	while (n < count && n < STORES_MAX && ops[n].kind == BATCH_STORE) {
		trip->updates[n] = update_of(&ops[n]);
		n++;
	}
	trip->stores = (unsigned int)n;
	while (n < count && ops[n].kind != BATCH_STORE) {
		add_flush(trip, &ops[n]);
		n++;
	}
	return n;
}

/* Both lists in one hypercall; returns the first error. */
static long make_two_calls(const struct trip *trip, unsigned int *stored)
{
	static unsigned int flushed;
	struct multicall_entry calls[] = {
		{ .op = __HYPERVISOR_mmu_update,
		  .args = { vaddr_of(trip->updates).va, trip->stores,
			    vaddr_of(stored).va, DOMID_SELF } },
		{ .op = __HYPERVISOR_mmuext_op,
		  .args = { vaddr_of(trip->ops).va, trip->flushes,
			    vaddr_of(&flushed).va, DOMID_SELF } },
	};
	long error = xen_multicall(calls, ARRAY_COUNT(calls));

	xen_cost.requests += trip->stores;
	for (size_t i = 0; i < ARRAY_COUNT(calls) && error == 0; i++) {
		error = (long)calls[i].result;
	}
	return error;
}

static long make_trip(const struct trip *trip, unsigned int *stored)
{
	unsigned int flushed;

	*stored = 0;
	if (trip->flushes == 0) {
		return xen_mmu_update(trip->updates, trip->stores, stored);
	}
	if (trip->stores == 0) {
		return xen_mmuext_ops(trip->ops, trip->flushes, &flushed);
	}
	return make_two_calls(trip, stored);
}

enum err xen_commit(const struct batch_op *ops, size_t count, size_t *done)
{
	/* Too large for the stack. */
	static struct trip trip;

	*done = 0;
	while (*done < count) {
		size_t n = load_trip(&trip, ops + *done, count - *done);
		unsigned int stored;

		long error = make_trip(&trip, &stored);

		if (error != 0) {
			xen_cost.refusal = error;
			*done += stored;
			return ERR_REFUSED;
		}
		*done += n;
	}
	return OK;
}

/* ---- Roots --------------------------------------------------------------- */

static mfn_t root_in_use(void)
{
	return mfn(cpu_read_cr3() >> PAGE_SHIFT);
}

static mfn_t boot_root;

void xen_load_root(pfn_t root, level_t levels)
{
	uint64_t machine = xen_pfn_to_mfn(root).mfn;
	const struct mmuext_op ops[] = {
		{ .cmd = MMUEXT_PIN_L4_TABLE, .arg1 = { .mfn = machine } },
		{ .cmd = MMUEXT_NEW_BASEPTR, .arg1 = { .mfn = machine } },
	};
	unsigned int done = 0;
	long error;

	ASSERT(levels == L4);
	boot_root = root_in_use();
	xen_boot_shrink();
	error = xen_mmuext_ops(ops, ARRAY_COUNT(ops), &done);
	if (error != 0) {
		PANIC("Xen refuses to %s the root in frame 0x%lx: error %ld",
		      done == 0 ? "pin" : "load", root.pfn, error);
	}
	xen_cost.requests += ARRAY_COUNT(ops);
}

void xen_release_boot_root(void)
{
	const struct mmuext_op op = { .cmd = MMUEXT_UNPIN_TABLE,
				      .arg1 = { .mfn = boot_root.mfn } };
	unsigned int done;
	long error = xen_mmuext_ops(&op, 1, &done);

	if (error != 0) {
		PANIC("Xen refuses to unpin the boot root: error %ld", error);
	}
	xen_cost.requests++;
}

/* ---- Walking ------------------------------------------------------------- */

struct entry {
	uint64_t address; /* Of the machine. */
	pte_t value;
};

static struct entry find(vaddr_t address, level_t level)
{
	mfn_t table = root_in_use();

	for (level_t at = L4;; at = (level_t)(at - 1)) {
		unsigned int index = level_index(at, address);
		const uint64_t *entries =
			phys_ptr(pfn_paddr(xen_mfn_to_pfn(table)));
		struct entry entry = { (table.mfn << PAGE_SHIFT) +
					       index * sizeof(uint64_t),
				       pte_none() };

		ASSERT(entries != NULL);
		entry.value = pte_read(&entries[index]);
		if (at == level) {
			return entry;
		}
		ASSERT(pte_kind(entry.value, at) == PTE_TABLE);
		table = pte_mfn(at, entry.value);
	}
}

uint64_t xen_mmu_entry_address(vaddr_t address, level_t level)
{
	return find(address, level).address;
}

bool xen_mmu_is_free(vaddr_t address, level_t level)
{
	return find(address, level).value.raw == 0;
}
