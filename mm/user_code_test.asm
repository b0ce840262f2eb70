; SPDX-License-Identifier: MIT
;
; Code for user mode.
;
; Copied to a user page and run there; it refers to nothing outside. Each piece
; ends in a trap, UD2 where nothing else does.

default rel
bits 64
section .rodata

%macro INVERT 0
	not	rax
	not	rbx
	not	rcx
	not	rdx
	not	rsi
	not	rdi
	not	rbp
	not	r8
	not	r9
	not	r10
	not	r11
	not	r12
	not	r13
	not	r14
	not	r15
%endmacro

global user_code
user_code:

; NOT leaves the flags alone.
global user_code_invert
user_code_invert:
	INVERT
	ud2

global user_code_call
user_code_call:
	INVERT
	syscall
global user_code_called
user_code_called:
	INVERT
	ud2

global user_code_read
user_code_read:
	mov	rax, [rdi]
	ud2

; Through the stack segment.
global user_code_read_stack
user_code_read_stack:
	mov	rax, [rbp]
	ud2

global user_code_write
user_code_write:
	mov	[rdi], rax
	ud2

global user_code_jump
user_code_jump:
	jmp	rdi

global user_code_push
user_code_push:
	push	rax
	pop	rbx
	ud2

global user_code_sgdt
user_code_sgdt:
	sgdt	[rdi]
	ud2

global user_code_hlt
user_code_hlt:
	hlt

global user_code_spin
user_code_spin:
	dec	rdi
	jnz	user_code_spin
global user_code_spun
user_code_spun:
	ud2

global user_code_end
user_code_end:
