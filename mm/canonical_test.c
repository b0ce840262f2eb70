// SPDX-License-Identifier: MIT
/*
 * Tests of addresses that are not canonical.
 *
 * No table decides about them: an access is a general-protection fault, or a
 * stack fault if it goes by way of the stack segment (Intel SDM vol. 3, 6.15),
 * without an address in CR2. What can be reached reaches up to them.
 */
#include "arch/x86/known_differences.h"
#include "arch/x86/probe.h"
#include "arch/x86/user.h"
#include "arch/x86/user_access.h"
#include "mm/direct_map.h"
#include "mm/own_tables.h"
#include "mm/test_user_code.h"
#include "mm/user_space.h"

#define CODE UINT64_C(0x400000)

static struct user_space space;
static struct user_frame frame;
static pfn_t page;
static struct difference_count stack;
static struct difference_count jump;

/* The first address above the lower half. */
static uint64_t hole(void)
{
	return kernel_pgtable()->levels == L5 ? BIT(56) : BIT(47);
}

/* An error code of 0, no address, and the vector; of the stack segment's there
 * is more to say. */
static void check_fault(const struct fault *fault, unsigned int vector)
{
	CHECK_EQ(fault->error, 0);
	CHECK_EQ(fault->address.va, 0);
	if (vector == VECTOR_SS && difference_is_listed(DIFFERENCE_STACK)) {
		stack.could++;
		stack.did += fault->vector == VECTOR_GP ? 1 : 0;
		CHECK(fault->vector == VECTOR_GP || fault->vector == vector);
		return;
	}
	CHECK_EQ(fault->vector, vector);
}

/* Calls check for the ends of the hole and for places in it. */
static void each_address(void (*check)(vaddr_t address))
{
	struct random random = selftest_random();
	uint64_t last = ~hole();

	CHECK_CALL(check(vaddr(hole())));
	CHECK_CALL(check(vaddr(last - 7)));
	CHECK_CALL(check(vaddr(last)));
	CHECK_CALL(check(vaddr(BIT(63) - 1)));
	CHECK_CALL(check(vaddr(BIT(63))));
	for (unsigned int i = 0; i < 32; i++) {
		uint64_t inside = random_below(&random, last - hole());

		CHECK_CALL(check(vaddr(hole() + inside)));
	}
}

/* ---- The kernel's -------------------------------------------------------- */

static void check_kernel(vaddr_t at)
{
	struct fault fault;
	uint64_t value;

	CHECK(!probe_read(at, &value, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_GP));
	CHECK(!probe_write(at, 0, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_GP));
	CHECK(!probe_execute(at, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_GP));
	CHECK(!probe_read_stack(at, &value, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_SS));
}

SELFTEST(by_kernel,
	 "the kernel's accesses there are protection or stack faults")
{
	SKIP_WITHOUT_TABLES();
	stack = (struct difference_count){ 0 };
	CHECK_CALL(each_address(check_kernel));
	CHECK_CALL(difference_judge(DIFFERENCE_STACK, stack));
}

/* The stack is a segment like any other where there is something. */
SELFTEST(by_stack, "what is mapped can be read by way of the stack segment")
{
	static const uint64_t constant = UINT64_C(0x0123456789abcdef);
	struct fault fault;
	uint64_t value = 0;

	CHECK(probe_read_stack(vaddr_of(&constant), &value, &fault));
	CHECK_EQ(value, constant);
	CHECK(!probe_read_stack(vaddr(0), &value, &fault));
	CHECK_EQ(fault.vector, VECTOR_PF);
}

/* ---- User mode's --------------------------------------------------------- */

/* Runs body with the code for user mode at CODE, and at the end of the lower
 * half. */
static void with_code(void (*body)(void))
{
	struct page_alloc *pages = kernel_pgtable()->pages;
	vaddr_t last = vaddr(USER_VADDR_END - PAGE_BYTES);

	CHECK_EQ(page_alloc(pages, PAGE_TEST, &page), OK);
	memcpy(vaddr_ptr(direct_map_vaddr(pfn_paddr(page))), user_code,
	       (size_t)(user_code_end - user_code));
	CHECK_EQ(user_space_open(&space), OK);
	CHECK_EQ(user_map(space.pt, vaddr(CODE), PAGE_BYTES, pfn_paddr(page),
			  rights(RIGHT_EXECUTE)),
		 OK);
	CHECK_EQ(user_map(space.pt, last, PAGE_BYTES, pfn_paddr(page),
			  rights(0)),
		 OK);
	body();
	user_unmap(space.pt, vaddr(CODE), PAGE_BYTES);
	user_unmap(space.pt, last, PAGE_BYTES);
	user_space_close(&space);
	page_free(pages, page);
}

static void run_at(const uint8_t *code)
{
	frame.regs.rip = CODE + (uint64_t)(code - user_code);
	pv()->enter_user(&frame);
}

/* It is the instruction that faults, a jump too. */
static void check_place(const uint8_t *code, vaddr_t target)
{
	uint64_t at = CODE + (uint64_t)(code - user_code);

	if (code == user_code_jump && difference_is_listed(DIFFERENCE_JUMP)) {
		jump.could++;
		jump.did += frame.regs.rip == target.va ? 1 : 0;
		at = frame.regs.rip == target.va ? target.va : at;
	}
	CHECK_EQ(frame.regs.rip, at);
}

static void check_user(vaddr_t at)
{
	static const struct {
		const uint8_t *code;
		unsigned int vector;
	} pieces[] = {
		{ user_code_read, VECTOR_GP },
		{ user_code_write, VECTOR_GP },
		{ user_code_jump, VECTOR_GP },
		{ user_code_read_stack, VECTOR_SS },
		{ user_code_push, VECTOR_SS },
	};

	for (size_t i = 0; i < ARRAY_COUNT(pieces); i++) {
		struct fault fault;

		frame.regs.rdi = at.va;
		frame.regs.rbp = at.va;
		frame.regs.rsp = at.va + 8; /* A push goes below. */
		run_at(pieces[i].code);
		fault = (struct fault){ (unsigned int)frame.regs.vector,
					frame.regs.error, frame.address };
		CHECK_CALL(check_fault(&fault, pieces[i].vector));
		CHECK_CALL(check_place(pieces[i].code, at));
	}
}

static void user_body(void)
{
	each_address(check_user);
}

SELFTEST(by_user, "user mode's accesses there are protection or stack faults")
{
	SKIP_WITHOUT_TABLES();
	stack = (struct difference_count){ 0 };
	jump = (struct difference_count){ 0 };
	CHECK_CALL(with_code(user_body));
	CHECK_CALL(difference_judge(DIFFERENCE_STACK, stack));
	CHECK_CALL(difference_judge(DIFFERENCE_JUMP, jump));
}

/* ---- Across the end ------------------------------------------------------ */

static void across_body(void)
{
	struct fault fault;

	/* All of it is below. */
	frame.regs.rdi = USER_VADDR_END - 8;
	run_at(user_code_read);
	CHECK_EQ(frame.regs.vector, VECTOR_UD);
	for (uint64_t beyond = 1; beyond < 8; beyond++) {
		frame.regs.rdi = USER_VADDR_END - 8 + beyond;
		run_at(user_code_read);
		fault = (struct fault){ (unsigned int)frame.regs.vector,
					frame.regs.error, frame.address };
		CHECK_CALL(check_fault(&fault, VECTOR_GP));
	}
}

SELFTEST(across, "a read that begins below and ends in the hole faults too")
{
	SKIP_WITHOUT_TABLES();
	if (kernel_pgtable()->levels == L5) {
		SKIP("user pages end far below the hole of five levels");
	}
	CHECK_CALL(with_code(across_body));
}

SELFTEST_SUITE(canonical, &by_kernel, &by_stack, &by_user, &across);
