// SPDX-License-Identifier: MIT
/*
 * Xen's constants for the empty kernels.
 */
#include "lib/asm_define.h"
#include "xen/abi.h"

void asm_offsets(void);

void asm_offsets(void)
{
	ASM_DEFINE(XEN_ELFNOTE_ENTRY);
	ASM_DEFINE(XEN_ELFNOTE_GUEST_OS);
	ASM_DEFINE(XEN_ELFNOTE_LOADER);
	ASM_DEFINE(XEN_ELFNOTE_PADDR_OFFSET);
	ASM_DEFINE(XEN_ELFNOTE_PHYS32_ENTRY);
	ASM_DEFINE(XEN_ELFNOTE_VIRT_BASE);
	ASM_DEFINE(XEN_ELFNOTE_XEN_VERSION);

	ASM_DEFINE(__HYPERVISOR_console_io);
	ASM_DEFINE(__HYPERVISOR_event_channel_op);
	ASM_DEFINE(__HYPERVISOR_sched_op);
	ASM_DEFINE(CONSOLEIO_write);
	ASM_DEFINE(EVTCHNOP_send);
	ASM_DEFINE(SCHEDOP_shutdown);
	ASM_DEFINE(SCHEDOP_yield);
	ASM_DEFINE(SHUTDOWN_poweroff);
	ASM_DEFINE(SIF_INITDOMAIN);

	ASM_DEFINE_AS(M2P, MACH2PHYS_VIRT_START);
	ASM_DEFINE_AS(START_FLAGS, offsetof(struct start_info, flags));
	ASM_DEFINE_AS(START_CONSOLE_MFN,
		      offsetof(struct start_info, console.domU.mfn));
	ASM_DEFINE_AS(START_CONSOLE_PORT,
		      offsetof(struct start_info, console.domU.evtchn));
	ASM_DEFINE_AS(RING_OUT, offsetof(struct xencons_interface, out));
	ASM_DEFINE_AS(RING_OUT_CONS,
		      offsetof(struct xencons_interface, out_cons));
	ASM_DEFINE_AS(RING_OUT_PROD,
		      offsetof(struct xencons_interface, out_prod));
}
