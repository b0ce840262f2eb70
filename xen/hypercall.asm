; SPDX-License-Identifier: MIT
;
; The hypercall instruction.
;
; SYSCALL in the code itself, rather than a call into the page of stubs that
; Xen offers: it works in every PV guest and from the first instruction, and
; there is no page that is writable by the hypervisor and executable.

default rel
bits 64
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
	syscall
	ret
