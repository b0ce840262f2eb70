// SPDX-License-Identifier: MIT
/*
 * Tests of traps and of accesses that may fault.
 *
 * Nothing is mapped in the first page, and the lowest half of the addresses
 * is not the kernel's, in any world these tests run in.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/probe.h"
#include "arch/x86/pv.h"
#include "lib/selftest.h"

#define UNMAPPED UINT64_C(0x123)

static void check_fault(const struct fault *fault, unsigned int vector,
			uint64_t error, uint64_t address)
{
	CHECK_EQ(fault->vector, vector);
	CHECK_EQ(fault->error, error);
	CHECK_EQ(fault->address.va, address);
}

SELFTEST(read_works, "a probe reads what is there")
{
	static const uint64_t word = UINT64_C(0x1122334455667788);
	struct fault fault;
	uint64_t value = 0;

	CHECK(probe_read(vaddr_of(&word), &value, &fault));
	CHECK_EQ(value, word);
}

SELFTEST(read_faults, "a read that faults gives vector, error and address")
{
	struct fault fault;
	uint64_t value = 42;

	CHECK(!probe_read(vaddr(UNMAPPED), &value, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_PF, 0, UNMAPPED)); /* TRAP-2 */
	CHECK_EQ(value, 42);
}

SELFTEST(write_works, "a probe writes one byte and no other")
{
	static uint8_t bytes[3];
	struct fault fault;

	CHECK(probe_write(vaddr_of(&bytes[1]), 0xa5, &fault));
	CHECK_EQ(bytes[0], 0);
	CHECK_EQ(READ_ONCE(bytes[1]), 0xa5);
	CHECK_EQ(bytes[2], 0);
}

SELFTEST(write_faults, "a write that faults gives vector, error and address")
{
	struct fault fault;

	CHECK(!probe_write(vaddr(UNMAPPED), 0, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_PF, PF_WRITE, UNMAPPED));
}

NOINLINE static void do_nothing(void)
{
	barrier();
}

SELFTEST(execute_works, "a probe calls code that returns")
{
	struct fault fault;

	CHECK(probe_execute(vaddr_of((const void *)do_nothing), &fault));
}

SELFTEST(execute_faults, "a fetch that faults gives vector, error and address")
{
	struct fault fault;

	CHECK(!probe_execute(vaddr(UNMAPPED), &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_PF, probe_fetch_bit(), UNMAPPED));
}

/* The lowest one: with four levels of tables bits 63 to 47 must be equal, with
 * five bits 63 to 56 (Intel SDM vol. 3, 4.5.2). */
static vaddr_t lowest_not_canonical(void)
{
	return vaddr(BIT((cpu_read_cr4() & CR4_LA57) != 0 ? 56 : 47));
}

SELFTEST(not_canonical,
	 "a read, write or fetch that is not canonical is a protection fault")
{
	vaddr_t address = lowest_not_canonical();
	struct fault fault;
	uint64_t value;

	CHECK(!probe_read(address, &value, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_GP, 0, 0));
	CHECK(!probe_write(address, 0, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_GP, 0, 0));
	CHECK(!probe_execute(address, &fault));
	CHECK_CALL(check_fault(&fault, VECTOR_GP, 0, 0));
}

SELFTEST(undefined, "an undefined instruction is caught as one")
{
	struct fault fault;

	__asm__ volatile("1: ud2\n2:\n\t" TRAP_FIXUP(1b, 2b) : : : "memory");
	CHECK(trap_caught(&fault));
	CHECK_CALL(check_fault(&fault, VECTOR_UD, 0, 0));
}

SELFTEST(divide, "a division by zero is caught as one")
{
	struct fault fault;
	uint32_t low = 1;
	uint32_t high = 0;

	__asm__ volatile("1: divl %2\n2:\n\t" TRAP_FIXUP(1b, 2b)
			 : "+a"(low), "+d"(high)
			 : "r"(0)
			 : "memory");
	CHECK(trap_caught(&fault));
	CHECK_CALL(check_fault(&fault, VECTOR_DE, 0, 0));
}

/* A trap and no fault: it arrives with the next instruction's address. */
SELFTEST(breakpoint, "a breakpoint instruction is caught as one")
{
	struct fault fault;

	__asm__ volatile("int3\n1: nop\n2:\n\t" TRAP_FIXUP(1b, 2b)
			 :
			 :
			 : "memory");
	CHECK(trap_caught(&fault));
	CHECK_CALL(check_fault(&fault, VECTOR_BP, 0, 0));
}

SELFTEST(taken_once, "a caught fault is told once, and none when none was")
{
	struct fault fault;

	CHECK(!trap_caught(&fault));
	__asm__ volatile("1: ud2\n2:\n\t" TRAP_FIXUP(1b, 2b) : : : "memory");
	CHECK(trap_caught(&fault));
	CHECK(!trap_caught(&fault));
}

SELFTEST(registers, "a caught fault leaves every register as it was")
{
	struct fault fault;
	uint64_t a = 1;
	uint64_t b = 2;
	uint64_t c = 3;
	uint64_t d = 4;
	uint64_t si = 5;
	uint64_t di = 6;
	register uint64_t r8 __asm__("r8") = 8;
	register uint64_t r9 __asm__("r9") = 9;
	register uint64_t r10 __asm__("r10") = 10;
	register uint64_t r11 __asm__("r11") = 11;
	register uint64_t r12 __asm__("r12") = 12;
	register uint64_t r13 __asm__("r13") = 13;
	register uint64_t r14 __asm__("r14") = 14;
	register uint64_t r15 __asm__("r15") = 15;
	uint64_t found[14];

	__asm__ volatile("1: ud2\n2:\n\t" TRAP_FIXUP(1b, 2b)
			 : "+a"(a), "+b"(b), "+c"(c), "+d"(d), "+S"(si),
			   "+D"(di), "+r"(r8), "+r"(r9), "+r"(r10), "+r"(r11),
			   "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15)
			 :
			 : "memory");
	memcpy(found,
	       (uint64_t[]){ a, b, c, d, si, di, r8, r9, r10, r11, r12, r13,
			     r14, r15 },
	       sizeof(found));
	CHECK(trap_caught(&fault));
	for (size_t i = 0; i < ARRAY_COUNT(found); i++) {
		CHECK_EQ(found[i], i < 6 ? i + 1 : i + 2);
	}
}

SELFTEST(names, "every vector and callback has a name")
{
	CHECK_STR(trap_name(VECTOR_PF), "#PF");
	CHECK_STR(trap_name(22), "reserved exception");
	CHECK_STR(trap_name(255), "interrupt");
	CHECK_STR(trap_name(TRAP_XEN_EVENT), "event callback");
	CHECK_STR(trap_name(TRAP_END), "unknown trap");
	for (unsigned int i = 0; i < TRAP_END; i++) {
		CHECK(strlen(trap_name(i)) != 0);
	}
}

SELFTEST_SUITE(traps, &read_works, &read_faults, &write_works, &write_faults,
	       &execute_works, &execute_faults, &not_canonical, &undefined,
	       &divide, &breakpoint, &taken_once, &registers, &names);
