/* SPDX-License-Identifier: MIT */
/*
 * Register and entry bits.
 *
 * As named in the Intel SDM vol. 3, chapters 2 and 4, and vol. 4 for the
 * MSRs. Numbers only: nasm gets them through asm-offsets.c.
 */
#ifndef ARCH_X86_REGS_H
#define ARCH_X86_REGS_H

#define CR0_PE 0x1
#define CR0_MP 0x2
#define CR0_ET 0x10
#define CR0_NE 0x20
#define CR0_WP 0x10000
#define CR0_PG 0x80000000

#define CR4_PAE	 0x20
#define CR4_MCE	 0x40
#define CR4_PGE	 0x80
#define CR4_UMIP 0x800
#define CR4_LA57 0x1000
#define CR4_SMEP 0x100000
#define CR4_SMAP 0x200000
#define CR4_PKE	 0x400000

#define MSR_EFER      0xc0000080
#define MSR_STAR      0xc0000081
#define MSR_LSTAR     0xc0000082
#define MSR_FMASK     0xc0000084
#define MSR_PAT	      0x277
#define MSR_APIC_BASE 0x1b
#define MSR_X2APIC    0x800 /* And those behind it. */
#define EFER_SCE      0x1
#define EFER_LME      0x100
#define EFER_LME_LMA  0x500
#define EFER_NXE      0x800

/* Of MSR_APIC_BASE (SDM vol. 3, 11.4.4 and 11.12.1). */
#define APIC_BASE_X2APIC 0x400
#define APIC_BASE_ENABLE 0x800
#define APIC_BASE_MODE	 0xc00

#define CPUID_EXTENDED	      0x80000000
#define CPUID_EXTENDED_FLAGS  0x80000001
#define CPUID_EXTENDED_EDX_NX 0x100000
#define CPUID_EXTENDED_EDX_LM 0x20000000

#define RFLAGS_FIXED 0x2 /* Always set. */
#define RFLAGS_TF    0x100
#define RFLAGS_IF    0x200
#define RFLAGS_DF    0x400
#define RFLAGS_IOPL  0x3000
#define RFLAGS_NT    0x4000
#define RFLAGS_RF    0x10000
#define RFLAGS_AC    0x40000
#define RFLAGS_ID    0x200000

/* Of protection key 0, which pages have without more (SDM vol. 3, 4.6.2). */
#define PKRU_DENY_ACCESS 0x1
#define PKRU_DENY_WRITE	 0x2

/* Page-table entries, as they are in memory. */
#define ENTRY_P	    0x1
#define ENTRY_RW    0x2
#define ENTRY_PCD   0x10
#define ENTRY_PS    0x80
#define ENTRY_COUNT 512

#define VECTOR_COUNT	256
#define EXCEPTION_COUNT 32 /* The vectors below are the CPU's own. */
/* Bit n is set if the CPU pushes an error code for vector n (SDM vol. 3, 6.15;
 * AMD APM vol. 2, 8.2 for 29 and 30). */
#define VECTORS_WITH_ERROR 0x60227d00
#define VECTOR_DE	   0
#define VECTOR_NMI	   2
#define VECTOR_BP	   3
#define VECTOR_OF	   4
#define VECTOR_UD	   6
#define VECTOR_DF	   8
#define VECTOR_SS	   12
#define VECTOR_GP	   13
#define VECTOR_PF	   14
#define VECTOR_MC	   18

/* The error code of a page fault (SDM vol. 3, 4.7). */
#define PF_PRESENT  0x1
#define PF_WRITE    0x2
#define PF_USER	    0x4
#define PF_RESERVED 0x8
#define PF_FETCH    0x10
#define PF_PKEY	    0x20

/* Ports of the PC, and what stands in them (National Semiconductor PC16550D
 * data sheet, table II). */
#define PORT_COM1	   0x3f8
#define UART_DATA	   0
#define UART_DIVISOR_LOW   0 /* While the latch bit is set. */
#define UART_INTERRUPTS	   1
#define UART_DIVISOR_TOP   1
#define UART_FIFO	   2 /* Written. */
#define UART_IDENTITY	   2 /* Read. */
#define UART_LINE	   3
#define UART_MODEM	   4
#define UART_STATUS	   5
#define UART_SCRATCH	   7
#define LINE_8N1	   0x03
#define LINE_DIVISOR_LATCH 0x80
#define FIFO_ENABLE_CLEAR  0x07
#define IDENTITY_FIFO	   0xc0
#define MODEM_DTR_RTS	   0x03
#define STATUS_FIFO_EMPTY  0x20
#define STATUS_ALL_SENT	   0x40

/* Of QEMU's isa-debug-exit. Its status is the value written, doubled, plus
 * one. */
#define PORT_DEBUG_EXIT	  0xf4
#define DEBUG_EXIT_PASS	  0x10
#define DEBUG_EXIT_FAIL	  0x11
#define DEBUG_EXIT_BROKEN 0x12

#endif
