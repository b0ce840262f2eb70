// SPDX-License-Identifier: MIT
/*
 * The local APIC, as something that interrupts us.
 */
#include "arch/x86/apic.h"

#include "arch/x86/cpu.h"
#include "arch/x86/irq.h"
#include "arch/x86/regs.h"

/* Byte offsets of registers (Intel SDM vol. 3, table 11-1). */
#define EOI	      0x0b0
#define SPURIOUS      0x0f0
#define IN_SERVICE    0x100 /* Eight of 32 bits, 16 bytes apart. */
#define COMMAND	      0x300
#define TIMER	      0x320
#define INITIAL_COUNT 0x380
#define DIVIDE	      0x3e0

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

static volatile uint8_t *base;
static uint64_t timer_deadline;

static uint32_t read(unsigned int offset)
{
	return *(volatile uint32_t *)(base + offset);
}

static void write(unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)(base + offset) = value;
}

mfn_t apic_frame(void)
{
	return mfn((cpu_read_msr(MSR_APIC_BASE) & (BIT(PADDR_BITS) - 1)) >>
		   PAGE_SHIFT);
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
		base = NULL;
		return;
	}
	base = registers;
	spurious = read(SPURIOUS);
	write(SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
	write(DIVIDE, DIVIDE_BY_1);
}

void apic_self(void)
{
	write(COMMAND, COMMAND_SELF | VECTOR_SELF);
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
	if (base == NULL || (vector != VECTOR_TIMER && vector != VECTOR_SELF) ||
	    !is_in_service(vector)) {
		return base != NULL && vector == VECTOR_SPURIOUS;
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
