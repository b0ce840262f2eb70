// SPDX-License-Identifier: MIT
/*
 * Tests of global translations.
 *
 * A page of the kernel's is read, its entry is made to name another frame
 * behind the back of auditor and ledger, and each kind of flush must show the
 * other frame. So that this proves anything, the translation must have been
 * there to be flushed: the same is done with a load of CR3, which leaves it
 * (Intel SDM vol. 3, 4.10.4.1). Bochs' CPUs keep it, QEMU's TCG does not.
 */
#include "lib/selftest.h"
#include "mm/own_tables.h"
#include "mm/walk.h"

static uint8_t page[PAGE_BYTES] ALIGNED(PAGE_BYTES);
static uint8_t other[PAGE_BYTES] ALIGNED(PAGE_BYTES);

static void commit(struct batch_op op)
{
	size_t done;

	CHECK(pv()->commit(&op, 1, &done) == OK);
}

static void set_entry(pte_t entry)
{
	struct found found = walk_to(kernel_pgtable(), vaddr_of(page), L1);

	commit((struct batch_op){ .kind = BATCH_STORE,
				  .level = L1,
				  .index = found.place.index,
				  .table = found.place.table,
				  .entry = entry,
				  .va = found.place.va });
}

static void flush_range(void)
{
	commit((struct batch_op){ .kind = BATCH_FLUSH_RANGE,
				  .va = vaddr_of(page),
				  .bytes = PAGE_BYTES });
}

static void flush_local(void)
{
	commit((struct batch_op){ .kind = BATCH_FLUSH_LOCAL });
}

static void flush_all(void)
{
	commit((struct batch_op){ .kind = BATCH_FLUSH_ALL });
}

static void load_root(void)
{
	pv()->load_root(kernel_pgtable()->root, kernel_pgtable()->levels);
}

/* Is the other frame there after the flush, when the page was in use before? */
static bool shows_other(void (*flush)(void))
{
	const struct pgtable *pt = kernel_pgtable();
	pte_t before = walk_to(pt, vaddr_of(page), L1).entry;
	pte_t after = walk_to(pt, vaddr_of(other), L1).entry;
	bool shown;

	WRITE_ONCE(page[0], 1);
	WRITE_ONCE(other[0], 2);
	set_entry(after);
	flush();
	shown = READ_ONCE(page[0]) == 2;
	set_entry(before);
	flush_all();
	return shown;
}

SELFTEST(flushed, "a global translation is dropped by what is to drop it")
{
	SKIP_WITHOUT_TABLES();
	if (!pt_paging(kernel_pgtable())->global) {
		SKIP("no global pages here");
	}
	CHECK((walk_to(kernel_pgtable(), vaddr_of(page), L1).rights.bits &
	       RIGHT_GLOBAL) != 0);
	CHECK(shows_other(flush_range));
	CHECK(shows_other(flush_all));
	CHECK(shows_other(load_root));
	if (shows_other(flush_local)) {
		SKIP("this CPU keeps no global translation that could be "
		     "missed");
	}
}

SELFTEST_SUITE(global, &flushed);
