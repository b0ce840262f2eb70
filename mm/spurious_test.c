// SPDX-License-Identifier: MIT
/*
 * Tests of spurious faults.
 *
 * The emulators walk the tables again before they fault, so a real spurious
 * fault is not to be had there. The decision is tested with faults that are
 * made up, and the way through the trap handler with one that a test makes
 * spurious: by adding the right while the fault is being handled.
 */
#include "mm/spurious.h"

#include "arch/x86/image.h"
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "mm/own_tables.h"
#include "mm/walk.h"

static uint8_t page[PAGE_BYTES] ALIGNED(PAGE_BYTES);

static bool spurious(uint64_t error, vaddr_t address)
{
	struct fault fault = { VECTOR_PF, error, address };

	return fault_is_spurious(kernel_pgtable(), &fault);
}

SELFTEST(permitted, "a fault that all levels permit is spurious")
{
	SKIP_WITHOUT_TABLES();
	CHECK(spurious(PF_PRESENT, vaddr_of(page)));
	CHECK(spurious(PF_PRESENT | PF_WRITE, vaddr_of(page)));
	CHECK(spurious(PF_PRESENT | PF_FETCH, vaddr_of(text_start)));
	CHECK(spurious(PF_PRESENT, vaddr_of(rodata_start)));
}

/* SPURIOUS-1 */
SELFTEST(forbidden, "a fault that a level forbids is not spurious")
{
	bool nx;

	SKIP_WITHOUT_TABLES();
	nx = pt_paging(kernel_pgtable())->nx;
	CHECK(!spurious(PF_PRESENT | PF_WRITE, vaddr_of(text_start)));
	CHECK(!spurious(PF_PRESENT | PF_WRITE, vaddr_of(rodata_start)));
	CHECK_EQ(spurious(PF_PRESENT | PF_FETCH, vaddr_of(page)), !nx);
	CHECK(!spurious(PF_PRESENT, vaddr(0)));
}

SELFTEST(other_reasons, "no present page, a reserved bit, a key: not spurious")
{
	SKIP_WITHOUT_TABLES();
	CHECK(!spurious(0, vaddr_of(page)));
	CHECK(!spurious(PF_WRITE, vaddr_of(page)));
	CHECK(!spurious(PF_PRESENT | PF_RESERVED, vaddr_of(page)));
	CHECK(!spurious(PF_PRESENT | PF_PKEY, vaddr_of(page)));
	CHECK(!spurious(PF_PRESENT | PF_USER, vaddr_of(page)));
}

/* Sets the rights of the page, with the flush. */
static void set_rights(unsigned int bits)
{
	static struct batch batch;
	struct pgtable *pt = kernel_pgtable();
	struct found found = walk_to(pt, vaddr_of(page), L1);
	attrs_t attrs = pte_attrs(pt_paging(pt), L1, found.entry);

	attrs.rights.bits &= (uint8_t)~RIGHT_WRITE;
	attrs.rights.bits |= (uint8_t)bits;
	batch_begin(&batch, pt, AUDIT_CHANGE);
	batch_store(
		&batch, found.place,
		pte_leaf(pt_paging(pt), L1, pte_mfn(L1, found.entry), attrs));
	batch_flush_range(&batch, vaddr_of(page), PAGE_BYTES);
	batch_finish(&batch);
}

static unsigned int asked;

static bool add_the_right(const struct fault *fault)
{
	asked++;
	set_rights(RIGHT_WRITE);
	return fault->address.va == vaddr_of(page).va;
}

SELFTEST(retried, "an access that has become legal goes through, tried again")
{
	struct fault fault;
	trap_retry_t before;
	bool written;

	SKIP_WITHOUT_TABLES();
	set_rights(0);
	asked = 0;
	before = trap_set_retry(add_the_right);
	written = probe_write(vaddr_of(page), 0x77, &fault);
	trap_set_retry(before);
	CHECK(written);
	CHECK_EQ(asked, 1);
	CHECK_EQ(READ_ONCE(page[0]), 0x77);
}

static bool always(const struct fault *fault)
{
	(void)fault;
	asked++;
	return true;
}

/* TRAP-4 */
SELFTEST(no_loop, "an access that stays illegal is not tried for ever")
{
	struct fault fault;
	trap_retry_t before;
	bool written;

	SKIP_WITHOUT_TABLES();
	set_rights(0);
	asked = 0;
	before = trap_set_retry(always);
	written = probe_write(vaddr_of(page), 1, &fault);
	trap_set_retry(before);
	set_rights(RIGHT_WRITE);
	CHECK(!written);
	CHECK_EQ(asked, TRAP_RETRIES_MAX);
	CHECK_EQ(fault.error, PF_PRESENT | PF_WRITE);
}

SELFTEST(installed, "the kernel asks its own tables about every page fault")
{
	struct fault fault = { VECTOR_PF, PF_PRESENT, vaddr_of(page) };
	trap_retry_t asked_now;

	SKIP_WITHOUT_TABLES();
	asked_now = trap_set_retry(NULL);
	trap_set_retry(asked_now);
	CHECK(asked_now != NULL);
	CHECK(asked_now(&fault));
	fault.error = 0;
	CHECK(!asked_now(&fault));
}

SELFTEST_SUITE(spurious, &installed, &permitted, &forbidden, &other_reasons,
	       &retried, &no_loop);
