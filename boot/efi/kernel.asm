; SPDX-License-Identifier: MIT
;
; The kernel's file, within the application. KERNEL is its name.

section .rodata
global kernel_file:data hidden
global kernel_file_end:data hidden
align 16
kernel_file:
	incbin	KERNEL
kernel_file_end:
