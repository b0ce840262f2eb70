; SPDX-License-Identifier: MIT
;
; Empty kernel for QEMU's PVH entry
;
; It writes one line and leaves. How long that takes is what the machine itself
; costs: the yardstick for the time of a native boot.

%include "tests/empty/asm-offsets.inc"
%include "xen/note.inc"

COM1		equ 0x3f8
LINE_STATUS	equ 5			; register of the serial port
TX_EMPTY	equ 0x20		; its bit: the next byte may be written
DEBUG_EXIT	equ 0xf4		; port of isa-debug-exit
PASS		equ 0x10		; which QEMU turns into exit status 33

section .note note alloc noexec nowrite align=4
	XEN_NOTE XEN_ELFNOTE_PHYS32_ENTRY, dd start

section .text
bits 32

; Entry: protected mode, paging off, interrupts off, no stack.
global start
start:
	mov	esi, line
	mov	edi, line.end
.next:
	mov	dx, COM1 + LINE_STATUS
.wait:
	in	al, dx
	test	al, TX_EMPTY
	jz	.wait
	mov	dx, COM1
	outsb
	cmp	esi, edi
	jb	.next

	mov	al, PASS
	out	DEBUG_EXIT, al
.halt:
	hlt				; only reached without the exit device
	jmp	.halt

section .data
line:	db "# empty", 10
.end:
