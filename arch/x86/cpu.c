// SPDX-License-Identifier: MIT
/*
 * Privileged instructions, out of line.
 *
 * Inline assembly stands here and in the probes of the tests, nowhere else
 * in C.
 */
#include "arch/x86/cpu.h"

struct cpuid cpu_cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "0"(leaf), "2"(subleaf));
	return r;
}

uint64_t cpu_rdtsc(void)
{
	uint32_t low;
	uint32_t high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

uint8_t cpu_in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void cpu_out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

uint16_t cpu_in16(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

void cpu_out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

uint64_t cpu_read_rflags(void)
{
	uint64_t value;

	__asm__ volatile("pushfq\n\tpopq %0" : "=r"(value) : : "memory");
	return value;
}

void cpu_stac(void)
{
	__asm__ volatile("stac" : : : "memory", "cc");
}

void cpu_clac(void)
{
	__asm__ volatile("clac" : : : "memory", "cc");
}

uint64_t cpu_read_cr0(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr0, %0" : "=r"(value));
	return value;
}

uint64_t cpu_read_cr2(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

uint64_t cpu_read_cr3(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr3, %0" : "=r"(value));
	return value;
}

uint64_t cpu_read_cr4(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

void cpu_write_cr0(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

void cpu_write_cr3(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

void cpu_write_cr4(uint64_t value)
{
	__asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

uint64_t cpu_read_msr(uint32_t msr)
{
	uint32_t low;
	uint32_t high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

void cpu_write_msr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)value),
			   "d"((uint32_t)(value >> 32))
			 : "memory");
}

uint32_t cpu_read_pkru(void)
{
	uint32_t value;
	uint32_t zero;

	__asm__ volatile("rdpkru" : "=a"(value), "=d"(zero) : "c"(0));
	return value;
}

void cpu_write_pkru(uint32_t value)
{
	__asm__ volatile("wrpkru" : : "a"(value), "c"(0), "d"(0) : "memory");
}

void cpu_write_entry(uint64_t *entry, uint64_t value)
{
	volatile uint64_t *place = entry;

	*place = value;
}

void cpu_load_gdt(const struct descriptor_table *table)
{
	__asm__ volatile("lgdt %0" : : "m"(*table) : "memory");
}

void cpu_load_idt(const struct descriptor_table *table)
{
	__asm__ volatile("lidt %0" : : "m"(*table) : "memory");
}

void cpu_load_tr(uint16_t selector)
{
	__asm__ volatile("ltr %0" : : "r"(selector) : "memory");
}

void cpu_load_segments(uint16_t code, uint16_t data)
{
	uint64_t scratch;

	__asm__ volatile("pushq %q1\n\t"
			 "leaq 1f(%%rip), %0\n\t"
			 "pushq %0\n\t"
			 "lretq\n"
			 "1:\n\t"
			 "movw %w2, %%ds\n\t"
			 "movw %w2, %%es\n\t"
			 "movw %w2, %%ss\n\t"
			 "xorl %k0, %k0\n\t"
			 "movw %w0, %%fs\n\t"
			 "movw %w0, %%gs\n\t"
			 : "=&r"(scratch)
			 : "r"((uint64_t)code), "r"((uint64_t)data)
			 : "memory");
}

void cpu_invlpg(vaddr_t page)
{
	__asm__ volatile("invlpg (%0)" : : "r"(page.va) : "memory");
}

void cpu_flush_line(vaddr_t address, bool opt)
{
	if (opt) {
		__asm__ volatile("clflushopt (%0)"
				 :
				 : "r"(address.va)
				 : "memory");
	} else {
		__asm__ volatile("clflush (%0)" : : "r"(address.va) : "memory");
	}
}

void cpu_wbinvd(void)
{
	__asm__ volatile("wbinvd" : : : "memory");
}

void cpu_mfence(void)
{
	__asm__ volatile("mfence" : : : "memory");
}

void cpu_stop(void)
{
	for (;;) {
		__asm__ volatile("cli; hlt" : : : "memory");
	}
}
