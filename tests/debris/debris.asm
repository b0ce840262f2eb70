; SPDX-License-Identifier: MIT
;
; A loader that leaves debris
;
; QEMU hands a kernel clean control registers, real loaders do not. This one is
; booted in the kernel's place, sets what a loader could have left, five-level
; paging and a stack segment of no use among it, and goes to the kernel's PVH
; entry at ENTRY. QEMU's loader device has put the kernel there, where it was
; linked to or elsewhere.

%include "arch/x86/asm-offsets.inc"
%include "xen/asm-offsets.inc"
%include "xen/note.inc"

CR0_DEBRIS	equ 0x60000011		; caches off, as Bochs' BIOS leaves it
CR4_DEBRIS	equ 0x000016b0		; LA57 OSXMMEXCPT OSFXSR PGE PAE PSE
EFER_DEBRIS	equ 0x00000901		; NXE LME SCE

section .note note alloc noexec nowrite align=4
	XEN_NOTE XEN_ELFNOTE_PHYS32_ENTRY, dd start

section .text
bits 32

; Entry and exit: as in boot/enter.inc, ebx = start_info.
global start
start:
	mov	ecx, MSR_EFER
	mov	eax, EFER_DEBRIS
	xor	edx, edx
	wrmsr
	mov	eax, CR4_DEBRIS
	mov	cr4, eax
	mov	eax, CR0_DEBRIS
	mov	cr0, eax
	lgdt	[gdt_register]
	mov	eax, 8
	mov	ds, eax
	mov	es, eax
	mov	eax, 16
	mov	ss, eax
	mov	eax, ENTRY
	jmp	eax

align 8
gdt:
	dq	0
	dq	0x00cf92000000ffff	; data
	dq	0x000092000000ffff	; data, 16-bit, 64 KiB
gdt_register:
	dw	$ - gdt - 1
	dd	gdt
