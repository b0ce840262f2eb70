// SPDX-License-Identifier: MIT
/*
 * A model of a CPU and of a PC's ports.
 *
 * Takes the place of cpu.c and boot_tables.c when the host program is linked.
 */
#define _GNU_SOURCE
#include "tests/host/fake_cpu.h"

#include "arch/x86/boot_tables.h"
#include "arch/x86/cpu.h"
#include "arch/x86/pat.h"
#include "arch/x86/traps.h"
#include "lib/assert.h"
#include "tests/host/arena.h"
#include "tests/host/fake_apic.h"
#include "tests/host/fake_pm.h"
#include "tests/host/fake_tlb.h"

#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

uint64_t boot_l4[ENTRY_COUNT];

static uint64_t pat = PAT_MSR_RESET;

static uint64_t cr2;
static uint64_t cr3;
static uint64_t cr4;
static uint64_t ac;
static uint64_t efer = EFER_LME_LMA | EFER_NXE;
static uint32_t pkru;
static uint8_t uart_scratch;

/* ---- Faults of the process ---------------------------------------------- */

/* The frame's general registers in the order of struct trap_frame. */
static const int gregs[] = { REG_R15, REG_R14, REG_R13, REG_R12, REG_RBP,
			     REG_RBX, REG_R11, REG_R10, REG_R9,	 REG_R8,
			     REG_RAX, REG_RCX, REG_RDX, REG_RSI, REG_RDI };

_Static_assert(offsetof(struct trap_frame, vector) ==
		       ARRAY_COUNT(gregs) * sizeof(uint64_t),
	       "as many registers as the frame has");

static void on_signal(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct trap_frame frame = {
		.vector = (uint64_t)regs[REG_TRAPNO],
		.error = (uint64_t)regs[REG_ERR] & ~(uint64_t)PF_USER,
		.rip = (uint64_t)regs[REG_RIP],
		.rflags = ((uint64_t)regs[REG_EFL] & ~(uint64_t)RFLAGS_AC) | ac,
		.rsp = (uint64_t)regs[REG_RSP],
	};
	uint64_t *general = (uint64_t *)&frame;

	(void)signal;
	(void)info;
	for (size_t i = 0; i < ARRAY_COUNT(gregs); i++) {
		general[i] = (uint64_t)regs[gregs[i]];
	}
	cr2 = (uint64_t)regs[REG_CR2];
	ac = 0;
	trap_handle(&frame);
	ac = frame.rflags & RFLAGS_AC;
	for (size_t i = 0; i < ARRAY_COUNT(gregs); i++) {
		regs[gregs[i]] = (greg_t)general[i];
	}
	regs[REG_RIP] = (greg_t)frame.rip;
	regs[REG_RSP] = (greg_t)frame.rsp;
}

void fake_cpu_init(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
				       SIGTRAP };
	struct sigaction action = { .sa_sigaction = on_signal,
				    .sa_flags = SA_SIGINFO | SA_NODEFER };

	cr4 = CR4_PAE;
	for (size_t i = 0; i < ARRAY_COUNT(signals); i++) {
		if (sigaction(signals[i], &action, NULL) != 0) {
			PANIC("the host refuses a signal handler");
		}
	}
}

/* ---- Instructions -------------------------------------------------------- */

uint64_t cpu_rdtsc(void)
{
	return __builtin_ia32_rdtsc();
}

uint8_t cpu_in8(uint16_t port)
{
	switch (port - PORT_COM1) {
	case 2: /* Identity: it has a FIFO. */
		return 0xc0;
	case 5: /* Line status: the transmitter is always empty. */
		return 0x20;
	case 7:
		return uart_scratch;
	default:
		return 0xff;
	}
}

/* Past stdio, so that nothing is lost in a buffer when a test crashes. */
static void send_byte(uint8_t byte)
{
	if (byte != '\r' && write(STDOUT_FILENO, &byte, 1) != 1) {
		_exit(3);
	}
}

void cpu_out8(uint16_t port, uint8_t value)
{
	static bool latch;

	switch (port) {
	case PORT_COM1:
		if (!latch) {
			send_byte(value);
		}
		break;
	case PORT_COM1 + 3:
		latch = (value & 0x80) != 0;
		break;
	case PORT_COM1 + 7:
		uart_scratch = value;
		break;
	case PORT_DEBUG_EXIT: /* 0x10 and up, as the runner's status. */
		_exit(value - 0x10);
	default:
		fake_pm_write(port, value);
		break;
	}
}

/* The process's flags are not ours; the model has AC alone, and bit 1, which is
 * always set. */
uint64_t cpu_read_rflags(void)
{
	return 2 | ac;
}

void cpu_stac(void)
{
	ac = RFLAGS_AC;
}

void cpu_clac(void)
{
	ac = 0;
}

uint32_t cpu_read_pkru(void)
{
	return pkru;
}

void cpu_write_pkru(uint32_t value)
{
	pkru = value;
}

void cpu_write_cr0(uint64_t value)
{
	ASSERT(value == cpu_read_cr0());
}

uint64_t cpu_read_cr0(void)
{
	return CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE;
}

uint64_t cpu_read_cr2(void)
{
	return cr2;
}

uint64_t cpu_read_cr3(void)
{
	return cr3;
}

uint64_t cpu_read_cr4(void)
{
	return cr4;
}

/* A change of PGE drops all translations (SDM vol. 3, 4.10.4.1). */
void cpu_write_cr4(uint64_t value)
{
	bool flush = ((cr4 ^ value) & CR4_PGE) != 0;

	cr4 = value;
	if (flush) {
		fake_tlb_flush_all();
	}
}

uint64_t cpu_read_msr(uint32_t msr)
{
	switch (msr) {
	case MSR_EFER:
		return efer;
	case MSR_PAT:
		return pat;
	default:
		return fake_apic_has(msr) ? fake_apic_read(msr) : 0;
	}
}

void cpu_write_msr(uint32_t msr, uint64_t value)
{
	if (fake_apic_has(msr)) {
		fake_apic_write(msr, value);
	} else if (msr == MSR_PAT) {
		pat = value;
	} else if (msr == MSR_EFER) {
		efer = value;
	}
}

void cpu_write_entry(uint64_t *entry, uint64_t value)
{
	fake_tlb_store(entry, value);
}

void cpu_write_cr3(uint64_t value)
{
	cr3 = value;
	fake_tlb_cr3_written();
}

void cpu_load_gdt(const struct descriptor_table *table)
{
	(void)table;
}

void cpu_load_idt(const struct descriptor_table *table)
{
	(void)table;
}

void cpu_load_tr(uint16_t selector)
{
	(void)selector;
}

void cpu_load_segments(uint16_t code, uint16_t data)
{
	(void)code;
	(void)data;
}

void cpu_invlpg(vaddr_t page)
{
	fake_tlb_flush_page(page);
}

/* The cache of the process is not ours to look after. */
void cpu_flush_line(vaddr_t address, bool opt)
{
	(void)address;
	(void)opt;
}

void cpu_wbinvd(void)
{
}

void cpu_mfence(void)
{
}

/* Nothing interrupts a process but what it raises itself. */
static bool interrupts_on;

irqstate_t cpu_irq_save(void)
{
	irqstate_t state = { (interrupts_on ? IRQSTATE_ON : 0) | irq_poison };

	interrupts_on = false;
	return state;
}

void cpu_irq_restore(irqstate_t state)
{
	interrupts_on = irq_was_on(state);
}

void cpu_irq_enable(void)
{
	interrupts_on = true;
}

void cpu_irq_disable(void)
{
	interrupts_on = false;
}

void cpu_irq_wait(void)
{
}

void cpu_stop(void)
{
	_exit(3);
}

/* ---- Boot tables --------------------------------------------------------- */

void *boot_tables_ptr(paddr_t address)
{
	return arena_ptr(address);
}

void boot_tables_enter_five_levels(void)
{
	cr4 |= CR4_LA57;
}

void boot_tables_hide(vaddr_t page)
{
	arena_hide(page);
}

/* There are no frames but the arena's. */
void boot_tables_show(vaddr_t page, mfn_t frame)
{
	PANIC("nothing can be shown at %016lx, not even frame 0x%lx", page.va,
	      frame.mfn);
}
