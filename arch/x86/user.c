// SPDX-License-Identifier: MIT
/*
 * User mode.
 */
#include "arch/x86/user.h"

#include "arch/x86/percpu.h"
#include "lib/assert.h"

/* Of user.asm. */
void user_enter(const struct trap_frame *frame, uint64_t *saved_rsp,
		const uint8_t *leave, void (*set_stack)(vaddr_t top));
extern const uint8_t user_back[];

void user_prepare(struct user_frame *frame, uint64_t interrupts)
{
	/* USER-2 */
	frame->regs.rflags =
		(frame->regs.rflags & USER_FLAGS) | RFLAGS_FIXED | interrupts;
}

void user_run(struct user_frame *frame, const struct user_return *back,
	      void (*set_stack)(vaddr_t top), const uint8_t *leave)
{
	struct cpu *cpu = this_cpu();

	ASSERT(cpu->user == NULL && !cpu->user_access);
	cpu->user = frame;
	cpu->user_return = *back;
	user_enter(&frame->regs, &cpu->user_return.rsp, leave, set_stack);
}

bool user_trap(struct trap_frame *frame, const struct fault *fault)
{
	struct cpu *cpu = this_cpu();
	const struct user_return *back = &cpu->user_return;

	if (cpu->user == NULL || (frame->cs & 3) != 3) {
		return false;
	}
	cpu->user->regs = *frame;
	/* Xen keeps more than the selector there. */
	cpu->user->regs.cs &= 0xffff;
	cpu->user->address = fault->address;
	cpu->user = NULL;
	frame->rip = vaddr_of(user_back).va;
	frame->cs = back->cs;
	frame->ss = back->ss;
	frame->rflags = back->rflags;
	frame->rsp = back->rsp;
	return true;
}
