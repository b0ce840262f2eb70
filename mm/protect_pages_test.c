// SPDX-License-Identifier: MIT
/*
 * Tests of what the CPU's protections do.
 *
 * Each is tried on a page, with the access that it denies, and as a control
 * with the same access where the protection is off. The controls are ring 0's
 * alone.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/probe.h"
#include "arch/x86/protect.h"
#include "arch/x86/user_access.h"
#include "mm/direct_map.h"
#include "mm/own_tables.h"
#include "mm/user_map.h"

#define RET 0xc3
#define AT  vaddr(UINT64_C(0x7f1234567000))

static const uint8_t constant[8] = { RET };
static uint8_t data[8] = { RET };
static pfn_t frame;
static struct fault fault;
static uint64_t value;

#define SKIP_UNLESS(features)                                     \
	do {                                                      \
		SKIP_WITHOUT_TABLES();                            \
		if (pv()->ring != 0) {                            \
			SKIP("protections are the hypervisor's"); \
		}                                                 \
		if (!protect_has(features)) {                     \
			SKIP("the CPU has it not");               \
		}                                                 \
	} while (0)

static void check_denied(bool done, uint64_t error, vaddr_t at)
{
	CHECK(!done);
	CHECK_EQ(fault.vector, VECTOR_PF);
	CHECK_EQ(fault.error, error);
	CHECK_EQ(fault.address.va, at.va);
}

/* Runs body with a user page of these rights, that holds a RET. */
static void with_page(unsigned int right_bits, void (*body)(void))
{
	struct pgtable *pt = kernel_pgtable();
	uint8_t *alias;

	CHECK_EQ(page_alloc(pt->pages, PAGE_TEST, &frame), OK);
	alias = vaddr_ptr(direct_map_vaddr(pfn_paddr(frame)));
	alias[0] = RET;
	CHECK_EQ(user_map(pt, AT, PAGE_BYTES, pfn_paddr(frame),
			  rights(right_bits)),
		 OK);
	body();
	user_unmap(pt, AT, PAGE_BYTES);
	page_free(pt->pages, frame);
}

static bool read_open(void)
{
	bool done;

	user_access_begin();
	done = probe_read(AT, &value, &fault);
	user_access_end();
	return done;
}

static bool write_open(void)
{
	bool done;

	user_access_begin();
	done = probe_write(AT, RET, &fault);
	user_access_end();
	return done;
}

/* ---- Kernel pages -------------------------------------------------------- */

/* PROTECT-1 */
SELFTEST(wp, "WP: the kernel's store to a read-only page faults, by CR0.WP")
{
	vaddr_t at = vaddr_of(constant);
	bool done;

	SKIP_UNLESS(0);
	CHECK_CALL(check_denied(probe_write(at, RET, &fault),
				PF_PRESENT | PF_WRITE, at));
	cpu_write_cr0(cpu_read_cr0() & ~(uint64_t)CR0_WP);
	done = probe_write(at, RET, &fault);
	cpu_write_cr0(cpu_read_cr0() | CR0_WP);
	CHECK(done);
	CHECK_CALL(check_denied(probe_write(at, RET, &fault),
				PF_PRESENT | PF_WRITE, at));
}

/* PROTECT-1 */
SELFTEST(nx, "NX: the kernel's fetch from data faults")
{
	SKIP_UNLESS(FEATURE_NX);
	CHECK_CALL(check_denied(probe_execute(vaddr_of(data), &fault),
				PF_PRESENT | PF_FETCH, vaddr_of(data)));
}

/* ---- User pages ---------------------------------------------------------- */

static void try_smep(void)
{
	uint64_t cr4 = cpu_read_cr4();
	bool done;

	CHECK_CALL(check_denied(probe_execute(AT, &fault),
				PF_PRESENT | PF_FETCH, AT));
	/* Data of the same page is open inside the window. */
	CHECK(read_open());
	cpu_write_cr4(cr4 & ~(uint64_t)CR4_SMEP);
	done = probe_execute(AT, &fault);
	cpu_write_cr4(cr4);
	CHECK(done);
	CHECK(!probe_execute(AT, &fault));
}

/* PROTECT-1 */
SELFTEST(smep, "SMEP: the kernel's fetch from a user page faults, by CR4.SMEP")
{
	SKIP_UNLESS(FEATURE_SMEP);
	with_page(RIGHT_EXECUTE, try_smep);
}

static void try_smap(void)
{
	uint64_t cr4 = cpu_read_cr4();
	bool done;

	CHECK_CALL(
		check_denied(probe_read(AT, &value, &fault), PF_PRESENT, AT));
	CHECK_CALL(check_denied(probe_write(AT, RET, &fault),
				PF_PRESENT | PF_WRITE, AT));
	CHECK(read_open());
	CHECK_EQ(value, RET);
	CHECK(write_open());
	/* It is closed again. */
	CHECK_CALL(
		check_denied(probe_read(AT, &value, &fault), PF_PRESENT, AT));
	cpu_write_cr4(cr4 & ~(uint64_t)CR4_SMAP);
	done = probe_read(AT, &value, &fault);
	cpu_write_cr4(cr4);
	CHECK(done);
	CHECK(!probe_read(AT, &value, &fault));
}

/* PROTECT-1, UACCESS-1 */
SELFTEST(smap, "SMAP: user pages fault but inside the window, by CR4.SMAP")
{
	SKIP_UNLESS(FEATURE_SMAP);
	with_page(RIGHT_WRITE, try_smap);
}

static void try_fault_inside(void)
{
	bool first;
	bool second;

	/* A fault in the window, with its fixup, leaves it open. */
	user_access_begin();
	first = probe_write(AT, RET, &fault);
	second = probe_read(AT, &value, &fault);
	user_access_end();
	CHECK(!first);
	CHECK(second);
	CHECK_EQ(probe_read(AT, &value, &fault), !protect_has(FEATURE_SMAP));
}

/* UACCESS-2 */
SELFTEST(fault_inside, "a fault that is caught inside a window leaves it open")
{
	SKIP_UNLESS(0);
	with_page(0, try_fault_inside);
}

static void set_key_0(uint32_t denied)
{
	cpu_write_pkru(denied);
}

static void try_pke(void)
{
	bool read;
	bool written;
	bool read_then;

	set_key_0(PKRU_DENY_ACCESS);
	read = read_open();
	set_key_0(PKRU_DENY_WRITE);
	read_then = read_open();
	written = write_open();
	set_key_0(0);
	/* The last fault is that of the write. */
	CHECK_CALL(check_denied(written, PF_PRESENT | PF_WRITE | PF_PKEY, AT));
	CHECK(read_then);
	CHECK(!read);
	set_key_0(PKRU_DENY_ACCESS);
	read = read_open();
	set_key_0(0);
	CHECK_CALL(check_denied(read, PF_PRESENT | PF_PKEY, AT));
	CHECK(write_open());
}

/* PROTECT-1 */
SELFTEST(pke, "PKE: a user page that PKRU denies is denied to the kernel too")
{
	SKIP_UNLESS(FEATURE_PKU);
	with_page(RIGHT_WRITE, try_pke);
}

/* SPURIOUS-1 */
static void try_not_spurious(void)
{
	struct fault made_up = { VECTOR_PF, PF_PRESENT, AT };
	trap_retry_t asked = trap_set_retry(NULL);

	trap_set_retry(asked);
	CHECK(!asked(&made_up));
	made_up.address = vaddr_of(data);
	CHECK(asked(&made_up));
}

SELFTEST(not_spurious, "what is denied for a user page is not tried again")
{
	SKIP_UNLESS(0);
	with_page(RIGHT_WRITE, try_not_spurious);
}

SELFTEST_SUITE(protect_pages, &wp, &nx, &smep, &smap, &fault_inside, &pke,
	       &not_spurious);
