// SPDX-License-Identifier: MIT
/*
 * Tests of address spaces: in the tables in use, by real accesses.
 */
#include "mm/aspace.h"

#include "arch/x86/phys.h"
#include "arch/x86/probe.h"
#include "arch/x86/protect.h"
#include "arch/x86/user_access.h"
#include "mm/census.h"
#include "mm/own_tables.h"
#include "mm/test_aspace.h"

#define PAGES UINT64_C(4)

static struct aspace *const as = &test_aspace;
static struct fault fault; /* The last one. */

static vaddr_t page(uint64_t i)
{
	return vaddr(TEST_AREA + i * PAGE_BYTES);
}

/* Anonymous pages from the first one on. */
static bool map(uint64_t pages, unsigned int protection)
{
	struct aspace_area area = { .start = page(0),
				    .bytes = pages * PAGE_BYTES,
				    .protection = protection };
	enum memtype granted;

	return aspace_map(as, &area, &granted) == OK && granted == MT_WB;
}

static bool protect(uint64_t from, uint64_t count, unsigned int protection)
{
	return aspace_protect(as, page(from), count * PAGE_BYTES, protection) ==
	       OK;
}

static bool write_at(uint64_t i, uint8_t value)
{
	bool done;

	user_access_begin();
	done = probe_write(page(i), value, &fault);
	user_access_end();
	return done;
}

static uint64_t read_at(uint64_t i)
{
	uint64_t value;
	bool done;

	user_access_begin();
	done = probe_read(page(i), &value, &fault);
	user_access_end();
	return done ? value : UINT64_MAX;
}

static bool faults(uint64_t i, bool write, uint64_t error)
{
	bool done = write ? write_at(i, 1) : read_at(i) != UINT64_MAX;

	return !done && fault.vector == VECTOR_PF && fault.error == error &&
	       fault.address.va == page(i).va;
}

static bool is_mapped(uint64_t i)
{
	paddr_t memory;

	return census_translate(page(i), &memory);
}

#define READ_WRITE (ASPACE_READ | ASPACE_WRITE)

SELFTEST(demand, "a page is there when it is touched, zero, and only that one")
{
	paddr_t memory;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(test_aspace_begin_here());
	CHECK(map(PAGES, READ_WRITE) && !is_mapped(1));
	CHECK(read_at(1) == 0); /* ASPACE-8 */
	CHECK(is_mapped(1) && !is_mapped(0) && !is_mapped(2));
	CHECK(write_at(1, 0x5e) && write_at(2, 0x5f) && read_at(1) == 0x5e);
	CHECK(census_translate(page(1), &memory) &&
	      *(const uint64_t *)phys_ptr(memory) == 0x5e);
	CHECK(faults(PAGES, false, 0));
	CHECK_CALL(
		test_aspace_check_leaves(page(0), PAGES * PAGE_BYTES, 2, L1));
	CHECK_CALL(test_aspace_end_here()); /* ASPACE-7 */
}

/* ASPACE-8 */
static bool has_values(void)
{
	for (uint64_t i = 0; i < PAGES; i++) {
		if (read_at(i) != 0x40 + i || !write_at(i, 0)) {
			return false;
		}
	}
	return true;
}

SELFTEST(permitted,
	 "what an area does not permit faults, and what it does works")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(test_aspace_begin_here());
	CHECK(map(PAGES, READ_WRITE) && write_at(0, 0x40) &&
	      write_at(1, 0x41) && write_at(2, 0x42) && write_at(3, 0x43));
	CHECK(protect(1, 2, ASPACE_READ) && as->count == 3);
	CHECK(faults(1, true, PF_PRESENT | PF_WRITE) &&
	      faults(2, true, PF_PRESENT | PF_WRITE));
	CHECK(write_at(0, 0x40) && write_at(3, 0x43));
	CHECK(protect(2, 2, 0) && read_at(1) == 0x41);
	CHECK(faults(2, false, 0) && faults(3, true, PF_WRITE) &&
	      !is_mapped(2) && !is_mapped(3));
	CHECK(protect(0, PAGES, READ_WRITE) && has_values() && as->count == 1);
	CHECK_CALL(test_aspace_end_here());
}

SELFTEST(execute, "what is to be executed is, and what is not is not")
{
	bool nx = pv()->paging->nx;
	/* Which keeps the kernel from all user code. */
	bool smep = protect_has(FEATURE_SMEP);

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(test_aspace_begin_here());
	CHECK(map(1, READ_WRITE) && write_at(0, 0xc3)); /* RET */
	CHECK_EQ(probe_execute(page(0), &fault), !nx && !smep);
	CHECK(protect(0, 1, ASPACE_EXECUTE));
	CHECK_EQ(probe_execute(page(0), &fault), !smep);
	CHECK(faults(0, true, PF_PRESENT | PF_WRITE));
	CHECK_CALL(test_aspace_end_here());
}

NOINLINE static uint8_t read_plainly(vaddr_t at)
{
	uint8_t value;

	user_access_begin();
	value = READ_ONCE(*(const uint8_t *)vaddr_ptr(at));
	user_access_end();
	return value;
}

/* TRAP-4 is for what is tried in vain. */
SELFTEST(often, "what is taken away comes back, however often in a row")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(test_aspace_begin_here());
	CHECK(map(1, ASPACE_READ));
	for (unsigned int i = 0; i < 2 * TRAP_RETRIES_MAX; i++) {
		CHECK(read_plainly(page(0)) == 0 && protect(0, 1, 0) &&
		      protect(0, 1, ASPACE_READ));
	}
	CHECK_CALL(test_aspace_end_here());
}

static bool others_asked;

static bool ask_others(const struct fault *f)
{
	others_asked = f->address.va == page(PAGES).va;
	return false;
}

SELFTEST(asked, "what is not in the address space others are asked about")
{
	trap_retry_t before;

	SKIP_WITHOUT_TABLES();
	others_asked = false;
	before = trap_set_retry(ask_others);
	test_aspace_begin_here();
	if (!selftest_failed()) {
		CHECK(map(PAGES, ASPACE_READ) && read_at(0) == 0 &&
		      !others_asked && faults(PAGES, false, 0));
		test_aspace_end_here();
	}
	CHECK(trap_set_retry(before) == ask_others && others_asked);
}

/* ASPACE-6: fails at each page that it needs. */
SELFTEST(no_memory, "without memory a touch is a fault, and leaves nothing")
{
	uint64_t n = 0;
	bool done;

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(test_aspace_begin_here());
	do {
		CHECK(map(1, ASPACE_READ));
		page_alloc_fail_at(as->pt->pages, ++n);
		done = read_at(0) == 0;
		page_alloc_fail_at(as->pt->pages, 0);
		CHECK((done || read_at(0) == 0) &&
		      aspace_unmap(as, page(0), PAGE_BYTES) == OK);
		CHECK_CALL(test_aspace_check_empty());
	} while (!done && n < 16);
	/* The page, its tables but the root, and as many of the tree. */
	CHECK(n - 1 == 1 + (as->pt->levels - 1) + as->pt->levels);
	CHECK_CALL(test_aspace_end_here());
}

SELFTEST_SUITE(aspace, &demand, &permitted, &execute, &often, &asked,
	       &no_memory);
