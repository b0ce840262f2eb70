; SPDX-License-Identifier: MIT
;
; The hypercall instruction.
;
; In the code itself, rather than a call into the page of stubs that Xen offers:
; it works from the first instruction, and there is no page that is writable by
; the hypervisor and executable.

default rel
bits 64

section .data
align 8
global xen_hypercall_way:data
xen_hypercall_way:
	dq	xen_by_syscall

section .text

; long xen_hypercall(number, first, second, third, fourth, fifth)
;
; Entry: C calling convention. Exit: rax = result. Xen takes the number in rax
; and the arguments in rdi, rsi, rdx, r10, r8; SYSCALL destroys rcx and r11,
; and debug builds of Xen the argument registers, all of which C expects.
global xen_hypercall:function
xen_hypercall:
	mov	rax, rdi
	mov	rdi, rsi
	mov	rsi, rdx
	mov	rdx, rcx
	mov	r10, r8
	mov	r8, r9
	jmp	[xen_hypercall_way]

; Entry: the registers as Xen takes them. Exit: rax = result.
xen_by_syscall:
	syscall
	ret

global xen_by_vmcall:function
xen_by_vmcall:
	vmcall
	ret

global xen_by_vmmcall:function
xen_by_vmmcall:
	vmmcall
	ret
