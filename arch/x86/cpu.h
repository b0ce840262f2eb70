/* SPDX-License-Identifier: MIT */
/*
 * Privileged instructions, out of line.
 *
 * One function per instruction, so that the host tests can put a model of a
 * CPU in their place by linking. Each does what the manual says of the
 * instruction and nothing else. Under Xen PV the control register reads are
 * emulated by the hypervisor and give the guest's own values; port access and
 * the rest fault.
 */
#ifndef ARCH_X86_CPU_H
#define ARCH_X86_CPU_H

#include "arch/x86/addr.h"
#include "arch/x86/irq.h"

struct cpuid {
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;
};

/* The operand of LGDT and LIDT. */
struct descriptor_table {
	uint16_t limit; /* Bytes, minus one. */
	uint64_t base;
} __attribute__((packed));

struct cpuid cpu_cpuid(uint32_t leaf, uint32_t subleaf);
uint64_t cpu_rdtsc(void);

uint8_t cpu_in8(uint16_t port);
void cpu_out8(uint16_t port, uint8_t value);
uint16_t cpu_in16(uint16_t port);
void cpu_out16(uint16_t port, uint16_t value);

/* The flags as they are, AC and IF among them. */
uint64_t cpu_read_rflags(void);
/* STAC and CLAC, which the CPU must have (FEATURE_SMAP). Neither is moved
 * across an access to memory. */
void cpu_stac(void);
void cpu_clac(void);

uint64_t cpu_read_cr0(void);
uint64_t cpu_read_cr2(void);
uint64_t cpu_read_cr3(void);
uint64_t cpu_read_cr4(void);
void cpu_write_cr0(uint64_t value);
void cpu_write_cr3(uint64_t value);
void cpu_write_cr4(uint64_t value);

uint64_t cpu_read_msr(uint32_t msr);
void cpu_write_msr(uint32_t msr, uint64_t value);

/* What protection keys deny; undefined instructions without CR4.PKE. */
uint32_t cpu_read_pkru(void);
void cpu_write_pkru(uint32_t value);

/* One whole store to a page-table entry. */
void cpu_write_entry(uint64_t *entry, uint64_t value);

void cpu_load_gdt(const struct descriptor_table *table);
void cpu_load_idt(const struct descriptor_table *table);
void cpu_load_tr(uint16_t selector);
/* CS by a far return, then DS, ES, SS with data, FS and GS with null. */
void cpu_load_segments(uint16_t code, uint16_t data);

/* Drops this CPU's translations of the page, global ones included. */
void cpu_invlpg(vaddr_t page);

/* Writes the cache line of the address back to memory and drops it; with
 * CLFLUSHOPT, which the CPU must have, in any order up to the next fence. */
void cpu_flush_line(vaddr_t address, bool opt);
/* The same for all of the cache. A PV guest's may be ignored. */
void cpu_wbinvd(void);
void cpu_mfence(void);

/* Interrupts, as in struct pv. */
irqstate_t cpu_irq_save(void);
void cpu_irq_restore(irqstate_t state);
void cpu_irq_enable(void);
void cpu_irq_disable(void);
void cpu_irq_wait(void);

/* Stops for good: masked interrupts, HLT in a loop. */
NORETURN void cpu_stop(void);

#endif
