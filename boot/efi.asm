; SPDX-License-Identifier: MIT
;
; UEFI entry, and the note that leads to it (boot/efi/handover.h).

%include "boot/asm-offsets.inc"
%include "boot/enter.inc"
%include "xen/note.inc"

default rel
bits 64

extern kernel_stacks

section .note.Bimetal note alloc noexec nowrite align=4
	ELF_NOTE "Bimetal", EFI_NOTE_ENTRY, dd efi_entry - IMAGE_BASE_VADDR

section .rodata
align 8
efi_gdt:
	dq	0
	dq	DESCRIPTOR_CODE
	dq	DESCRIPTOR_DATA
	dq	DESCRIPTOR_CODE32
efi_gdt_end:

; Entry: 64-bit mode at ring 0, where the image is in physical memory, which is
; mapped there and lies below 4 GiB; rdi = what the application hands over,
; below 4 GiB too. Everything else is as the firmware left it: interrupts may
; be on, there may be five levels of tables, the stack may lie above 4 GiB.
; Exit: efi_enter32.
section .text
global efi_entry:function
efi_entry:
	cli
	cld
	lea	rsp, [kernel_stacks + PAGE_BYTES + STACK_BYTES]
	mov	ebx, edi
	lea	rax, [efi_gdt]
	push	rax
	push	rax
	mov	word [rsp + 6], efi_gdt_end - efi_gdt - 1
	lgdt	[rsp + 6]
	; Only what paging in 64-bit mode is made of can stay. Paging cannot be
	; switched off while there are process-context identifiers (Intel SDM
	; vol. 3, 4.10.1), and a return without a call is a fault while there is
	; a shadow stack (vol. 1, 17.2).
	mov	rax, cr4
	and	eax, CR4_PAE | CR4_LA57
	mov	cr4, rax
	push	SELECTOR_CODE32
	lea	rax, [.down]
	push	rax
	o64 retf

bits 32
.down:
	mov	eax, SELECTOR_DATA
	mov	ds, eax
	mov	eax, cr0
	and	eax, ~CR0_PG & 0xffffffff
	mov	cr0, eax
	jmp	efi_enter32

ENTER32 efi_enter32, start_efi, "efi"
