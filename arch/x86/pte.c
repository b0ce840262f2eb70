// SPDX-License-Identifier: MIT
/*
 * Page-table entries: the encoder and the decoder.
 *
 * Formats: Intel SDM vol. 3, tables 4-14 to 4-20. What Xen does to entries:
 * xen/arch/x86/pv/mm.h, adjust_guest_l1e.
 */
#include "arch/x86/pte.h"

#include "arch/x86/cpu.h"
#include "lib/assert.h"
#include "lib/printf.h"

#define BIT_P	      BIT(0)
#define BIT_RW	      BIT(1)
#define BIT_US	      BIT(2)
#define BIT_PWT	      BIT(3)
#define BIT_PCD	      BIT(4)
#define BIT_A	      BIT(5)
#define BIT_D	      BIT(6)
#define BIT_PS	      BIT(7) /* In L2 and L3. */
#define BIT_PAT_SMALL BIT(7) /* In L1. */
#define BIT_G	      BIT(8)
#define BIT_PAT_LARGE BIT(12) /* In leaves of L2 and L3. */
#define BIT_NX	      BIT(63)

#define FRAME_BITS ((BIT(PADDR_BITS) - 1) & ~(uint64_t)(PAGE_BYTES - 1))

attrs_t attrs_apply(attrs_t old, struct attrs_change change)
{
	return (attrs_t){
		.rights = rights((old.rights.bits & ~change.clear.bits) |
				 change.set.bits),
		.type = change.type == MT_KEEP ? old.type : change.type,
	};
}

void attrs_format(char text[ATTRS_TEXT_MAX], attrs_t a)
{
	snprintf(text, ATTRS_TEXT_MAX, "r%c%c%c%c %s",
		 attrs_has(a, RIGHT_WRITE) ? 'w' : '-',
		 attrs_has(a, RIGHT_EXECUTE) ? 'x' : '-',
		 attrs_has(a, RIGHT_USER) ? 'u' : '-',
		 attrs_has(a, RIGHT_GLOBAL) ? 'g' : '-', memtype_name(a.type));
}

attrs_t attrs_possible(const struct paging *paging, attrs_t a)
{
	if (!paging->nx) {
		a.rights.bits |= RIGHT_EXECUTE;
	}
	if (!paging->global) {
		a.rights.bits &= (uint8_t)~RIGHT_GLOBAL;
	}
	return a;
}

/* ---- Memory type --------------------------------------------------------- */

static uint64_t pat_bit(level_t level)
{
	return level == L1 ? BIT_PAT_SMALL : BIT_PAT_LARGE;
}

static uint64_t encode_type(const struct pat *pat, level_t level,
			    enum memtype type)
{
	int index = pat_index(pat, type);

	ASSERT(index >= 0); /* PTE-2 */
	return ((index & 1) != 0 ? BIT_PWT : 0) |
	       ((index & 2) != 0 ? BIT_PCD : 0) |
	       ((index & 4) != 0 ? pat_bit(level) : 0);
}

static enum memtype decode_type(const struct pat *pat, level_t level,
				uint64_t raw)
{
	unsigned int index = ((raw & BIT_PWT) != 0 ? 1 : 0) |
			     ((raw & BIT_PCD) != 0 ? 2 : 0) |
			     ((raw & pat_bit(level)) != 0 ? 4 : 0);

	return pat->types[index];
}

/* ---- Rights -------------------------------------------------------------- */

static uint64_t encode_rights(const struct paging *paging, rights_t r)
{
	bool executable = (r.bits & RIGHT_EXECUTE) != 0;

	ASSERT(executable || paging->nx); /* PTE-2 */
	return ((r.bits & RIGHT_WRITE) != 0 ? BIT_RW : 0) |
	       ((r.bits & RIGHT_USER) != 0 ? BIT_US : 0) |
	       (executable ? 0 : BIT_NX);
}

static unsigned int decode_write_execute(const struct paging *paging,
					 uint64_t raw)
{
	bool executable = !paging->nx || (raw & BIT_NX) == 0;

	return ((raw & BIT_RW) != 0 ? RIGHT_WRITE : 0) |
	       (executable ? RIGHT_EXECUTE : 0);
}

/* Where the platform has a mark, a kernel leaf has user bit and mark, and a
 * user leaf the user bit alone. */
static bool is_user_leaf(const struct paging *paging, uint64_t raw)
{
	return (raw & BIT_US) != 0 && (raw & paging->kernel_mark) == 0;
}

/* ---- Entries ------------------------------------------------------------- */

static uint64_t leaf_frame_bits(level_t level)
{
	return FRAME_BITS & ~(level_bytes(level) - 1);
}

pte_t pte_leaf(const struct paging *paging, level_t level, mfn_t frame,
	       attrs_t a)
{
	uint64_t address = frame.mfn << PAGE_SHIFT;

	ASSERT(level >= L1 && level <= paging->leaf_max);      /* PTE-2 */
	ASSERT((address & ~leaf_frame_bits(level)) == 0);      /* PTE-2 */
	ASSERT(frame.mfn >> (PADDR_BITS - PAGE_SHIFT) == 0);   /* PTE-2 */
	ASSERT(paging->global || !attrs_has(a, RIGHT_GLOBAL)); /* PTE-2 */
	return (pte_t){ address | BIT_P | BIT_A | BIT_D |
			encode_rights(paging, a.rights) |
			encode_type(&paging->pat, level, a.type) |
			(level == L1 ? 0 : BIT_PS) |
			(attrs_has(a, RIGHT_GLOBAL) ? BIT_G : 0) };
}

pte_t pte_table(const struct paging *paging, level_t level, mfn_t table,
		rights_t r)
{
	ASSERT(level > L1 && level <= L5);
	ASSERT(table.mfn >> (PADDR_BITS - PAGE_SHIFT) == 0);
	ASSERT((r.bits & RIGHT_GLOBAL) == 0);
	/* The tables themselves are read through index 0 of the PAT, which is
	 * write-back in every layout in use. */
	return (pte_t){ table.mfn << PAGE_SHIFT | BIT_P | BIT_A |
			encode_rights(paging, r) };
}

pte_t pte_none(void)
{
	return (pte_t){ 0 };
}

pte_t pte_read(const uint64_t *entry)
{
	return (pte_t){ READ_ONCE(*entry) };
}

void pte_write(uint64_t *entry, pte_t value)
{
	cpu_write_entry(entry, value.raw);
}

unsigned int pte_count_none(const uint64_t *entries, unsigned int max)
{
	unsigned int n = 0;

	while (n < max && READ_ONCE(entries[n]) == 0) {
		n++;
	}
	return n;
}

unsigned int pte_count_alike(const uint64_t *entries, unsigned int max,
			     level_t level)
{
	uint64_t ignored = leaf_frame_bits(level) | BIT_A | BIT_D;
	uint64_t first = READ_ONCE(entries[0]) & ~ignored;
	unsigned int n = 1;

	ASSERT(pte_kind((pte_t){ first }, level) == PTE_LEAF);
	while (n < max && (READ_ONCE(entries[n]) & ~ignored) == first) {
		n++;
	}
	return n;
}

void pte_fill(uint64_t *entries, unsigned int n, level_t level, pte_t leaf,
	      uint64_t frames)
{
	uint64_t step = frames << PAGE_SHIFT;
	uint64_t last = pte_mfn(level, leaf).mfn + (n - 1) * frames;

	ASSERT(last >> (PADDR_BITS - PAGE_SHIFT) == 0 &&
	       is_aligned(step, level_bytes(level)));
	for (unsigned int i = 0; i < n; i++) {
		cpu_write_entry(&entries[i], leaf.raw + i * step);
	}
}

pte_t pte_advance(const struct paging *paging, level_t level, pte_t leaf,
		  uint64_t frames)
{
	return pte_leaf(paging, level, mfn(pte_mfn(level, leaf).mfn + frames),
			pte_attrs(paging, level, leaf));
}

void pte_format(char text[PTE_TEXT_MAX], const struct paging *paging,
		level_t level, pte_t entry)
{
	char attributes[ATTRS_TEXT_MAX];

	switch (pte_kind(entry, level)) {
	case PTE_LEAF:
		attrs_format(attributes, pte_attrs(paging, level, entry));
		snprintf(text, PTE_TEXT_MAX, "%016lx leaf %s", entry.raw,
			 attributes);
		break;
	case PTE_TABLE:
		snprintf(text, PTE_TEXT_MAX, "%016lx table", entry.raw);
		break;
	case PTE_NONE:
		snprintf(text, PTE_TEXT_MAX, "%016lx none", entry.raw);
		break;
	}
}

enum pte_kind pte_kind(pte_t entry, level_t level)
{
	if ((entry.raw & BIT_P) == 0) {
		return PTE_NONE;
	}
	if (level == L1) {
		return PTE_LEAF;
	}
	return level <= L3 && (entry.raw & BIT_PS) != 0 ? PTE_LEAF : PTE_TABLE;
}

attrs_t pte_attrs(const struct paging *paging, level_t level, pte_t entry)
{
	unsigned int bits = decode_write_execute(paging, entry.raw);

	ASSERT(pte_kind(entry, level) == PTE_LEAF);
	if (is_user_leaf(paging, entry.raw)) {
		bits |= RIGHT_USER;
	}
	if (paging->global && (entry.raw & BIT_G) != 0) {
		bits |= RIGHT_GLOBAL;
	}
	return attrs(bits, decode_type(&paging->pat, level, entry.raw));
}

/* Where the platform has a mark, upper entries always have the user bit. */
rights_t pte_rights(const struct paging *paging, pte_t entry)
{
	bool user = (entry.raw & BIT_US) != 0 || paging->kernel_mark != 0;

	return rights(decode_write_execute(paging, entry.raw) |
		      (user ? RIGHT_USER : 0));
}

mfn_t pte_mfn(level_t level, pte_t entry)
{
	uint64_t bits = pte_kind(entry, level) == PTE_LEAF
				? leaf_frame_bits(level)
				: FRAME_BITS;

	return mfn((entry.raw & bits) >> PAGE_SHIFT);
}

bool pte_is_dirty_none(pte_t entry)
{
	return (entry.raw & BIT_P) == 0 && entry.raw != 0;
}
