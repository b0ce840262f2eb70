// SPDX-License-Identifier: MIT
/*
 * Tests of the stacks' guard pages.
 */
#include "arch/x86/probe.h"
#include "arch/x86/stacks.h"
#include "lib/selftest.h"

static unsigned int guards;

/* The guard faults to its last byte, and the byte above it is the stack's. */
static void check_guard(vaddr_t guard)
{
	struct fault fault;
	uint64_t value;
	vaddr_t last = vaddr_add(guard, PAGE_BYTES - sizeof(value));

	guards++;
	CHECK(!probe_read(guard, &value, &fault));
	CHECK(!probe_write(vaddr_add(guard, PAGE_BYTES - 1), 0, &fault));
	CHECK_EQ(fault.error, PF_WRITE);
	CHECK(!probe_read(last, &value, &fault));
	CHECK(stack_of_guard(last) != NULL);
	CHECK(probe_read(vaddr_add(guard, PAGE_BYTES), &value, &fault));
	CHECK(stack_of_guard(vaddr_add(guard, PAGE_BYTES)) == NULL);
}

SELFTEST(guarded, "below every stack lies a page that is not mapped")
{
	guards = 0;
	stack_each_guard(check_guard);
	CHECK_EQ(guards, EXCEPTION_STACK_COUNT + 1);
}

SELFTEST_SUITE(stacks, &guarded);
