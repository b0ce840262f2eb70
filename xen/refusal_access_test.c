// SPDX-License-Identifier: MIT
/*
 * What Xen must refuse: accesses.
 *
 * A store to an L1 entry is a page fault, as its page is mapped read-only. Xen
 * looks at the instruction, and if it would grant the entry does it in our
 * place: for the first domain, and for all that have asked for that assist
 * (xen/arch/x86/pv/ro-page-fault.c).
 */
#include "arch/x86/probe.h"
#include "arch/x86/pv.h"
#include "lib/selftest.h"
#include "xen/refusal.h"
#include "xen/refusal_calls.h"
#include "xen/refusal_insn.h"

#define WRITE_REFUSED FAULT_PF(PF_PRESENT | PF_WRITE)

/* ---- Calls --------------------------------------------------------------- */

bool refusal_is_process(void)
{
	trap_forget();
	refusal_read_cr0();
	return refusal_fault(vaddr(0)) != 0;
}

long refusal_fault(vaddr_t address)
{
	struct fault fault;

	if (!trap_caught(&fault)) {
		return 0;
	}
	if (fault.vector == VECTOR_PF && fault.address.va == address.va &&
	    fault.error < 32) {
		return FAULT_PF((long)fault.error);
	}
	if (fault.vector == 0x80) {
		return FAULT_INT80;
	}
	if ((fault.vector == VECTOR_UD || fault.vector == VECTOR_GP) &&
	    fault.error == 0) {
		return -(long)fault.vector;
	}
	return WRONG;
}

static long store_value(uint64_t address, uint64_t value)
{
	uint64_t found = 0;
	struct fault ignored;
	long fault;

	trap_forget();
	refusal_store8(address, value);
	fault = refusal_fault(vaddr(address));
	if (fault != 0) {
		return fault;
	}
	/* Xen adds to an entry. */
	return probe_read(vaddr(address), &found, &ignored) &&
			       (found & ~(PTE_US | BIT(52))) ==
				       (value & ~(PTE_US | BIT(52)))
		       ? 0
		       : WRONG;
}

/* What is there, but for one bit that means nothing. */
static long store(uint64_t address)
{
	struct fault fault;
	uint64_t value;

	return probe_read(vaddr(address), &value, &fault)
		       ? store_value(address, value ^ PTE_AVAIL)
		       : WRONG;
}

static long store_leaf(uint64_t entry)
{
	return store_value(refusal_base(VA_LEAF), entry);
}

static long store_pair(uint64_t address)
{
	uint64_t aligned = align_down(address, 16);

	trap_forget();
	refusal_store16(aligned);
	return refusal_fault(vaddr(aligned));
}

static long prepare_gdt(void)
{
	long error = refusal_protect_tables();

	return error != 0 ? error : refusal_gdt(refusal_base(OF_TABLE), 512);
}

/* ---- Stores to tables ---------------------------------------------------- */

static const struct refusal table_rows[] = {
	{ "a store to an L2 entry", store, 0, 0, VA_FREE2, VA_DATA,
	  BOTH(WRITE_REFUSED), 0 },
	{ "a store to an L3 entry", store, 0, 0, VA_FREE3, VA_DATA,
	  BOTH(WRITE_REFUSED), 0 },
	{ "a store to an L4 entry", store, 0, 0, VA_FREE4, VA_DATA,
	  BOTH(WRITE_REFUSED), 0 },
	{ "a store to a GDT", store, PAGE_BYTES, 0, VA_DATA, VA_DATA,
	  BOTH(WRITE_REFUSED), 0 },
	{ "a store to the M2P table", store, 0, 0, VA_M2P, VA_DATA,
	  BOTH(WRITE_REFUSED), 0 },
	{ "a store between L1 entries", store, 4, 0, VA_LEAF, VA_DATA,
	  BOTH(WRITE_REFUSED), 0 },
	{ "a store of two L1 entries", store_pair, 0, 0, VA_LEAF, VA_DATA,
	  BOTH(WRITE_REFUSED), 0 },
};

static const struct refusal leaf_rows[] = {
	{ "a store to an L1 entry", store, 0, 0, VA_LEAF, VA_DATA, 0,
	  WRITE_REFUSED, 0 },
};

static const struct refusal assisted_rows[] = {
	{ "an assisted store", store, 0, 0, VA_LEAF, VA_DATA, BOTH(0), 0 },
	{ "an assisted store of another page", store_leaf, RW, RW, OF_SPARE,
	  OF_SPARE, BOTH(0), 0 },
	{ "an assisted store of a writable L4", store_leaf, RW, RO, OF_L4,
	  OF_L4, BOTH(WRITE_REFUSED), 0 },
	{ "an assisted store of no frame", store_leaf, BIT(51) | RW, RW,
	  OF_ZERO, OF_SPARE, BOTH(WRITE_REFUSED), 0 },
};

SELFTEST(stores, "a store to a table of any kind faults")
{
	REFUSAL_TEST_ROWS(table_rows, prepare_gdt);
}

static long assist(unsigned int command)
{
	return xen_vm_assist(command, VMASST_TYPE_writable_pagetables);
}

static void try_with_assist(void)
{
	CHECK_CALL(REFUSAL_ROWS(assisted_rows, NULL));
	CHECK_CALL(REFUSAL_ROWS(table_rows, prepare_gdt));
}

/* The assist ends with the test, whatever was found. */
static void try_assisted(void)
{
	CHECK_CALL(REFUSAL_ROWS(leaf_rows, NULL));
	CHECK(assist(VMASST_CMD_enable) == 0);
	try_with_assist();
	CHECK(assist(VMASST_CMD_disable) == 0);
	CHECK_CALL(REFUSAL_ROWS(leaf_rows, NULL));
}

SELFTEST(assisted, "Xen does the stores to leaves that it grants, if asked to")
{
	SKIP_PROCESS();
	refusal_test(try_assisted);
}

/* ---- Rights -------------------------------------------------------------- */

/* With page-table isolation Xen's pages are not even there. */
static long load(uint64_t address)
{
	struct fault fault;
	uint64_t value;

	if (probe_read(vaddr(address), &value, &fault)) {
		return 0;
	}
	return fault.vector == VECTOR_PF && fault.address.va == address &&
			       (fault.error & ~(uint64_t)PF_PRESENT) == 0
		       ? FAULT_PF(PF_PRESENT)
		       : WRONG;
}

static long execute(uint64_t entry)
{
	struct fault fault;

	refusal_words(OF_DATA)[0] = 0xc3; /* RET. */
	if (refusal_map(entry) != 0) {
		return WRONG;
	}
	refusal_ready();
	if (probe_execute(vaddr(refusal_base(VA_DATA)), &fault)) {
		return 0;
	}
	return fault.vector == VECTOR_PF &&
			       fault.address.va == refusal_base(VA_DATA)
		       ? FAULT_PF((long)fault.error)
		       : WRONG;
}

static long write_through(uint64_t entry)
{
	if (refusal_map(entry) != 0) {
		return WRONG;
	}
	refusal_ready();
	return store(refusal_base(VA_DATA));
}

/* The data page below an entry with those rights. */
static long write_below(uint64_t link)
{
	refusal_words(OF_TABLE)[0] = refusal_base(OF_DATA) | RW;
	if (refusal_protect(OF_TABLE) != 0 ||
	    refusal_store(refusal_base(OF_FREE2),
			  refusal_base(OF_TABLE) | link) != 0) {
		return WRONG;
	}
	refusal_ready();
	return store(refusal_base(VA_BELOW_FREE2));
}

#define XEN_TEXT UINT64_C(0xffff82d040200000)

static const struct refusal right_rows[] = {
	{ "a load from Xen's code", load, XEN_TEXT, 0, OF_ZERO, VA_DATA,
	  BOTH(FAULT_PF(PF_PRESENT)), 0 },
	{ "a load from Xen's direct map", load, HOLE_VADDR, 0, OF_ZERO, VA_DATA,
	  BOTH(FAULT_PF(PF_PRESENT)), 0 },
	{ "a store through a read-only leaf", write_through, RO, RW, OF_DATA,
	  OF_DATA, BOTH(WRITE_REFUSED), 0 },
	{ "a store below a read-only L2 entry", write_below, RO | PTE_US, LINK,
	  OF_ZERO, OF_ZERO, BOTH(WRITE_REFUSED), 0 },
};

static const struct refusal execute_rows[] = {
	{ "a jump to a page with NX", execute, RW | PTE_NX, RW, OF_DATA,
	  OF_DATA, BOTH(FAULT_PF(PF_PRESENT | PF_FETCH)), 0 },
};

static void try_rights(void)
{
	CHECK_CALL(REFUSAL_ROWS(right_rows, NULL));
	if (pv()->paging->nx) {
		CHECK_CALL(REFUSAL_ROWS(execute_rows, NULL));
	}
}

SELFTEST(access_rights, "accesses without a right to them fault")
{
	refusal_test(try_rights);
}

SELFTEST_SUITE(refusal_access, &stores, &assisted, &access_rights);
