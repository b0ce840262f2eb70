; SPDX-License-Identifier: MIT
;
; Trap and callback stubs under Xen PV.
;
; Entry state: Xen has aligned the stack to 16 bytes and pushed what the CPU
; would push natively, and below that r11 and rcx, because it came through a
; SYSRET that destroys them (xen/arch-x86/xen-x86_64.h). So a stub pops the
; two and is then where a native stub begins. Exit state: the iret hypercall.
; An IRETQ would do as well, but it runs at ring 3 here, and QEMU 7.2 refuses
; it there while SMAP is on.

%include "arch/x86/trap_stubs.inc"
%include "xen/asm-offsets.inc"

default rel
bits 64
section .text

extern trap_handle

global xen_trap_stubs
align 16
xen_trap_stubs:
%assign n 0
%rep 256
	STUB_BEGIN
	pop	rcx
	pop	r11
%if !HAS_ERROR(n)
	push	0
%endif
	push	n
	jmp	xen_trap_common
	STUB_END
%assign n n + 1
%endrep

; %1 = name, %2 = vector, %3 = words between r11 and rip
%macro CALLBACK 3
global %1:function
%1:
	pop	rcx
	pop	r11
	add	rsp, 8 * %3
	push	0
	push	%2
	jmp	xen_trap_common
%endmacro

	CALLBACK xen_event_callback, TRAP_XEN_EVENT, 0
	CALLBACK xen_failsafe_callback, TRAP_XEN_FAILSAFE, 4
	CALLBACK xen_syscall_callback, TRAP_SYSCALL, 0
	CALLBACK xen_sysenter_callback, TRAP_XEN_SYSENTER, 0

; The iret hypercall takes rax, r11, rcx and flags from the stack, and then
; the frame. Flags 0: all of it is restored. The vector and the error code
; make room for two of the four.
global xen_trap_common:function
xen_trap_common:
	TRAP_CALL
; Entry: rsp = a struct trap_frame.
global xen_trap_return
xen_trap_return:
	TRAP_RESTORE
	mov	qword [rsp + 8], 0
	mov	[rsp], rcx
	push	r11
	push	rax
	mov	eax, __HYPERVISOR_iret
	syscall
	ud2			; the hypercall does not return
