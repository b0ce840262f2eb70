// SPDX-License-Identifier: MIT
/*
 * Descriptor tables of the native backend.
 *
 * Formats: Intel SDM vol. 3, figures 3-8, 6-8 and 7-11.
 */
#include "arch/x86/gdt.h"

#include "arch/x86/cpu.h"
#include "arch/x86/regs.h"
#include "arch/x86/stacks.h"
#include "arch/x86/traps.h"

#define TYPE_TSS_PRESENT       0x89
#define TYPE_INTERRUPT_PRESENT 0x8e

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t io_map; /* Beyond the limit: there is none. */
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "the TSS has 104 bytes");

struct gate {
	uint16_t offset_low;
	uint16_t selector;
	uint8_t ist;
	uint8_t type;
	uint16_t offset_middle;
	uint32_t offset_high;
	uint32_t reserved;
};

_Static_assert(sizeof(struct gate) == 16, "a 64-bit gate has 16 bytes");

extern const uint8_t native_trap_stubs[];
extern const uint8_t native_syscall_entry[];
/* For SYSCALL, which changes no stack by itself. */
extern uint64_t native_syscall_stack;

static struct tss tss;
static uint64_t gdt[8];
static struct gate idt[VECTOR_COUNT];

static void tss_init(void)
{
	for (unsigned int i = 0; i < EXCEPTION_STACK_COUNT; i++) {
		tss.ist[i] = stack_exception_top(i).va;
	}
	tss.io_map = sizeof(tss);
}

static void gdt_init(void)
{
	uint64_t base = vaddr_of(&tss).va;

	gdt[SELECTOR_CODE / 8] = DESCRIPTOR_CODE;
	gdt[SELECTOR_DATA / 8] = DESCRIPTOR_DATA;
	gdt[SELECTOR_CODE32 / 8] = DESCRIPTOR_CODE32;
	gdt[SELECTOR_USER_DATA / 8] = DESCRIPTOR_USER_DATA;
	gdt[SELECTOR_USER_CODE / 8] = DESCRIPTOR_USER_CODE;
	gdt[SELECTOR_TSS / 8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 |
				(uint64_t)TYPE_TSS_PRESENT << 40 |
				(base >> 24 & 0xff) << 56;
	gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

/* The number of the interrupt stack, where 0 is the current one. */
static uint8_t ist_of(unsigned int vector)
{
	switch (vector) {
	case VECTOR_DF:
		return EXCEPTION_STACK_DF + 1;
	case VECTOR_NMI:
		return EXCEPTION_STACK_NMI + 1;
	case VECTOR_MC:
		return EXCEPTION_STACK_MC + 1;
	default:
		return 0;
	}
}

static void idt_init(void)
{
	for (unsigned int i = 0; i < VECTOR_COUNT; i++) {
		uint64_t stub = vaddr_of(native_trap_stubs +
					 (size_t)i * TRAP_STUB_BYTES)
					.va;

		idt[i] = (struct gate){
			.offset_low = (uint16_t)stub,
			.offset_middle = (uint16_t)(stub >> 16),
			.offset_high = (uint32_t)(stub >> 32),
			.selector = SELECTOR_CODE,
			.ist = ist_of(i),
			.type = TYPE_INTERRUPT_PRESENT,
		};
	}
}

/* SDM vol. 3, 5.8.8. SYSCALL loads CS with the selector in bits 32 to 47 and SS
 * with the next one; SYSRET, of that in bits 48 to 63, SS with the next one and
 * CS with the one behind that. */
static void syscall_init(void)
{
	uint64_t star = (uint64_t)(SELECTOR_USER_DATA - 8) << 48 |
			(uint64_t)SELECTOR_CODE << 32;

	_Static_assert(SELECTOR_DATA == SELECTOR_CODE + 8 &&
			       SELECTOR_USER_CODE == SELECTOR_USER_DATA + 8,
		       "in the order of SYSCALL and SYSRET");
	cpu_write_msr(MSR_STAR, star);
	cpu_write_msr(MSR_LSTAR, vaddr_of(native_syscall_entry).va);
	cpu_write_msr(MSR_FMASK, RFLAGS_TF | RFLAGS_IF | RFLAGS_DF |
					 RFLAGS_IOPL | RFLAGS_NT | RFLAGS_RF |
					 RFLAGS_AC);
	cpu_write_msr(MSR_EFER, cpu_read_msr(MSR_EFER) | EFER_SCE);
}

void descriptors_set_stack(vaddr_t top)
{
	tss.rsp[0] = top.va;
	native_syscall_stack = top.va;
}

void descriptors_init(void)
{
	struct descriptor_table gdt_register = { sizeof(gdt) - 1,
						 vaddr_of(gdt).va };
	struct descriptor_table idt_register = { sizeof(idt) - 1,
						 vaddr_of(idt).va };

	tss_init();
	gdt_init();
	idt_init();
	cpu_load_gdt(&gdt_register);
	cpu_load_segments(SELECTOR_CODE, SELECTOR_DATA);
	cpu_load_tr(SELECTOR_TSS);
	cpu_load_idt(&idt_register);
	syscall_init();
}
