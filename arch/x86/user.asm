; SPDX-License-Identifier: MIT
;
; To user mode and back.
;
; The way there is that of a trap that returns: a frame on the stack, and a jump
; to what follows the handler. The way back is a trap whose frame leads to
; user_back.

%include "arch/x86/trap_stubs.inc"

default rel
bits 64
section .text

; void user_enter(frame, saved_rsp, leave, set_stack)
;
; Entry: C calling convention. Exit: at leave, with a copy of the frame at rsp;
; at user_back with rsp as it is in *saved_rsp it returns to the caller. What
; user mode pushes by a trap lands where the copy was.
global user_enter:function
user_enter:
	push	rbx
	push	rbp
	push	r12
	push	r13
	push	r14
	push	r15
	sub	rsp, 8			; to a multiple of 16
	mov	[rsi], rsp
	mov	rbx, rdi
	mov	r12, rdx
	mov	rdi, rsp
	call	rcx
	sub	rsp, TRAP_FRAME_BYTES
	mov	rsi, rbx
	mov	rdi, rsp
	mov	ecx, TRAP_FRAME_BYTES / 8
	rep	movsq
	jmp	r12

global user_back
user_back:
	cld
	add	rsp, 8
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbp
	pop	rbx
	ret

; Entry: rsp = a struct trap_frame with rcx = rip and r11 = rflags. Exit: SYSRET.
; Between the user's rsp and ring 3 nothing may push.
global native_user_sysret
native_user_sysret:
	cli
	TRAP_RESTORE
	mov	rsp, [rsp + 5 * 8]	; behind vector, error, rip, cs, rflags
	o64 sysret

extern native_trap_common

; Entry: as SYSCALL leaves it: rcx = rip, r11 = rflags, the rest the user's, rsp
; too, interrupts off (FMASK). Exit: a frame as of a trap.
global native_syscall_entry
native_syscall_entry:
	mov	[user_rsp], rsp
	mov	rsp, [native_syscall_stack]
	push	SELECTOR_USER_DATA
	push	qword [user_rsp]
	push	r11
	push	SELECTOR_USER_CODE
	push	rcx
	push	0
	push	TRAP_SYSCALL
	jmp	native_trap_common

section .bss
align 8
user_rsp:
	resq	1
global native_syscall_stack
native_syscall_stack:
	resq	1
