; SPDX-License-Identifier: MIT
;
; A software interrupt for every vector.
;
; Function n lies TEST_INT_BYTES * n behind test_int; native_test.c calls it. A
; trap comes with the address of the next instruction, and goes on at the one
; after that.

%include "arch/x86/fixup.inc"

%define TEST_INT_BYTES 16

default rel
bits 64
section .text

%macro INTERRUPT 1
	align	TEST_INT_BYTES
	db	0xcd, %1		; nasm would make INT3 of INT 3
%%next:
	nop
%%resume:
	ret
FIXUP %%next, %%resume, FIXUP_ANY
%endmacro

global test_int
align TEST_INT_BYTES
test_int:
%assign n 0
%rep 256
	INTERRUPT n
%assign n n + 1
%endrep
