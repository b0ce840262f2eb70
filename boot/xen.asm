; SPDX-License-Identifier: MIT
;
; Xen PV entry, and the ELF notes of every boot path.
;
; The notes tell Xen's domain builder, and for PVH also QEMU, how to load and
; enter this image (xen/elfnote.h). One image carries the PV notes and the PVH
; one; each loader takes those it knows.

%include "arch/x86/asm-offsets.inc"
%include "xen/asm-offsets.inc"
%include "xen/note.inc"

default rel
bits 64

extern kernel_stacks
extern start_xen
extern pvh_entry

section .note.Xen note alloc noexec nowrite align=4
	XEN_NOTE XEN_ELFNOTE_GUEST_OS, db "Bimetal", 0
	XEN_NOTE XEN_ELFNOTE_XEN_VERSION, db "xen-3.0", 0
	XEN_NOTE XEN_ELFNOTE_LOADER, db "generic", 0
	XEN_NOTE XEN_ELFNOTE_VIRT_BASE, dq IMAGE_BASE_VADDR
	XEN_NOTE XEN_ELFNOTE_PADDR_OFFSET, dq 0
	XEN_NOTE XEN_ELFNOTE_ENTRY, dq xen_entry
	XEN_NOTE XEN_ELFNOTE_SUPPORTED_FEATURES, dd 1 << XENFEAT_dom0
	XEN_NOTE XEN_ELFNOTE_PHYS32_ENTRY, dd pvh_entry - IMAGE_BASE_VADDR

; Entry: 64-bit mode at ring 3 on the builder's page tables, events masked;
; rsi = start_info, rsp = end of a stack of one page, all else zero. Exit: C,
; on the kernel's stack, with start_info and the end of the boot stack, which
; tells how far the builder's map goes.
section .text
global xen_entry:function
xen_entry:
	mov	rdi, rsi
	mov	rsi, rsp
	lea	rsp, [kernel_stacks + PAGE_BYTES + STACK_BYTES]
	xor	ebp, ebp		; the end of every backtrace
	push	rbp
	push	rbp			; a return address of 0
	push	rbp
	jmp	start_xen
