; SPDX-License-Identifier: MIT
;
; From 32-bit mode to C.
;
; The protocols that enter a kernel in 32-bit mode meet here (boot/enter.inc).
; Nothing is taken for granted but what all of them promise: cs and ds flat,
; paging off, and everything the loader handed over below 4 GiB. Control
; registers are set outright, so whatever a loader left in them is gone,
; five-level paging included.

%include "arch/x86/asm-offsets.inc"

extern bss_end
extern bss_start
extern kernel_stacks
extern boot_l4
extern boot_l3_low
extern boot_l3_image
extern boot_l2_low
extern boot_l2_image
extern boot_l1_image

; Where a symbol of the image is in physical memory, if the image is where it
; was linked to; ebp holds how far it is from there.
%define LINKED(symbol) (symbol) - IMAGE_BASE_VADDR

%define ENTRY_TABLE (ENTRY_P | ENTRY_RW)
%define ENTRY_LARGE (ENTRY_P | ENTRY_RW | ENTRY_PS)
%define LARGE_BYTES 0x200000

; Index of an address in the table of a level, times the size of an entry.
%define SLOT(address, level) ((((address) >> (12 + 9 * ((level) - 1))) & 511) * 8)

section .rodata
align 8
boot_gdt:
	dq	0
	dq	DESCRIPTOR_CODE
	dq	DESCRIPTOR_DATA
boot_gdt_end:

no_long_mode_text:
	db	13, 10, "# panic: this CPU has no 64-bit mode", 13, 10
	db	"# verdict: panic platform=native boot=", 0
no_long_mode_end:
	db	" ok=0 skip=0 fail=0 error=0", 13, 10, 0

section .text
bits 32

; Entry: as enter.inc has it: esi = what the loader hands over, at least one word;
; ebx = where to go in C, edx = the name of the way of booting, both LINKED.
; Exit: there, in 64-bit mode on the boot tables, with what the loader handed
; over in rdi and where the image is in rsi.
global enter_long_mode:function
enter_long_mode:
	; Not all promise ss, and calls use it. Xen does, but behind a null
	; selector, as it does with ds, and to load that is a fault.
	mov	eax, ds
	test	eax, eax
	jz	.flat
	mov	ss, eax
.flat:
	; Where are we? Only a call tells, and it needs a stack of one word:
	; borrow the first of the loader's.
	mov	eax, [esi]
	lea	esp, [esi + 4]
	call	.here
.here:	pop	ebp
	mov	[esi], eax
	sub	ebp, LINKED(.here)
	lea	esp, [ebp + LINKED(kernel_stacks + PAGE_BYTES + STACK_BYTES)]

	; The protocols promise es too, but Xen's builder sets up none (Xen,
	; tools/libs/guest/xg_dom_x86.c, vcpu_hvm).
	lea	eax, [ebp + LINKED(boot_gdt)]
	push	eax
	push	(boot_gdt_end - boot_gdt - 1) << 16
	lgdt	[esp + 2]
	add	esp, 8
	mov	eax, SELECTOR_DATA
	mov	ds, eax
	mov	es, eax
	mov	ss, eax

	; Whoever loaded the image has cleared this, but firmware ran since:
	; SeaBIOS uses the last 256 KiB of small machines.
	lea	edi, [ebp + LINKED(bss_start)]
	lea	ecx, [ebp + LINKED(bss_end)]
	sub	ecx, edi
	shr	ecx, 2
	xor	eax, eax
	rep	stosd

	push	ebx
	push	edx
	call	require_long_mode	; edi = EFER
	; CR4 first: some of its bits demand CR0.WP.
	mov	eax, CR4_PAE
	mov	cr4, eax
	mov	eax, CR0_PE | CR0_ET
	mov	cr0, eax
	call	fill_boot_tables

	mov	ecx, MSR_EFER
	mov	eax, edi
	xor	edx, edx
	wrmsr
	lea	eax, [ebp + LINKED(boot_l4)]
	mov	cr3, eax
	mov	eax, CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE
	mov	cr0, eax

	; Still in 32-bit code; a far return to a 64-bit segment leaves it.
	push	SELECTOR_CODE
	lea	eax, [ebp + LINKED(long_mode)]
	push	eax
	retf

; In: ebp, on the stack the name of the way of booting. Out: edi = the EFER to run
; with. Does not return on a CPU that cannot run this kernel. Destroys eax, ebx,
; ecx, edx; keeps esi.
require_long_mode:
	; CPUID is there if its flag can be changed.
	pushfd
	pop	eax
	mov	ecx, eax
	xor	eax, RFLAGS_ID
	push	eax
	popfd
	pushfd
	pop	eax
	xor	eax, ecx
	test	eax, RFLAGS_ID
	jz	.missing

	mov	eax, CPUID_EXTENDED
	cpuid
	cmp	eax, CPUID_EXTENDED_FLAGS
	jb	.missing
	mov	eax, CPUID_EXTENDED_FLAGS
	cpuid
	test	edx, CPUID_EXTENDED_EDX_LM
	jz	.missing
	mov	edi, EFER_LME
	test	edx, CPUID_EXTENDED_EDX_NX
	jz	.done
	or	edi, EFER_NXE
.done:
	ret
.missing:
	mov	ebx, [esp + 4]
	call	print_no_long_mode
	mov	al, DEBUG_EXIT_BROKEN
	out	PORT_DEBUG_EXIT, al
.stop:
	cli
	hlt
	jmp	.stop

; %1 = register, %2 = value
%macro UART_SET 2
	mov	dx, PORT_COM1 + %1
	mov	al, %2
	out	dx, al
%endmacro

; In: ebp, ebx = the name of the way of booting, LINKED. 115200 baud, as uart.c
; has it.
print_no_long_mode:
	UART_SET UART_LINE, LINE_DIVISOR_LATCH
	UART_SET UART_DIVISOR_LOW, 1
	UART_SET UART_DIVISOR_TOP, 0
	UART_SET UART_LINE, LINE_8N1
	lea	esi, [ebp + LINKED(no_long_mode_text)]
	call	print
	lea	esi, [ebp + ebx]
	call	print
	lea	esi, [ebp + LINKED(no_long_mode_end)]

; In: esi = text, ends with NUL. Waits for each byte, within bounds: there may be
; nobody there.
print:
	mov	ecx, 100000
	mov	dx, PORT_COM1 + UART_STATUS
.wait:
	in	al, dx
	test	al, STATUS_FIFO_EMPTY
	loopz	.wait
	lodsb
	test	al, al
	jz	.done
	mov	dx, PORT_COM1 + UART_DATA
	out	dx, al
	jmp	print
.done:
	ret

; In: edi = table, edx = first entry, ecx = number of entries, eax = step.
; Writes consecutive entries. Destroys ecx, edx, edi.
fill:
	mov	[edi], edx
	add	edx, eax
	add	edi, 8
	loop	fill
	ret

; The tables are zero; only what is mapped is written. Destroys eax, ebx, ecx,
; edx; keeps edi and esi.
fill_boot_tables:
	push	edi
	; The first 4 GiB, once for the kernel and once where they are, for
	; the way through the change of mode.
	lea	eax, [ebp + LINKED(boot_l3_low) + ENTRY_TABLE]
	lea	ebx, [ebp + LINKED(boot_l4)]
	mov	[ebx], eax
	mov	[ebx + SLOT(BOOT_MAP_VADDR, 4)], eax
	lea	edi, [ebp + LINKED(boot_l3_low)]
	lea	edx, [ebp + LINKED(boot_l2_low) + ENTRY_TABLE]
	mov	ecx, 4
	mov	eax, PAGE_BYTES
	call	fill
	lea	edi, [ebp + LINKED(boot_l2_low)]
	mov	edx, ENTRY_LARGE
	mov	ecx, 4 * ENTRY_COUNT
	mov	eax, LARGE_BYTES
	call	fill

	; The image, page by page.
	lea	eax, [ebp + LINKED(boot_l3_image) + ENTRY_TABLE]
	mov	[ebx + SLOT(IMAGE_VADDR, 4)], eax
	lea	eax, [ebp + LINKED(boot_l2_image) + ENTRY_TABLE]
	mov	[ebp + LINKED(boot_l3_image) + SLOT(IMAGE_VADDR, 3)], eax
	lea	eax, [ebp + LINKED(boot_l1_image) + ENTRY_TABLE]
	mov	[ebp + LINKED(boot_l2_image) + SLOT(IMAGE_VADDR, 2)], eax
	lea	edi, [ebp + LINKED(boot_l1_image)]
	lea	edx, [ebp + IMAGE_PADDR + ENTRY_TABLE]
	mov	ecx, ENTRY_COUNT
	mov	eax, PAGE_BYTES
	call	fill
	pop	edi
	ret

bits 64
default rel

; Still at the physical address. The upper halves of all registers are
; undefined after the change of mode.
long_mode:
	mov	rax, .high
	jmp	rax
.high:
	xor	eax, eax
	mov	ds, eax
	mov	es, eax
	nop
	mov	fs, eax
	mov	gs, eax
	mov	edi, esi		; what the loader hands over
	lea	esi, [rbp + IMAGE_PADDR]
	lea	rsp, [kernel_stacks + PAGE_BYTES + STACK_BYTES]
	mov	ecx, [rsp - 4]		; the first that was pushed
	mov	rax, IMAGE_BASE_VADDR
	add	rcx, rax

	; The way through is not needed any more: address 0 must fault.
	xor	eax, eax
	mov	[boot_l4], rax
	mov	rdx, cr3
	mov	cr3, rdx

	xor	ebp, ebp		; the end of every backtrace
	push	rbp
	push	rbp			; a return address of 0
	push	rbp
	jmp	rcx
