// SPDX-License-Identifier: MIT
/*
 * The bench of the access matrix, for a guest.
 *
 * The tables in use are the hypervisor's to change, so entries are changed by
 * commit, in the kernel's own tables and in those of user mode. Neither has
 * anything else in the slot of the root that is used here. No entry that is not
 * present names a frame: on a processor with L1TF that ends the domain (Xen,
 * docs/misc/xen-command-line.pandoc, pv-l1tf).
 */
#include "mm/access_bench.h"

#include "arch/x86/phys.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/direct_map.h"
#include "mm/kernel_space.h"
#include "mm/test_user_code.h"
#include "mm/user_space.h"
#include "mm/walk.h"

#define AT     vaddr(UINT64_C(0x18000000000))
#define P      BIT(0)
#define FRAME  UINT64_C(0x000ffffffffff000)
#define LEVELS 4

/* The way to the page in one set of tables. */
struct way {
	struct place places[LEVELS + 1];
	uint64_t links[LEVELS + 1]; /* What stands there, */
	level_t changed;	    /* but for the leaf and for this one. */
};

static struct {
	struct user_space space;
	pfn_t code;
	pfn_t frame;
	struct access_page page;
	struct way ways[2]; /* The kernel's, user mode's. */
	irqstate_t interrupts;
} bench;

static uint64_t read_place(const struct place *place)
{
	const uint64_t *table = phys_ptr(pfn_paddr(place->table));

	return READ_ONCE(table[place->index]);
}

/* ---- Opening ------------------------------------------------------------- */

static void find_way(struct way *way, const struct pgtable *pt)
{
	for (level_t level = L1; level <= LEVELS; level++) {
		way->places[level] = walk_to(pt, AT, level).place;
		ASSERT(way->places[level].level == level);
		way->links[level] = read_place(&way->places[level]);
	}
	way->changed = L1;
}

static enum err map_all(void)
{
	struct pgtable *user = bench.space.pt;
	enum err error = user_map(kernel_pgtable(), AT, PAGE_BYTES,
				  pfn_paddr(bench.frame), rights(RIGHT_WRITE));

	if (error == OK) {
		error = user_map(user, AT, PAGE_BYTES, pfn_paddr(bench.frame),
				 rights(RIGHT_WRITE));
	}
	if (error == OK) {
		error = user_map(user, vaddr(ACCESS_CODE_VADDR), PAGE_BYTES,
				 pfn_paddr(bench.code), rights(RIGHT_EXECUTE));
	}
	return error;
}

static void unmap_all(void)
{
	user_unmap(kernel_pgtable(), AT, PAGE_BYTES);
	user_unmap(bench.space.pt, AT, PAGE_BYTES);
	user_unmap(bench.space.pt, vaddr(ACCESS_CODE_VADDR), PAGE_BYTES);
	user_space_close(&bench.space);
}

static enum err take_frames(void)
{
	struct page_alloc *pages = kernel_pgtable()->pages;
	enum err error = page_alloc(pages, PAGE_TEST, &bench.code);

	if (error != OK) {
		return error;
	}
	error = page_alloc(pages, PAGE_TEST, &bench.frame);
	if (error != OK) {
		page_free(pages, bench.code);
	}
	return error;
}

static void give_frames(void)
{
	page_free(kernel_pgtable()->pages, bench.frame);
	page_free(kernel_pgtable()->pages, bench.code);
}

static enum err open_space(void)
{
	enum err error = user_space_open(&bench.space);

	if (error != OK) {
		return error;
	}
	error = map_all();
	if (error != OK) {
		unmap_all();
	}
	return error;
}

static enum err guest_open(void)
{
	enum err error = take_frames();

	if (error != OK) {
		return error;
	}
	bench.page.at = AT;
	bench.page.alias = phys_ptr(pfn_paddr(bench.frame));
	access_page_prepare(bench.page.alias);
	memcpy(phys_ptr(pfn_paddr(bench.code)), user_code,
	       (size_t)(user_code_end - user_code));
	error = open_space();
	if (error != OK) {
		give_frames();
		return error;
	}
	find_way(&bench.ways[0], kernel_pgtable());
	find_way(&bench.ways[1], bench.space.pt);
	return OK;
}

/* ---- Changing entries ---------------------------------------------------- */

#define OPS_MAX 4

struct ops {
	size_t count;
	struct batch_op ops[OPS_MAX];
};

static void store(struct ops *ops, const struct way *way, level_t level,
		  uint64_t value)
{
	const struct place *place = &way->places[level];

	ops->ops[ops->count++] = (struct batch_op){ .kind = BATCH_STORE,
						    .level = level,
						    .index = place->index,
						    .table = place->table,
						    .entry = pte_read(&value),
						    .va = place->va };
}

static void carry_out(struct ops *ops)
{
	size_t done;

	ops->ops[ops->count++] = (struct batch_op){ .kind = BATCH_FLUSH_RANGE,
						    .va = AT,
						    .bytes = PAGE_BYTES };
	if (pv()->commit(ops->ops, ops->count, &done) != OK) {
		PANIC("the platform refuses store %zu of a combination: %ld",
		      done, pv()->cost->refusal);
	}
}

static uint64_t with_frame(uint64_t link, uint64_t bits)
{
	return bits | ((bits & P) != 0 ? link & FRAME : 0);
}

/* The leaf first, while its table is one of those in use. */
static void set_way(struct way *way, const struct access_case *what)
{
	struct ops ops = { 0 };
	level_t upper = what->shape.upper;

	if (way->changed != L1 && way->changed != upper) {
		store(&ops, way, way->changed, way->links[way->changed]);
	}
	store(&ops, way, L1, with_frame(way->links[L1], what->leaf));
	store(&ops, way, upper, with_frame(way->links[upper], what->upper));
	way->changed = upper;
	carry_out(&ops);
}

static void restore_way(struct way *way)
{
	struct ops ops = { 0 };

	if (way->changed != L1) {
		store(&ops, way, way->changed, way->links[way->changed]);
	}
	store(&ops, way, L1, way->links[L1]);
	carry_out(&ops);
}

static void guest_close(void)
{
	restore_way(&bench.ways[0]);
	restore_way(&bench.ways[1]);
	unmap_all();
	give_frames();
}

/* ---- One access ---------------------------------------------------------- */

static trap_retry_t saved_retry;

static void guest_enter(const struct access_cpu *cpu)
{
	(void)cpu; /* There is but one state. */
	bench.interrupts = pv()->irq_save();
	saved_retry = trap_set_retry(NULL);
}

static void guest_leave(void)
{
	trap_set_retry(saved_retry);
	pv()->irq_restore(bench.interrupts);
}

static void guest_try(const struct access_case *what,
		      struct access_trial *trial)
{
	struct way *way = &bench.ways[what->attempt.user ? 1 : 0];

	*trial = (struct access_trial){ .before = { .top = LEVELS,
						    .leaf = L1 } };
	set_way(way, what);
	for (level_t level = L1; level <= LEVELS; level++) {
		trial->before.entries[level] = read_place(&way->places[level]);
	}
	for (unsigned int i = 0; i < what->times; i++) {
		trial->outcome = access_do(&bench.page, what->attempt);
	}
	for (level_t level = L1; level <= LEVELS; level++) {
		trial->after[level] = read_place(&way->places[level]);
	}
}

const struct access_bench access_guest = {
	.open = guest_open,
	.close = guest_close,
	.enter = guest_enter,
	.leave = guest_leave,
	.try = guest_try,
};
