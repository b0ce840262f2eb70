// SPDX-License-Identifier: MIT
/*
 * The local APIC, as something that interrupts us.
 */
#include "arch/x86/apic.h"

#include "arch/x86/cpu.h"
#include "arch/x86/irq.h"
#include "arch/x86/regs.h"
#include "lib/assert.h"

/* Byte offsets of registers (Intel SDM vol. 3, table 11-1). In x2APIC mode they
 * are MSRs from MSR_X2APIC on, and what is 16 bytes apart in memory is one
 * apart there (table 11-6). */
#define EOI	      0x0b0
#define SPURIOUS      0x0f0
#define IN_SERVICE    0x100 /* Eight of 32 bits, 16 bytes apart. */
#define COMMAND	      0x300
#define TIMER	      0x320
#define INITIAL_COUNT 0x380
#define DIVIDE	      0x3e0
#define SELF_IPI      0x3f0 /* In x2APIC mode only. */

#define SPURIOUS_ENABLE 0x100
#define COMMAND_SELF	0x40000 /* Destination shorthand, fixed delivery. */
#define TIMER_MASKED	0x10000
#define DIVIDE_BY_1	0xb

#define VECTOR_TIMER	0xf0
#define VECTOR_SELF	0xf1
#define VECTOR_SPURIOUS 0xff

/* The timer's rate is anything, so it is looked at the TSC each time. */
#define TIMER_STEP 20000

/* The data ports of the two 8259s: a bit set masks a line. */
#define PIC_MASTER 0x21
#define PIC_SLAVE  0xa1
#define PIC_NONE   0xff

static bool has_x2apic;
static bool found_x2apic;
static bool chosen_x2apic;

static bool in_use;
static bool by_msr;
static volatile uint8_t *base;
static uint64_t timer_deadline;

/* ---- Modes --------------------------------------------------------------- */

void apic_init(bool x2apic)
{
	has_x2apic = x2apic;
	found_x2apic = (cpu_read_msr(MSR_APIC_BASE) & APIC_BASE_X2APIC) != 0;
	chosen_x2apic = x2apic;
}

/* Into x2APIC mode the way leads through xAPIC mode, and out of it through the
 * disabled state; any other step is a fault (SDM vol. 3, 11.12.5). True if the
 * chosen mode is there. */
static bool enter_mode(void)
{
	uint64_t want = chosen_x2apic ? APIC_BASE_MODE : APIC_BASE_ENABLE;
	uint64_t now = cpu_read_msr(MSR_APIC_BASE);
	uint64_t rest = now & ~(uint64_t)APIC_BASE_MODE;

	if ((now & APIC_BASE_MODE) == want) {
		return true;
	}
	if ((now & APIC_BASE_X2APIC) != 0) {
		cpu_write_msr(MSR_APIC_BASE, rest);
	}
	cpu_write_msr(MSR_APIC_BASE, rest | APIC_BASE_ENABLE);
	if ((cpu_read_msr(MSR_APIC_BASE) & APIC_BASE_ENABLE) == 0) {
		return false;
	}
	cpu_write_msr(MSR_APIC_BASE, rest | want);
	return true;
}

bool apic_choose(bool x2apic)
{
	if (x2apic ? !has_x2apic : found_x2apic) {
		return false;
	}
	in_use = false;
	chosen_x2apic = x2apic;
	return enter_mode();
}

/* ---- Registers ----------------------------------------------------------- */

static uint32_t read(unsigned int offset)
{
	return by_msr ? (uint32_t)cpu_read_msr(MSR_X2APIC + offset / 16)
		      : *(volatile uint32_t *)(base + offset);
}

/* As MSRs they do not wait for earlier stores to memory (SDM vol. 3, 11.12.3),
 * which matters to other CPUs only. */
static void write(unsigned int offset, uint32_t value)
{
	if (by_msr) {
		cpu_write_msr(MSR_X2APIC + offset / 16, value);
	} else {
		*(volatile uint32_t *)(base + offset) = value;
	}
}

mfn_t apic_frame(void)
{
	uint64_t address = cpu_read_msr(MSR_APIC_BASE) & (BIT(PADDR_BITS) - 1);

	return chosen_x2apic ? MFN_NONE : mfn(address >> PAGE_SHIFT);
}

void pic_mask(void)
{
	cpu_out8(PIC_MASTER, PIC_NONE);
	cpu_out8(PIC_SLAVE, PIC_NONE);
}

void apic_use(volatile void *registers)
{
	static uint32_t spurious;

	if (registers == NULL) {
		write(TIMER, TIMER_MASKED);
		write(SPURIOUS, spurious);
		in_use = false;
		return;
	}
	if (!enter_mode()) {
		PANIC("the local APIC cannot be enabled");
	}
	by_msr = chosen_x2apic;
	base = registers;
	in_use = true;
	spurious = read(SPURIOUS);
	write(SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
	write(DIVIDE, DIVIDE_BY_1);
}

void apic_self(void)
{
	if (by_msr) {
		write(SELF_IPI, VECTOR_SELF);
	} else {
		write(COMMAND, COMMAND_SELF | VECTOR_SELF);
	}
}

static void arm(void)
{
	write(TIMER, VECTOR_TIMER);
	write(INITIAL_COUNT, TIMER_STEP);
}

void apic_timer(uint64_t deadline)
{
	timer_deadline = deadline;
	arm();
}

/* An INT instruction with the vector is none. */
static bool is_in_service(unsigned int vector)
{
	return (read(IN_SERVICE + vector / 32 * 16) >> vector % 32 & 1) != 0;
}

bool apic_interrupt(unsigned int vector)
{
	if (!in_use || (vector != VECTOR_TIMER && vector != VECTOR_SELF) ||
	    !is_in_service(vector)) {
		return in_use && vector == VECTOR_SPURIOUS;
	}
	write(EOI, 0);
	if (vector == VECTOR_SELF) {
		irq_arrived(IRQ_SELF);
	} else if (cpu_rdtsc() < timer_deadline) {
		arm();
	} else {
		irq_arrived(IRQ_TIMER);
	}
	return true;
}
