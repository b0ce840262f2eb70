; SPDX-License-Identifier: MIT
;
; Multiboot2 header and entry (Multiboot2 Specification 2.0, 3.1 and 3.3).
;
; GRUB comes in here, from BIOS and from UEFI. It finds the header in the first
; 32 KiB of the file, where linker.ld puts it, and loads the image by its ELF
; headers, moved to another multiple of 2 MiB if there is no RAM where the image
; was linked to. Boot services are not asked for: GRUB leaves them.
;
; There is no header of Multiboot 1: QEMU's -kernel would prefer it to the PVH
; note, and then refuse an ELF file of 64 bits.

%include "boot/enter.inc"

HEADER_MAGIC	equ 0xe85250d6
HEADER_I386	equ 0			; entered in 32-bit protected mode
LOADED_MAGIC	equ 0x36d76289		; in eax, if the loader is one

TAG_END		equ 0
TAG_ENTRY	equ 3
TAG_RELOCATABLE	equ 10
TAG_OPTIONAL	equ 1			; a flag: a loader may not know this tag
PREFER_LOWEST	equ 1

section .multiboot2 progbits alloc noexec nowrite align=8
global multiboot2_header
multiboot2_header:
	dd	HEADER_MAGIC
	dd	HEADER_I386
	dd	.end - multiboot2_header
	dd	-(HEADER_MAGIC + HEADER_I386 + (.end - multiboot2_header)) & 0xffffffff

	dw	TAG_ENTRY, 0
	dd	12
	dd	multiboot2_entry - IMAGE_BASE_VADDR
	dd	0			; tags begin at multiples of 8

	dw	TAG_RELOCATABLE, TAG_OPTIONAL
	dd	24
	dd	IMAGE_PADDR		; from here
	dd	0xffffffff		; to here
	dd	IMAGE_ALIGN
	dd	PREFER_LOWEST

	dw	TAG_END, 0
	dd	8
.end:

; Entry: as enter.inc has it: ebx = boot information; and eax = LOADED_MAGIC. A
; loader that says otherwise hands over nothing: C refuses address 0.
section .text
bits 32
global multiboot2_entry:function
multiboot2_entry:
	cmp	eax, LOADED_MAGIC
	je	multiboot2_loaded
	xor	ebx, ebx
	jmp	multiboot2_loaded

ENTER32 multiboot2_loaded, start_multiboot2, "multiboot2"
