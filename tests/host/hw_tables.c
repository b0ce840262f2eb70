// SPDX-License-Identifier: MIT
/*
 * Page tables as a CPU reads them.
 */
#include "tests/host/hw_tables.h"

#include "lib/assert.h"
#include "tests/host/machine.h"

#define ENTRY_LARGE	BIT(7)
#define ENTRY_PAT_LARGE BIT(12)
#define FRAME_MASK	(BIT(PADDR_BITS) - PAGE_BYTES)

/* Rights of upper entries narrow what is below. */
#define NARROWING (HW_WRITE | HW_USER)

/* Addresses without their sign, so that they ascend with the indices. */
struct span {
	uint64_t first;
	uint64_t last;
	unsigned int bits; /* How many an address has. */
};

static vaddr_t with_sign(const struct span *span, uint64_t address)
{
	uint64_t sign = BIT(span->bits - 1);

	return vaddr((address ^ sign) - sign);
}

static uint64_t leaf_bits(level_t level, uint64_t entry, uint64_t above)
{
	uint64_t kept = HW_PWT | HW_PCD | HW_GLOBAL;
	uint64_t pat =
		level == L1 ? entry & HW_PAT : (entry & ENTRY_PAT_LARGE) >> 5;

	return (entry & kept) | pat | (entry & above & NARROWING) |
	       ((entry | above) & HW_NOEXEC);
}

static void visit_leaf(struct hw_visitor *visitor, level_t level,
		       vaddr_t address, uint64_t entry, uint64_t above)
{
	uint64_t bytes = level_bytes(level);
	uint64_t low = level == L1 ? 0 : ENTRY_PAT_LARGE;
	struct hw_leaf leaf = {
		.va = address,
		.bytes = bytes,
		.frame = mfn((entry & FRAME_MASK & ~low) >> PAGE_SHIFT),
		.bits = leaf_bits(level, entry, above),
		.entry = entry,
	};

	if (!is_aligned(leaf.frame.mfn, bytes >> PAGE_SHIFT)) {
		visitor->reserved++;
	}
	if (visitor->leaf != NULL) {
		visitor->leaf(&leaf, visitor->context);
	}
}

static void visit_table(struct hw_visitor *visitor, const struct span *span,
			mfn_t frame, level_t level, uint64_t base,
			uint64_t above);

static void visit_entry(struct hw_visitor *visitor, const struct span *span,
			level_t level, uint64_t address, uint64_t entry,
			uint64_t above)
{
	bool large = (entry & ENTRY_LARGE) != 0;

	if ((entry & HW_PRESENT) == 0) {
		visitor->dirty += entry != 0 ? 1 : 0;
	} else if (level == L1 || (large && level <= L3)) {
		visit_leaf(visitor, level, with_sign(span, address), entry,
			   above);
	} else {
		visitor->reserved += large ? 1 : 0;
		above = (above & entry & NARROWING) |
			((above | entry) & HW_NOEXEC);
		visit_table(visitor, span,
			    mfn((entry & FRAME_MASK) >> PAGE_SHIFT),
			    (level_t)(level - 1), address, above);
	}
}

static void visit_table(struct hw_visitor *visitor, const struct span *span,
			mfn_t frame, level_t level, uint64_t base,
			uint64_t above)
{
	unsigned int shift = level_shift(level);
	const uint64_t *entries = machine_table(frame);
	uint64_t i = span->first > base ? (span->first - base) >> shift : 0;
	uint64_t last = (span->last - base) >> shift;

	if (entries == NULL) {
		PANIC("a table in machine frame 0x%lx, which is no RAM",
		      frame.mfn);
	}
	if (visitor->table != NULL) {
		visitor->table(frame, level, with_sign(span, base),
			       visitor->context);
	}
	for (; i < ENTRY_COUNT && i <= last; i++) {
		visit_entry(visitor, span, level, base + (i << shift),
			    entries[i], above);
	}
}

struct hw_space hw_machine_space(void)
{
	return (struct hw_space){ machine.pv.pfn_to_mfn(machine.pt.root),
				  machine.pt.levels };
}

void hw_visit(struct hw_space space, vaddr_t first, vaddr_t last,
	      struct hw_visitor *visitor)
{
	unsigned int bits = level_shift(space.levels) + 9;
	uint64_t mask = BIT(bits) - 1;
	struct span span = { first.va & mask, last.va & mask, bits };

	visit_table(visitor, &span, space.root, space.levels, 0, NARROWING);
}

void hw_visit_all(struct hw_space space, struct hw_visitor *visitor)
{
	hw_visit(space, vaddr(0), vaddr(UINT64_MAX), visitor);
}

static void take_leaf(const struct hw_leaf *leaf, void *context)
{
	*(struct hw_leaf *)context = *leaf;
}

bool hw_walk(struct hw_space space, vaddr_t address, struct hw_leaf *leaf)
{
	struct hw_visitor visitor = { .leaf = take_leaf, .context = leaf };

	leaf->bytes = 0;
	hw_visit(space, address, address, &visitor);
	return leaf->bytes != 0;
}

mfn_t hw_frame_at(const struct hw_leaf *leaf, vaddr_t address)
{
	return mfn(leaf->frame.mfn +
		   ((address.va - leaf->va.va) >> PAGE_SHIFT));
}

unsigned int hw_pat_index(const struct hw_leaf *leaf)
{
	return ((leaf->bits & HW_PWT) != 0 ? 1 : 0) |
	       ((leaf->bits & HW_PCD) != 0 ? 2 : 0) |
	       ((leaf->bits & HW_PAT) != 0 ? 4 : 0);
}

uint64_t hw_write_back(void)
{
	static const uint64_t bits[] = { HW_PWT, HW_PCD, HW_PAT };
	int index = 0;
	uint64_t found = 0;

	while (machine.paging.pat.types[index] != MT_WB) {
		index++;
	}
	for (int i = 0; i < 3; i++) {
		found |= (index >> i & 1) != 0 ? bits[i] : 0;
	}
	return found;
}
