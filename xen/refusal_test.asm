; SPDX-License-Identifier: MIT
;
; Instructions that a PV guest must not execute, or that Xen looks at.
;
; Each has an entry in the fixup table that leads behind it; trap_caught tells
; whether it faulted.

%include "arch/x86/fixup.inc"

%define INSN_BYTES 16

default rel
bits 64
section .text

; In: rdi = argument, an address or a value.
%macro INSTRUCTION 1+
%%access:
	%1
%%resume:
	ret
FIXUP %%access, %%resume, FIXUP_FAULT
%endmacro

; The next one of the table.
%macro INDEXED 1+
	align	INSN_BYTES
	INSTRUCTION %1
%endmacro

%macro NAMED 2+
global %1:function
%1:
	INSTRUCTION %2
%endmacro

; In the order of enum instruction.
global refusal_insns
align INSN_BYTES
refusal_insns:
	INDEXED nop
	INDEXED cli
	INDEXED sti
	INDEXED hlt
	INDEXED invlpg [rdi]
	INDEXED swapgs
	INDEXED lgdt [rdi]
	INDEXED ltr di
	INDEXED mov cr8, rdi

; A fault is at the instruction, the interrupt behind it.
	align	INSN_BYTES
..@int80:
	int	0x80
..@int80_next:
	nop
..@int80_resume:
	ret
FIXUP ..@int80, ..@int80_resume, FIXUP_FAULT
FIXUP ..@int80_next, ..@int80_resume, FIXUP_ANY

; Goes on behind itself, if it goes on.
	align	INSN_BYTES
	lea	rcx, [..@sysret_resume]
	pushfq
	pop	r11
..@sysret:
	o64 sysret
..@sysret_resume:
	ret
FIXUP ..@sysret, ..@sysret_resume, FIXUP_FAULT

	INDEXED stac
	INDEXED vmcall
	INDEXED ud2

	NAMED refusal_read_cr0, mov rax, cr0
	NAMED refusal_write_cr0, mov cr0, rdi
	NAMED refusal_write_cr3, mov cr3, rdi
	NAMED refusal_write_cr4, mov cr4, rdi
; In: rsi = value.
	NAMED refusal_store8, mov [rdi], rsi

; In: rdi = number, rsi = value.
global refusal_wrmsr:function
refusal_wrmsr:
	mov	ecx, edi
	mov	eax, esi
	mov	rdx, rsi
	shr	rdx, 32
	INSTRUCTION wrmsr

; Stores what is there, 16 bytes at once. In: rdi = address.
global refusal_store16:function
refusal_store16:
	push	rbx
	mov	rax, [rdi]
	mov	rdx, [rdi + 8]
	mov	rbx, rax
	mov	rcx, rdx
..@store16:
	lock cmpxchg16b [rdi]
..@store16_resume:
	pop	rbx
	ret
FIXUP ..@store16, ..@store16_resume, FIXUP_FAULT
