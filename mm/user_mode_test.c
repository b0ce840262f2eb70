// SPDX-License-Identifier: MIT
/*
 * Tests of user mode.
 *
 * Pieces of code (user_code_test.asm) run on a user page, with another one as
 * their stack, on both metals through the same calls.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/image.h"
#include "arch/x86/probe.h"
#include "arch/x86/protect.h"
#include "arch/x86/user.h"
#include "mm/direct_map.h"
#include "mm/iomap.h"
#include "mm/own_tables.h"
#include "mm/test_user_code.h"
#include "mm/user_space.h"

#define CODE  UINT64_C(0x400000)
#define STACK UINT64_C(0x7fffff000000)
#define TOP   (STACK + PAGE_BYTES)

#define GENERAL (offsetof(struct trap_frame, vector) / sizeof(uint64_t))
#define AT(reg) (offsetof(struct trap_frame, reg) / sizeof(uint64_t))

static struct user_space space;
static struct user_frame frame;
static pfn_t code_frame;
static pfn_t stack_frame;

static uint64_t *general(struct trap_frame *regs)
{
	return (uint64_t *)regs;
}

static uint64_t place(const uint8_t *code)
{
	return CODE + (uint64_t)(code - user_code);
}

static void run_at(const uint8_t *code)
{
	frame.regs.rip = place(code);
	frame.regs.rsp = TOP;
	pv()->enter_user(&frame);
}

/* Where, and why. */
static void check_trap(unsigned int vector, uint64_t error, uint64_t address)
{
	CHECK_EQ(frame.regs.vector, vector);
	CHECK_EQ(frame.regs.error, error);
	CHECK_EQ(frame.address.va, address);
	CHECK_EQ(frame.regs.cs & 3, 3);
}

static void map_pages(void)
{
	struct page_alloc *pages = kernel_pgtable()->pages;

	CHECK_EQ(page_alloc(pages, PAGE_TEST, &code_frame), OK);
	CHECK_EQ(page_alloc(pages, PAGE_TEST, &stack_frame), OK);
	memcpy(vaddr_ptr(direct_map_vaddr(pfn_paddr(code_frame))), user_code,
	       (size_t)(user_code_end - user_code));
	CHECK_EQ(user_map(space.pt, vaddr(CODE), PAGE_BYTES,
			  pfn_paddr(code_frame), rights(RIGHT_EXECUTE)),
		 OK);
	CHECK_EQ(user_map(space.pt, vaddr(STACK), PAGE_BYTES,
			  pfn_paddr(stack_frame), rights(RIGHT_WRITE)),
		 OK);
}

/* Runs body with an address space for user mode. */
static void with_space(void (*body)(void))
{
	struct page_alloc *pages = kernel_pgtable()->pages;
	uint64_t tables = pages->counts[PAGE_TABLE_LIVE];

	memset(&frame, 0, sizeof(frame));
	CHECK_EQ(user_space_open(&space), OK);
	CHECK_CALL(map_pages());
	body();
	user_unmap(space.pt, vaddr(CODE), PAGE_BYTES);
	user_unmap(space.pt, vaddr(STACK), PAGE_BYTES);
	user_space_close(&space);
	page_free(pages, code_frame);
	page_free(pages, stack_frame);
	CHECK_EQ(pages->counts[PAGE_TABLE_LIVE], tables); /* USPACE-2 */
	CHECK_EQ(pages->counts[PAGE_TABLE], 0);
}

#define WITH_SPACE(body)               \
	do {                           \
		SKIP_WITHOUT_TABLES(); \
		with_space(body);      \
	} while (0)

/* ---- Registers ----------------------------------------------------------- */

static void draw(struct random *random, uint64_t before[GENERAL])
{
	for (size_t i = 0; i < GENERAL; i++) {
		before[i] = random_u64(random);
		general(&frame.regs)[i] = before[i];
	}
	frame.regs.rflags = random_u64(random) & USER_FLAGS;
}

static void registers_body(void)
{
	struct random random = selftest_random();
	uint64_t before[GENERAL];

	for (unsigned int round = 0; round < 64; round++) {
		uint64_t flags;

		draw(&random, before);
		flags = frame.regs.rflags;
		run_at(user_code_invert);
		CHECK_CALL(check_trap(VECTOR_UD, 0, 0));
		for (size_t i = 0; i < GENERAL; i++) {
			CHECK_EQ(general(&frame.regs)[i], ~before[i]);
		}
		CHECK_EQ(frame.regs.rsp, TOP);
		CHECK_EQ(frame.regs.rip, place(user_code_call) - 2);
		CHECK_EQ(frame.regs.rflags & USER_FLAGS, flags);
	}
}

/* USER-1 */
SELFTEST(registers, "all registers and flags get to user mode and back intact")
{
	WITH_SPACE(registers_body);
}

static bool survives(size_t i)
{
	return i != AT(rcx) && i != AT(r11);
}

static void syscall_body(void)
{
	struct random random = selftest_random();
	uint64_t before[GENERAL];

	for (unsigned int round = 0; round < 64; round++) {
		uint64_t flags;

		draw(&random, before);
		flags = frame.regs.rflags;
		run_at(user_code_call);
		CHECK_CALL(check_trap(TRAP_SYSCALL, 0, 0));
		CHECK_EQ(frame.regs.rip, place(user_code_called));
		CHECK_EQ(frame.regs.rsp, TOP);
		CHECK_EQ(frame.regs.rflags & USER_FLAGS, flags);
		for (size_t i = 0; i < GENERAL; i++) {
			CHECK(!survives(i) ||
			      general(&frame.regs)[i] == ~before[i]);
		}
		/* It goes on; every other time with rcx and r11 changed, by
		 * which no SYSRET will do. */
		if (round % 2 != 0) {
			frame.regs.rcx = ~before[AT(rcx)];
			frame.regs.r11 = ~before[AT(r11)];
		}
		pv()->enter_user(&frame);
		CHECK_CALL(check_trap(VECTOR_UD, 0, 0));
		for (size_t i = 0; i < GENERAL; i++) {
			CHECK((round % 2 == 0 && !survives(i)) ||
			      general(&frame.regs)[i] == before[i]);
		}
		CHECK_EQ(frame.regs.rflags & USER_FLAGS, flags);
	}
}

/* USER-1 */
SELFTEST(system_call, "a system call comes back, and goes on where it was")
{
	WITH_SPACE(syscall_body);
}

static void flags_body(void)
{
	uint64_t kernel = cpu_read_rflags() & (RFLAGS_IF | RFLAGS_AC);

	frame.regs.rflags = UINT64_MAX;
	run_at(user_code_push);
	CHECK_CALL(check_trap(VECTOR_UD, 0, 0));
	CHECK_EQ(frame.regs.rflags & USER_FLAGS, USER_FLAGS);
	CHECK_EQ(frame.regs.rflags & (RFLAGS_IOPL | RFLAGS_NT | RFLAGS_TF), 0);
	CHECK_EQ(cpu_read_rflags() & (RFLAGS_IF | RFLAGS_AC), kernel);
	CHECK_EQ(cpu_read_rflags() & RFLAGS_DF, 0);
}

/* USER-2, USER-3, UACCESS-2 */
SELFTEST(flags, "user mode gets no privileged flag, and the kernel none of its")
{
	WITH_SPACE(flags_body);
}

/* ---- Memory -------------------------------------------------------------- */

static void stack_body(void)
{
	const uint64_t *alias =
		vaddr_ptr(direct_map_vaddr(pfn_paddr(stack_frame)));

	frame.regs.rax = UINT64_C(0x1122334455667788);
	run_at(user_code_push);
	CHECK_CALL(check_trap(VECTOR_UD, 0, 0));
	CHECK_EQ(frame.regs.rbx, frame.regs.rax);
	CHECK_EQ(READ_ONCE(alias[PAGE_BYTES / 8 - 1]), frame.regs.rax);
}

SELFTEST(user_stack, "user mode has a stack of its own")
{
	WITH_SPACE(stack_body);
}

static void check_kernel_address(vaddr_t address)
{
	/* Its page is there, or not even that. */
	uint64_t error = PF_USER | (pv()->ring == 0 ? PF_PRESENT : 0);

	frame.regs.rdi = address.va;
	run_at(user_code_read);
	CHECK_CALL(check_trap(VECTOR_PF, error, address.va));
	frame.regs.rdi = address.va;
	run_at(user_code_write);
	CHECK_CALL(check_trap(VECTOR_PF, error | PF_WRITE, address.va));
	frame.regs.rdi = address.va;
	run_at(user_code_jump);
	CHECK_CALL(
		check_trap(VECTOR_PF, error | probe_fetch_bit(), address.va));
	CHECK_EQ(frame.regs.rip, address.va);
}

static void kernel_memory_body(void)
{
	CHECK_CALL(check_kernel_address(vaddr_of(text_start)));
	CHECK_CALL(check_kernel_address(vaddr_of(&space)));
	CHECK_CALL(
		check_kernel_address(direct_map_vaddr(pfn_paddr(stack_frame))));
}

/* USPACE-1 */
SELFTEST(kernel_memory, "user mode reaches nothing of the kernel's")
{
	WITH_SPACE(kernel_memory_body);
}

static void user_rights_body(void)
{
	uint64_t error = PF_USER | PF_PRESENT;

	frame.regs.rdi = CODE;
	run_at(user_code_write);
	CHECK_CALL(check_trap(VECTOR_PF, error | PF_WRITE, CODE));
	frame.regs.rdi = CODE + PAGE_BYTES;
	run_at(user_code_read);
	CHECK_CALL(check_trap(VECTOR_PF, PF_USER, CODE + PAGE_BYTES));
	if (pv()->paging->nx) {
		frame.regs.rdi = STACK;
		run_at(user_code_jump);
		CHECK_CALL(check_trap(VECTOR_PF, error | PF_FETCH, STACK));
	}
	if (protect_has(FEATURE_PKU)) {
		frame.regs.rdi = STACK;
		cpu_write_pkru(PKRU_DENY_ACCESS);
		run_at(user_code_read);
		cpu_write_pkru(0);
		CHECK_CALL(check_trap(VECTOR_PF, error | PF_PKEY, STACK));
	}
}

SELFTEST(user_rights,
	 "user pages have for user mode the rights they were given")
{
	WITH_SPACE(user_rights_body);
}

/* ---- Instructions -------------------------------------------------------- */

static void privileged_body(void)
{
	frame.regs.rdi = STACK;
	run_at(user_code_hlt);
	CHECK_CALL(check_trap(VECTOR_GP, 0, 0));
	CHECK_EQ(frame.regs.rip, place(user_code_hlt));
}

SELFTEST(privileged, "a privileged instruction faults in user mode")
{
	WITH_SPACE(privileged_body);
}

static void umip_body(void)
{
	bool umip = protect_has(FEATURE_UMIP);

	frame.regs.rdi = STACK;
	run_at(user_code_sgdt);
	CHECK_CALL(check_trap(umip ? VECTOR_GP : VECTOR_UD, 0, 0));
	CHECK_EQ(frame.regs.rip,
		 umip ? place(user_code_sgdt) : place(user_code_hlt) - 2);
}

/* PROTECT-1 */
SELFTEST(umip,
	 "UMIP: SGDT faults in user mode, where UMIP is ours, and only then")
{
	WITH_SPACE(umip_body);
}

/* ---- Interrupts ---------------------------------------------------------- */

#define SOON  UINT64_C(200000)
#define TURNS UINT64_C(20000000)

static volatile unsigned int taken;

static void count(enum irq_source source)
{
	(void)source;
	taken++;
}

/* Spins with a timer that runs out meanwhile. */
static void spin(volatile void *apic)
{
	irq_handler_t before = irq_set_handler(count);
	irqstate_t state;

	taken = 0;
	pv()->irq_use(apic);
	pv()->irq_enable();
	pv()->irq_timer(cpu_rdtsc() + SOON);
	run_at(user_code_spin);
	state = pv()->irq_save();
	pv()->irq_use(NULL);
	irq_set_handler(before);
	CHECK(irq_was_on(state)); /* USER-3 */
}

static void interrupts_body(void)
{
	static volatile uint8_t any;
	mfn_t apic = pv()->irq_frame();
	const struct iomap *map;

	frame.regs.rdi = TURNS;
	frame.regs.rcx = 1;
	frame.regs.r11 = 2;
	if (mfn_eq(apic, MFN_NONE)) {
		spin(&any);
	} else {
		CHECK_EQ(iomap_add(apic, PAGE_BYTES, MT_UC, "local APIC", &map),
			 OK);
		spin(vaddr_ptr(map->start));
		iomap_remove(map);
	}
	CHECK_CALL(check_trap(VECTOR_UD, 0, 0));
	CHECK(taken != 0);
	CHECK_EQ(frame.regs.rip, place(user_code_spun));
	CHECK_EQ(frame.regs.rdi, 0);
	CHECK_EQ(frame.regs.rcx, 1);
	CHECK_EQ(frame.regs.r11, 2);
	CHECK((frame.regs.rflags & RFLAGS_IF) != 0);
}

/* USER-2 */
SELFTEST(interrupted, "an interrupt comes in user mode, which then goes on")
{
	WITH_SPACE(interrupts_body);
}

SELFTEST_SUITE(user_mode, &registers, &system_call, &flags, &user_stack,
	       &kernel_memory, &user_rights, &privileged, &umip, &interrupted);
