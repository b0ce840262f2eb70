; SPDX-License-Identifier: MIT
;
; Native trap stubs.
;
; One per vector, all of the same size. Entry state: as the CPU leaves it for
; a 64-bit interrupt gate: interrupts off, stack aligned to 16 bytes, then ss,
; rsp, rflags, cs, rip and perhaps an error code pushed. Exit state: IRETQ to
; the frame, which the handler may have changed.

%include "arch/x86/trap_stubs.inc"

default rel
bits 64
section .text

extern trap_handle

global native_trap_stubs
align 16
native_trap_stubs:
%assign n 0
%rep 256
	STUB_BEGIN
%if !HAS_ERROR(n)
	push	0
%endif
	push	n
	jmp	native_trap_common
	STUB_END
%assign n n + 1
%endrep

global native_trap_common:function
native_trap_common:
	; Whatever was interrupted may have user memory open: the handler has it
	; closed, and IRETQ opens it again (user_access.h). No CLAC, which not
	; all CPUs have.
	pushfq
	and	qword [rsp], ~RFLAGS_AC
	popfq
	TRAP_CALL
; Entry: rsp = a struct trap_frame.
global native_trap_return
native_trap_return:
	TRAP_RESTORE
	add	rsp, 16		; vector and error code
	iretq
