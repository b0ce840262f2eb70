// SPDX-License-Identifier: MIT
/*
 * The census: what the page tables in use hold.
 */
#include "mm/census_judge.h"

#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/kernel_space.h"

/* What holds where there is no PAT (SDM vol. 3, table 12-12). */
#define PAT_AT_RESET UINT64_C(0x0007040600070406)

struct census census;

/* ---- The walk ------------------------------------------------------------ */

/* A bit that is reserved in the entry spoils what it leads to. */
static paddr_t memory_of(uint64_t bits, unsigned int level)
{
	bool large = level > 1 && is_leaf(bits, level);
	uint64_t address = bits & FRAME & ~(large ? PAT_LARGE : 0);
	pfn_t frame = pv()->mfn_to_pfn(mfn(address >> 12));
	bool spoilt = (!census.nx && (bits & XD) != 0) ||
		      (large && !is_aligned(address, BIT(shift_of(level))));

	return spoilt || pfn_eq(frame, PFN_NONE) ? paddr(UINT64_MAX)
						 : pfn_paddr(frame);
}

/* The entry of a table, with what leads to the table. */
static struct census_entry look(const struct census_entry *above,
				unsigned int index)
{
	const uint64_t *entries = phys_ptr(above->memory);
	uint64_t bits = READ_ONCE(entries[index]);
	unsigned int level = above->level - 1;
	uint64_t mark = pv()->paging->kernel_mark;
	struct census_entry entry = {
		.va = above->va + ((uint64_t)index << shift_of(level)),
		.bits = bits,
		.bytes = BIT(shift_of(level)),
		.level = level,
		.write = above->write && (bits & RW) != 0,
		.execute = above->execute && !(census.nx && (bits & XD) != 0),
		.user = above->user && (bits & US) != 0 &&
			!(is_leaf(bits, level) && (bits & mark) != 0),
	};

	ASSERT(level >= 1);
	/* In the upper half of the root the sign goes on above the index. */
	if (level == census.levels && index >= ENTRIES / 2) {
		entry.va -= BIT(shift_of(level) + 9);
	}
	entry.memory =
		(bits & P) != 0 ? memory_of(bits, level) : paddr(UINT64_MAX);
	return entry;
}

/* How many entries behind this one differ from it by the next frame alone. */
static unsigned int count_behind(const struct census_entry *table,
				 unsigned int i,
				 const struct census_entry *leaf)
{
	const uint64_t *entries = phys_ptr(table->memory);
	uint64_t first = leaf->memory.pa >> 12;
	uint64_t max = min_u64(census_alike(leaf), ENTRIES - i);
	unsigned int n = 1;

	while (n < max &&
	       READ_ONCE(entries[i + n]) == leaf->bits + ((uint64_t)n << 12) &&
	       pv()->pfn_to_mfn(pfn(first + n)).mfn ==
		       ((leaf->bits & FRAME) >> 12) + n) {
		n++;
	}
	return n - 1;
}

/* Returns how many entries behind the leaf need not be looked at one by one,
 * as long as it is good. */
static unsigned int visit_leaf(const struct census_entry *table, unsigned int i,
			       const struct census_entry *leaf)
{
	uint64_t complaints = census.complaints;
	unsigned int behind;

	census_judge_leaf(leaf);
	if (census.complaints != complaints) {
		return 0;
	}
	behind = count_behind(table, i, leaf);
	census_pass_over(behind);
	return behind;
}

/* Goes down one level with each call. */
static void visit_table(const struct census_entry *table)
{
	uint64_t complaints = census.complaints;

	census_judge_table(table);
	if (census.complaints != complaints) {
		return;
	}
	for (unsigned int i = 0; i < ENTRIES; i++) {
		struct census_entry entry = look(table, i);

		if ((entry.bits & P) == 0) {
			if (entry.bits != 0) {
				census_broken(CENSUS_NONE, &entry);
			}
			continue;
		}
		if (census_judge_hypervisor(&entry)) {
			continue;
		}
		if (entry.va >> 63 == 0) {
			census_broken(CENSUS_LOWER, &entry);
		}
		if (is_leaf(entry.bits, entry.level)) {
			i += visit_leaf(table, i, &entry);
			continue;
		}
		visit_table(&entry);
	}
}

static void learn_facts(void)
{
	uint32_t features = features_detect() & pv()->features;

	census.levels = (cpu_read_cr4() & CR4_LA57) != 0 ? 5 : 4;
	census.nx = (features & FEATURE_NX) != 0;
	census.pat = (features & FEATURE_PAT) != 0 ? cpu_read_msr(MSR_PAT)
						   : PAT_AT_RESET;
}

/* What leads to the root is CR3. */
static struct census_entry root(void)
{
	uint64_t bits = cpu_read_cr3();
	pfn_t frame = pv()->mfn_to_pfn(mfn((bits & FRAME) >> 12));

	return (struct census_entry){ .bits = bits,
				      .memory = pfn_paddr(frame),
				      .level = census.levels + 1,
				      .write = true,
				      .execute = true,
				      .user = true };
}

bool census_translate(vaddr_t address, paddr_t *memory)
{
	struct census_entry entry;

	learn_facts();
	entry = root();
	do {
		unsigned int shift = shift_of(entry.level - 1);

		entry = look(&entry, address.va >> shift & (ENTRIES - 1));
		if ((entry.bits & P) == 0) {
			return false;
		}
	} while (!is_leaf(entry.bits, entry.level));
	*memory = paddr_add(entry.memory, address.va & (entry.bytes - 1));
	return true;
}

const struct census *census_take(void)
{
	struct census_entry top;

	memset(&census, 0, sizeof(census));
	census.image = paddr(UINT64_MAX);
	(void)census_translate(vaddr_of(image_start), &census.image);
	census.image_done = vaddr_of(image_start).va;
	top = root();
	visit_table(&top);
	census_judge_end(&top);
	return &census;
}
