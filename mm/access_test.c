// SPDX-License-Identifier: MIT
/*
 * Tests of what the CPU makes of the page tables.
 *
 * Real reads, writes and calls, at places of every kind, under their address
 * in the image and under that in the direct map. A fault is compared in full.
 * What is written is what was there, and what is called is a RET, so memory
 * stays as it was. Nothing here looks into a table, but to find the frames of
 * the image.
 */
#include "arch/x86/features.h"
#include "arch/x86/probe.h"
#include "arch/x86/pv.h"
#include "arch/x86/stacks.h"
#include "lib/selftest.h"
#include "mm/census.h"
#include "mm/own_tables.h"

#define RET 0xc3

/* A kind of access that may fault, and how it does. */
struct attempt {
	const char *what; /* The place, */
	const char *access;
	vaddr_t at;
	bool allowed;
	uint64_t error; /* The code of the page fault if it is not. */
};

static void check_attempt(const struct attempt *a, bool done,
			  const struct fault *fault)
{
	selftest_checked();
	if (done != a->allowed) {
		FAIL("%s: a %s at %016lx %s", a->what, a->access, a->at.va,
		     done ? "goes through" : "faults");
	}
	if (!done && (fault->vector != VECTOR_PF || fault->error != a->error ||
		      fault->address.va != a->at.va)) {
		FAIL("%s: a %s at %016lx: vector %u, error 0x%lx at %016lx, "
		     "not a page fault 0x%lx",
		     a->what, a->access, a->at.va, fault->vector, fault->error,
		     fault->address.va, a->error);
	}
}

static bool has_nx(void)
{
	return (features_detect() & pv()->features & FEATURE_NX) != 0;
}
static void check_write(const char *what, vaddr_t at, bool allowed,
			uint64_t error)
{
	struct attempt a = { what, "write", at, allowed, error };
	struct fault fault;
	uint64_t before = 0;
	uint64_t after = 0;
	bool done;

	CHECK(probe_read(at, &before, &fault) || !allowed);
	done = probe_write(at, (uint8_t)before, &fault);
	CHECK_CALL(check_attempt(&a, done, &fault));
	CHECK(probe_read(at, &after, &fault) || !allowed);
	CHECK_EQ(after, before);
}

static void check_execute(const char *what, vaddr_t at, bool allowed,
			  uint64_t error)
{
	struct attempt a = { what, "call", at, allowed, error };
	struct fault fault;

	CHECK_CALL(check_attempt(&a, probe_execute(at, &fault), &fault));
}

/* ---- Places that are mapped ---------------------------------------------- */

/* Something that can be called, with rights to write and to execute. */
static void check_place(const char *what, vaddr_t at, bool write, bool execute)
{
	struct attempt a = { what, "read", at, true, 0 };
	struct fault fault;
	uint64_t value;

	CHECK_CALL(check_attempt(&a, probe_read(at, &value, &fault), &fault));
	CHECK_CALL(check_write(what, at, write, PF_PRESENT | PF_WRITE));
	/* Without NX everything that can be read can be called. */
	CHECK_CALL(check_execute(what, at, execute || !has_nx(),
				 PF_PRESENT | PF_FETCH));
}

/* The same frame in the direct map: no more rights, and never executable. */
static void check_alias(const char *what, vaddr_t at, bool write)
{
	paddr_t memory;

	CHECK(census_translate(at, &memory));
	CHECK_CALL(check_place(what, direct_map_vaddr(memory), write, false));
}

NOINLINE static void do_nothing(void)
{
	barrier();
}

static const uint8_t ret_in_rodata[16] = { RET };
static uint8_t ret_in_data[16] = { RET };
static uint8_t ret_in_bss[16];

SELFTEST(text, "code can be executed, and not be written by either address")
{
	vaddr_t at = vaddr_of((const void *)do_nothing);

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_place("text", at, false, true));
	CHECK_CALL(check_alias("alias of text", at, false));
}

SELFTEST(rodata, "constants can neither be executed nor written, by either")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(
		check_place("rodata", vaddr_of(ret_in_rodata), false, false));
	CHECK_CALL(
		check_alias("alias of rodata", vaddr_of(ret_in_rodata), false));
}

SELFTEST(data, "data can be written, and not be executed by either address")
{
	SKIP_WITHOUT_TABLES();
	WRITE_ONCE(ret_in_bss[0], RET);
	CHECK_CALL(check_place("data", vaddr_of(ret_in_data), true, false));
	CHECK_CALL(check_alias("alias of data", vaddr_of(ret_in_data), true));
	CHECK_CALL(check_place("bss", vaddr_of(ret_in_bss), true, false));
	CHECK_CALL(check_alias("alias of bss", vaddr_of(ret_in_bss), true));
}

SELFTEST(stack, "the stack can be written, and not be executed by either")
{
	volatile uint8_t ret_on_stack[16] = { RET };

	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_place("stack", vaddr_of(ret_on_stack), true, false));
	CHECK_CALL(check_alias("alias of the stack", vaddr_of(ret_on_stack),
			       true));
}

SELFTEST(page, "a page of the allocator can be written and not be executed")
{
	struct page_alloc *pages = kernel_pgtable()->pages;
	pfn_t frame;
	vaddr_t at;

	SKIP_WITHOUT_TABLES();
	CHECK_EQ(page_alloc(pages, PAGE_TEST, &frame), OK);
	at = direct_map_vaddr(pfn_paddr(frame));
	*(volatile uint8_t *)vaddr_ptr(at) = RET;
	check_place("test page", at, true, false);
	page_free(pages, frame);
}

/* ---- Places that are not ------------------------------------------------- */

static void check_nothing(const char *what, vaddr_t at)
{
	struct attempt a = { what, "read", at, false, 0 };
	struct fault fault;
	uint64_t value;

	CHECK_CALL(check_attempt(&a, probe_read(at, &value, &fault), &fault));
	CHECK_CALL(check_write(what, at, false, PF_WRITE));
	CHECK_CALL(check_execute(what, at, false, probe_fetch_bit()));
}

SELFTEST(page_zero, "nothing can be done at address 0")
{
	CHECK_CALL(check_nothing("page 0", vaddr(0)));
	CHECK_CALL(check_nothing("page 0", vaddr(PAGE_BYTES - 8)));
}

static void check_guard(vaddr_t guard)
{
	CHECK_CALL(check_nothing("guard page", guard));
	CHECK_CALL(
		check_nothing("guard page", vaddr_add(guard, PAGE_BYTES - 8)));
}

SELFTEST(guards, "nothing can be done in a guard page")
{
	stack_each_guard(check_guard);
}

/* The bytes at the ends of a range of RAM, and what lies behind it. */
static void check_range(const struct memory_range *range, bool touches_next)
{
	vaddr_t first = direct_map_vaddr(range->start);
	vaddr_t behind = direct_map_vaddr(range->end);

	CHECK_CALL(check_write("first of RAM", first, true, 0));
	CHECK_CALL(check_write("last of RAM", vaddr(behind.va - 8), true, 0));
	if (has_nx()) {
		CHECK_CALL(check_execute("first of RAM", first, false,
					 PF_PRESENT | PF_FETCH));
		CHECK_CALL(check_execute("last of RAM", vaddr(behind.va - 8),
					 false, PF_PRESENT | PF_FETCH));
	}
	if (!touches_next) {
		CHECK_CALL(check_nothing("behind RAM", behind));
	}
}

/* DM-2 */
SELFTEST(direct_map, "RAM can be written to its ends, and nothing behind it")
{
	const struct memory_map *ram = kernel_ram();

	SKIP_WITHOUT_TABLES();
	for (size_t i = 0; i < ram->count; i++) {
		bool touches_next =
			i + 1 < ram->count &&
			ram->ranges[i + 1].start.pa == ram->ranges[i].end.pa;

		CHECK_CALL(check_range(&ram->ranges[i], touches_next));
	}
}

SELFTEST_SUITE(access, &text, &rodata, &data, &stack, &page, &page_zero,
	       &guards, &direct_map);
