// SPDX-License-Identifier: MIT
/*
 * User mode under Xen PV.
 */
#include "xen/user.h"

#include "lib/assert.h"
#include "xen/backend.h"
#include "xen/hypercall.h"
#include "xen/p2m.h"

extern const uint8_t xen_trap_return[];

static pfn_t user_root = { ~UINT64_C(0) };

void xen_load_user_root(pfn_t root)
{
	bool load = !pfn_eq(root, PFN_NONE);
	pfn_t frame = load ? root : user_root;
	uint64_t machine = xen_pfn_to_mfn(frame).mfn;
	/* Frame 0 stands for none. The new one is pinned first, the old one
	 * unpinned last. */
	const struct mmuext_op ops[] = {
		{ .cmd = MMUEXT_PIN_L4_TABLE, .arg1 = { .mfn = machine } },
		{ .cmd = MMUEXT_NEW_USER_BASEPTR,
		  .arg1 = { .mfn = load ? machine : 0 } },
		{ .cmd = MMUEXT_UNPIN_TABLE, .arg1 = { .mfn = machine } },
	};
	unsigned int done = 0;
	long error;

	/* One at a time. */
	ASSERT(load == pfn_eq(user_root, PFN_NONE));
	error = xen_mmuext_ops(load ? &ops[0] : &ops[1], 2, &done);
	if (error != 0) {
		PANIC("Xen refuses step %u of a change of the user root: "
		      "error %ld",
		      done, error);
	}
	xen_cost.requests += 2;
	user_root = root;
}

static void set_stack(vaddr_t top)
{
	if (xen_stack_switch(FLAT_KERNEL_SS, top) != 0) {
		PANIC("Xen refuses the kernel's stack");
	}
}

void xen_enter_user(struct user_frame *frame)
{
	bool masked = xen_shared_info->vcpu_info[0].evtchn_upcall_mask != 0;
	/* The lowest bits tell Xen which mode to go to (xen-x86_64.h, iret);
	 * it puts its own there. */
	struct user_return back = {
		.cs = FLAT_KERNEL_CS & ~UINT64_C(3),
		.ss = FLAT_KERNEL_SS,
		.rflags = RFLAGS_FIXED | (masked ? 0 : RFLAGS_IF),
	};

	ASSERT(!pfn_eq(user_root, PFN_NONE));
	user_prepare(frame, masked ? 0 : RFLAGS_IF);
	frame->regs.cs = FLAT_USER_CS;
	frame->regs.ss = FLAT_USER_SS;
	user_run(frame, &back, set_stack, xen_trap_return);
}
