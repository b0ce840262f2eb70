// SPDX-License-Identifier: MIT
/*
 * Change page attributes: a digest of all the tables.
 */
#include "mm/cpa_look.h"

#define FRAME	UINT64_C(0x000ffffffffff000)
#define USED	(BIT(5) | BIT(6))
#define ENTRIES 512

static unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

struct digest {
	const struct look *look;
	uint64_t sum;
	uint64_t writable_tables;
};

static void mix(struct digest *digest, uint64_t value)
{
	digest->sum = (digest->sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	digest->sum ^= digest->sum >> 32;
}

static bool is_foreign(const struct look *look, uint64_t va)
{
	return pt_paging(look->pt)->hypervisor &&
	       va - HYPERVISOR_VADDR < HYPERVISOR_BYTES;
}

static void check_table(struct digest *digest, uint64_t frame)
{
	const struct pgtable *pt = digest->look->pt;
	pfn_t own = pt->pv->mfn_to_pfn(mfn(frame));
	uint64_t va = DIRECT_MAP_VADDR + pfn_paddr(own).pa;

	if (pt_paging(pt)->tables_readonly &&
	    look_at(digest->look, va, 1).write) {
		digest->writable_tables++;
	}
}

/* Goes down one level with each call. */
static void add_table(struct digest *digest, const struct look_entry *table,
		      uint64_t va)
{
	const uint64_t *entries =
		look_table(digest->look, (table->bits & FRAME) >> 12);
	bool nx = digest->look->model->facts.nx;
	unsigned int level = table->level - 1;

	check_table(digest, (table->bits & FRAME) >> 12);
	mix(digest,
	    va | level | (table->write ? 8 : 0) | (table->execute ? 16 : 0));

	for (uint64_t i = 0; i < ENTRIES; i++) {
		uint64_t bits = READ_ONCE(entries[i]);
		uint64_t at_va = va + (i << shift_of(level));

		if (level >= 4 && level == digest->look->pt->levels &&
		    i >= ENTRIES / 2) {
			at_va -= BIT(shift_of(level) + 9);
		}
		if (bits == 0 || is_foreign(digest->look, at_va)) {
			continue;
		}
		if (look_is_table(bits, level)) {
			struct look_entry at = look_below(table, bits, nx);

			add_table(digest, &at, at_va);
		} else {
			mix(digest, (bits & ~USED) + (i << 52));
		}
	}
}

uint64_t look_digest(const struct look *look, uint64_t *writable_tables)
{
	struct digest digest = { .look = look };
	struct look_entry root = look_root(look);

	add_table(&digest, &root, 0);
	*writable_tables = digest.writable_tables;
	return digest.sum;
}
