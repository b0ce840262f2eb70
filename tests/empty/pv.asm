; SPDX-License-Identifier: MIT
;
; Empty kernel for Xen's PV entry
;
; It writes one line and powers off, as dom0 and as domU. How long that takes is
; what Xen and the tools cost: the yardstick for the time of a boot under Xen.

%include "tests/empty/asm-offsets.inc"
%include "xen/note.inc"

section .note note alloc noexec nowrite align=4
	XEN_NOTE XEN_ELFNOTE_XEN_VERSION, db "xen-3.0", 0
	XEN_NOTE XEN_ELFNOTE_GUEST_OS, db "empty", 0
	XEN_NOTE XEN_ELFNOTE_LOADER, db "generic", 0
	XEN_NOTE XEN_ELFNOTE_VIRT_BASE, dq 0
	XEN_NOTE XEN_ELFNOTE_PADDR_OFFSET, dq 0
	XEN_NOTE XEN_ELFNOTE_ENTRY, dq start

%macro hypercall 1			; arguments in rdi, rsi, rdx; result in rax
	mov	eax, %1
	syscall
%endmacro

section .text
bits 64
default rel

; Entry: 64 bit, ring 3, paging on, rsi = start_info, rsp = a stack of Xen's.
global start
start:
	cld
	mov	rbp, rsi
	test	dword [rbp + START_FLAGS], SIF_INITDOMAIN
	jnz	.dom0

.domu:	; The console ring is a page known by its machine frame. Xen's table
	; gives the frame of ours, and with VIRT_BASE 0 that is its address.
	mov	rbx, [rbp + START_CONSOLE_MFN]
	mov	rax, M2P
	mov	rbx, [rax + rbx * 8]
	shl	rbx, 12
	lea	rsi, [line]
	lea	rdi, [rbx + RING_OUT]	; the ring is empty: no wrapping
	mov	ecx, LINE_BYTES
	rep movsb
	mov	dword [rbx + RING_OUT_PROD], LINE_BYTES
	mov	eax, [rbp + START_CONSOLE_PORT]
	mov	[port], eax
	mov	edi, EVTCHNOP_send
	lea	rsi, [port]
	hypercall __HYPERVISOR_event_channel_op
.drain:	; Output that is still in the ring when the domain goes is lost.
	mov	edi, SCHEDOP_yield
	xor	esi, esi
	hypercall __HYPERVISOR_sched_op
	cmp	dword [rbx + RING_OUT_CONS], LINE_BYTES
	jne	.drain
	jmp	.poweroff

.dom0:
	mov	edi, CONSOLEIO_write
	mov	esi, LINE_BYTES
	lea	rdx, [line]
	hypercall __HYPERVISOR_console_io

.poweroff:
	mov	edi, SCHEDOP_shutdown
	lea	rsi, [reason]
	hypercall __HYPERVISOR_sched_op
	ud2				; a shutdown does not return

section .data
line:	db "# empty", 10
LINE_BYTES equ $ - line
	align 4
reason:	dd SHUTDOWN_poweroff
port:	dd 0
