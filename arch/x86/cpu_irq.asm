; SPDX-License-Identifier: MIT
;
; Interrupts of the CPU.
;
; Part of the seam of cpu.h that the host tests replace. The restore is a test
; and STI or CLI: POPF would bring back every other flag as it was too, and is
; slower.

%include "arch/x86/asm-offsets.inc"

default rel
bits 64
section .text

extern irq_poison

; irqstate_t cpu_irq_save(void): all but one bit of the result are poison.
global cpu_irq_save:function
cpu_irq_save:
	pushfq
	cli
	pop	rax
	and	eax, IRQSTATE_ON
	or	rax, [irq_poison]
	ret

; void cpu_irq_restore(irqstate_t state)
global cpu_irq_restore:function
cpu_irq_restore:
	test	edi, IRQSTATE_ON
	jz	cpu_irq_disable
	; falls through

global cpu_irq_enable:function
cpu_irq_enable:
	sti
	ret

global cpu_irq_disable:function
cpu_irq_disable:
	cli
	ret

; void cpu_irq_wait(void): an interrupt that comes between STI and HLT is taken
; behind HLT (Intel SDM vol. 2, STI), so that none is slept through (IRQ-3).
global cpu_irq_wait:function
cpu_irq_wait:
	sti
	hlt
	cli
	ret
