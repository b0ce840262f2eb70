// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: instructions.
 *
 * As Xen runs the kernel at ring 3, the CPU faults on all that is for ring 0,
 * and Xen plays some of it for us (xen/arch/x86/pv/emul-priv-op.c).
 */
#include "arch/x86/cpu.h"
#include "arch/x86/probe.h"
#include "lib/selftest.h"
#include "xen/refusal.h"
#include "xen/refusal_insn.h"

/* ---- Instructions for ring 0 --------------------------------------------- */

/* As they are in refusal_test.asm, each in some bytes of its own. */
enum instruction {
	INSN_NOP,
	INSN_CLI,
	INSN_STI,
	INSN_HLT,
	INSN_INVLPG,
	INSN_SWAPGS,
	INSN_LGDT,
	INSN_LTR,
	INSN_MOV_CR8,
	INSN_INT80,
	INSN_SYSRET,
	INSN_STAC,
	INSN_VMCALL,
	INSN_UD2,
};

/* Zeroes are no descriptor table, and their address is no selector. */
static long run(uint64_t instruction)
{
	vaddr_t code = vaddr_of(refusal_insns + instruction * INSN_BYTES);

	trap_forget();
	((void (*)(uint64_t))vaddr_ptr(code))(refusal_base(VA_DATA));
	return refusal_fault(vaddr(0));
}

/* Within VMX operation, which Xen enters where the CPU has VMX, it is #GP at
 * ring 3, outside of it #UD (Intel SDM vol. 3, VMCALL). A guest cannot tell
 * which holds. */
static long run_vmcall(uint64_t instruction)
{
	long fault = run(instruction);

	return fault == FAULT_GP ? FAULT_UD : fault;
}

#define RUN_BY(function, instruction) \
	function, (instruction), INSN_NOP, OF_ZERO, OF_ZERO
#define RUN(instruction) RUN_BY(run, instruction)

static const struct refusal ring0_rows[] = {
	{ "CLI", RUN(INSN_CLI), BOTH(FAULT_GP), 0 },
	{ "STI", RUN(INSN_STI), BOTH(FAULT_GP), 0 },
	{ "HLT", RUN(INSN_HLT), BOTH(FAULT_GP), 0 },
	{ "INVLPG", RUN(INSN_INVLPG), BOTH(FAULT_GP), 0 },
	{ "SWAPGS", RUN(INSN_SWAPGS), BOTH(FAULT_GP), 0 },
	{ "LGDT", RUN(INSN_LGDT), BOTH(FAULT_GP), 0 },
	{ "LTR", RUN(INSN_LTR), BOTH(FAULT_GP), 0 },
	{ "MOV to CR8", RUN(INSN_MOV_CR8), BOTH(FAULT_GP), 0 },
	/* xen/arch/x86/pv/traps.c, init_int80_direct_trap: whoever has a
	 * handler gets it, whatever its privilege. */
	{ "INT 0x80", RUN(INSN_INT80), BOTH(FAULT_INT80), 0 },
	{ "SYSRET", RUN(INSN_SYSRET), BOTH(FAULT_GP), 0 },
	{ "STAC", RUN(INSN_STAC), BOTH(FAULT_UD), 0 },
	{ "VMCALL", RUN_BY(run_vmcall, INSN_VMCALL), BOTH(FAULT_UD), 0 },
	{ "UD2", RUN(INSN_UD2), BOTH(FAULT_UD), 0 },
};

SELFTEST(ring0, "instructions for ring 0 fault and do nothing else")
{
	SKIP_PROCESS();
	REFUSAL_TEST_ROWS(ring0_rows, NULL);
}

/* ---- Registers ----------------------------------------------------------- */

static long flip_cr0(uint64_t bits)
{
	trap_forget();
	refusal_write_cr0(cpu_read_cr0() ^ bits);
	return refusal_fault(vaddr(0));
}

static long load_cr3(uint64_t value)
{
	trap_forget();
	refusal_write_cr3(value);
	return refusal_fault(vaddr(0));
}

/* Xen drops what is not the guest's. */
static long set_cr4(uint64_t bits)
{
	uint64_t now = cpu_read_cr4();
	long fault;

	trap_forget();
	refusal_write_cr4(now | bits);
	fault = refusal_fault(vaddr(0));
	return cpu_read_cr4() == now ? fault : WRONG;
}

static long flip_efer(uint64_t bits)
{
	trap_forget();
	refusal_wrmsr(MSR_EFER, cpu_read_msr(MSR_EFER) ^ bits);
	return refusal_fault(vaddr(0));
}

/* What it is already, where that can be read. */
static long write_msr(uint64_t number)
{
	uint64_t value =
		number == MSR_LSTAR ? 0 : cpu_read_msr((uint32_t)number);

	trap_forget();
	refusal_wrmsr(number, value);
	return refusal_fault(vaddr(0));
}

static const struct refusal register_rows[] = {
	{ "CR0 without WP", flip_cr0, CR0_WP, 0, OF_ZERO, OF_ZERO,
	  BOTH(FAULT_GP), 0 },
	{ "CR0 without PG", flip_cr0, CR0_PG, 0, OF_ZERO, OF_ZERO,
	  BOTH(FAULT_GP), 0 },
	{ "CR3 of 0", load_cr3, 0, 0, OF_ZERO, OF_L4, BOTH(FAULT_GP), LOGS },
	{ "CR3 of a writable page", load_cr3, 0, 0, OF_DATA, OF_L4,
	  BOTH(FAULT_GP), 0 },
	{ "CR4.PSE", set_cr4, CR4_PSE, 0, OF_ZERO, OF_ZERO, BOTH(0),
	  NO_CHANGE },
	{ "CR4.PGE", set_cr4, CR4_PGE, 0, OF_ZERO, OF_ZERO, BOTH(0),
	  NO_CHANGE },
	{ "CR4.SMEP", set_cr4, CR4_SMEP, 0, OF_ZERO, OF_ZERO, BOTH(0),
	  NO_CHANGE },
	{ "CR4.SMAP", set_cr4, CR4_SMAP, 0, OF_ZERO, OF_ZERO, BOTH(0),
	  NO_CHANGE },
	{ "EFER without NXE", flip_efer, EFER_NXE, 0, OF_ZERO, OF_ZERO,
	  BOTH(FAULT_GP), 0 },
	{ "the PAT", write_msr, MSR_PAT, MSR_EFER, OF_ZERO, OF_ZERO,
	  BOTH(FAULT_GP), 0 },
	{ "LSTAR", write_msr, MSR_LSTAR, MSR_EFER, OF_ZERO, OF_ZERO,
	  BOTH(FAULT_GP), 0 },
};

SELFTEST(registers, "control registers and MSRs keep what is Xen's")
{
	SKIP_PROCESS();
	REFUSAL_TEST_ROWS(register_rows, NULL);
}

SELFTEST_SUITE(refusal_cpu, &ring0, &registers);
