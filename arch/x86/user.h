/* SPDX-License-Identifier: MIT */
/*
 * User mode.
 *
 * A run of user mode is a call: pv()->enter_user goes to ring 3 and comes back
 * when that traps. There it has the user pages (mm/user_space.h) and nothing
 * else. Under Xen kernel and user both run at ring 3, and what tells them apart
 * is a flag of the hypervisor's and the root in use; so user mode has a root of
 * its own there (xen/include/public/arch-x86/xen-x86_64.h).
 *
 * USER-1 All general registers, rip, rsp and the flags of USER_FLAGS are what
 *	  the frame says in user mode, and in the frame what they were at the
 *	  trap; but SYSCALL destroys rcx and r11.
 * USER-2 Of the other flags nothing gets in: interrupts are as with the caller.
 * USER-3 The kernel's registers and flags survive.
 */
#ifndef ARCH_X86_USER_H
#define ARCH_X86_USER_H

#include "arch/x86/traps.h"

/* CF, PF, AF, ZF, SF, DF, OF, AC, ID. */
#define USER_FLAGS UINT64_C(0x240cd5)

struct user_frame {
	/* Of these cs and ss are the platform's. vector and error tell which
	 * trap it was: TRAP_SYSCALL, or one of the CPU's (or Xen's callback for
	 * SYSENTER); what they are on the way in does not matter. */
	struct trap_frame regs;
	vaddr_t address; /* CR2 of a page fault, else 0. */
};

/* ---- For backends -------------------------------------------------------- */

/* How the kernel goes on. */
struct user_return {
	uint64_t cs;
	uint64_t ss;
	uint64_t rflags;
	uint64_t rsp;
};

/* Makes the flags fit for user mode, with interrupts as that bit of RFLAGS. */
void user_prepare(struct user_frame *frame, uint64_t interrupts);

/*
 * Runs it. set_stack is called with where traps of user mode are to push;
 * leave goes to user mode, with a struct trap_frame at rsp.
 */
void user_run(struct user_frame *frame, const struct user_return *back,
	      void (*set_stack)(vaddr_t top), const uint8_t *leave);

/* For trap_handle. Does the trap come from user mode? Then it changes the frame
 * to one that ends the run. */
bool user_trap(struct trap_frame *frame, const struct fault *fault);

#endif
