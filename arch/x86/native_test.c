// SPDX-License-Identifier: MIT
/*
 * Tests of what a bare-metal start leaves behind.
 */
#include "arch/x86/boot_tables.h"
#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/probe.h"
#include "arch/x86/pv.h"
#include "arch/x86/stacks.h"
#include "lib/selftest.h"

#define SKIP_UNLESS_NATIVE()                       \
	do {                                       \
		if (pv()->ring != 0) {             \
			SKIP("not on bare metal"); \
		}                                  \
	} while (0)

/* PROTECT-1 */
SELFTEST(control_registers, "CR0, CR4 and EFER hold what CPUID has, no more")
{
	uint32_t features = features_detect();
	uint64_t mce = (features & FEATURE_MCE) != 0 ? CR4_MCE : 0;
	uint64_t pge = (features & FEATURE_PGE) != 0 ? CR4_PGE : 0;
	uint64_t umip = (features & FEATURE_UMIP) != 0 ? CR4_UMIP : 0;
	uint64_t smep = (features & FEATURE_SMEP) != 0 ? CR4_SMEP : 0;
	uint64_t smap = (features & FEATURE_SMAP) != 0 ? CR4_SMAP : 0;
	uint64_t pke = (features & FEATURE_PKU) != 0 ? CR4_PKE : 0;
	uint64_t nxe = (features & FEATURE_NX) != 0 ? EFER_NXE : 0;

	SKIP_UNLESS_NATIVE();
	CHECK_EQ(cpu_read_cr0(),
		 CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE);
	/* How many levels there are is for mm/invariants_test.c. */
	CHECK_EQ(cpu_read_cr4() & ~(uint64_t)CR4_LA57,
		 CR4_PAE | mce | pge | umip | smep | smap | pke);
	CHECK_EQ(cpu_read_msr(MSR_EFER), EFER_LME_LMA | nxe | EFER_SCE);
}

SELFTEST(low_half, "nothing is mapped at the address of physical memory")
{
	struct fault fault;
	uint64_t value;

	SKIP_UNLESS_NATIVE();
	CHECK_EQ(boot_l4[0], 0);
	CHECK(!probe_read(vaddr(0), &value, &fault));
	CHECK(!probe_read(vaddr(IMAGE_PADDR), &value, &fault));
}

/* The functions of vectors_test.asm. */
#define TEST_INT_BYTES 16
extern const uint8_t test_int[];

static void interrupt(unsigned int vector)
{
	const uint8_t *code = test_int + (size_t)vector * TEST_INT_BYTES;

	((void (*)(void))vaddr_ptr(vaddr_of(code)))();
}

static bool at_ring0(void)
{
	uint16_t cs;

	__asm__("movw %%cs, %0" : "=r"(cs));
	return (cs & 3) == 0;
}

/* The stub takes a word off for these, which INT does not push. */
static bool has_error_code(unsigned int vector)
{
	return vector < 32 && (BIT(vector) & VECTORS_WITH_ERROR) != 0;
}

SELFTEST(vectors, "every vector without error code arrives under its number")
{
	struct fault fault;

	SKIP_UNLESS_NATIVE();
	if (!at_ring0()) {
		SKIP("only ring 0 may raise them by INT");
	}
	for (unsigned int i = 0; i < VECTOR_COUNT; i++) {
		if (has_error_code(i)) {
			continue;
		}
		interrupt(i);
		CHECK(trap_caught(&fault));
		CHECK_EQ(fault.vector, i);
		CHECK_EQ(fault.error, 0);
	}
}

/* The CPU pushes ss, rsp, rflags, cs, rip from the top down. The handler has
 * changed rip, but the stack that was interrupted is this one. */
static void check_stack(unsigned int vector, enum exception_stack stack)
{
	uint64_t *top = vaddr_ptr(stack_exception_top(stack));
	struct fault fault;

	WRITE_ONCE(top[-2], 0);
	interrupt(vector);
	CHECK(trap_caught(&fault));
	CHECK(vaddr_of(&fault).va - READ_ONCE(top[-2]) < STACK_BYTES);
}

SELFTEST(exception_stacks, "NMI and machine check run on stacks of their own")
{
	SKIP_UNLESS_NATIVE();
	if (!at_ring0()) {
		SKIP("only ring 0 may raise them by INT");
	}
	CHECK_CALL(check_stack(VECTOR_NMI, EXCEPTION_STACK_NMI));
	CHECK_CALL(check_stack(VECTOR_MC, EXCEPTION_STACK_MC));
}

SELFTEST_SUITE(native, &control_registers, &low_half, &vectors,
	       &exception_stacks);
