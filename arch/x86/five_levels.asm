; SPDX-License-Identifier: MIT
;
; Turning five-level paging on.
;
; CR4.LA57 must not change while paging is on (Intel SDM vol. 3, 4.1.1), and
; paging cannot be off in 64-bit mode. So this goes down to 32-bit code where
; the image lies in physical memory, below 4 GiB, and comes back. Physical
; memory must be mapped at its own address in the tables in use and in the new
; ones.

%include "arch/x86/asm-offsets.inc"

default rel
section .text

; void five_levels_enter(uint64_t root, uint64_t image)
;
; Entry: C calling convention, interrupts off; rdi = the new root, rsi = where
; the image is, both physical and below 4 GiB. Exit: the same place, on the new
; root. The upper halves of registers do not survive 32-bit code, so what must
; is on the stack, and rsp is kept in memory.
bits 64
global five_levels_enter:function
five_levels_enter:
	push	rbx
	push	rbp
	push	r12
	push	r13
	push	r14
	push	r15
	mov	[saved_rsp], rsp
	mov	rax, IMAGE_VADDR
	sub	rsi, rax		; from the image to physical memory
	lea	rsp, [rsp + rsi]	; the same stack there
	lea	rbx, [.back]
	add	rbx, rsi
	push	SELECTOR_CODE32
	lea	rax, [.down]
	add	rax, rsi
	push	rax
	o64 retf

bits 32
.down:
	mov	eax, cr0
	mov	edx, eax
	and	eax, ~CR0_PG & 0xffffffff
	mov	cr0, eax
	mov	eax, cr4
	or	eax, CR4_LA57
	mov	cr4, eax
	mov	cr3, edi
	mov	cr0, edx
	push	SELECTOR_CODE
	push	ebx
	retf

bits 64
.back:
	mov	rax, .high
	jmp	rax
.high:
	mov	rsp, [saved_rsp]
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbp
	pop	rbx
	ret

section .bss
align 8
saved_rsp:
	resq	1
