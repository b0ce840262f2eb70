; SPDX-License-Identifier: MIT
;
; Accesses that may fault.
;
; Each function has one instruction that may fault and an entry in the fixup
; table that leads behind it. The result says nothing about the fault: the
; caller asks trap_caught.

%include "arch/x86/fixup.inc"

default rel
bits 64

section .text

; In: rdi = address. Out: rax = the eight bytes there.
global probe_read_raw:function
probe_read_raw:
.access:
	mov	rax, [rdi]
.resume:
	ret
FIXUP probe_read_raw.access, probe_read_raw.resume, FIXUP_FAULT

; The same by way of the stack segment.
global probe_read_stack_raw:function
probe_read_stack_raw:
	push	rbp
	mov	rbp, rdi
.access:
	mov	rax, [rbp]
.resume:
	pop	rbp
	ret
FIXUP probe_read_stack_raw.access, probe_read_stack_raw.resume, FIXUP_FAULT

; In: rdi = address, sil = byte.
global probe_write_raw:function
probe_write_raw:
.access:
	mov	[rdi], sil
.resume:
	ret
FIXUP probe_write_raw.access, probe_write_raw.resume, FIXUP_FAULT

; In: rdi = address of code that returns.
;
; Two things can fault. The call itself, where the address is not canonical;
; and the first fetch behind it, when rip is already the target and only the
; return address on the stack still tells who called.
global probe_execute_raw:function
probe_execute_raw:
	sub	rsp, 8		; the ABI's alignment for the called code
.access:
	call	rdi
.resume:
	add	rsp, 8
	ret
FIXUP probe_execute_raw.access, probe_execute_raw.resume, FIXUP_FAULT
FIXUP probe_execute_raw.resume, probe_execute_raw.resume, FIXUP_CALL
