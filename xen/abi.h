/* SPDX-License-Identifier: MIT */
/*
 * Xen's public headers.
 *
 * The ones this kernel includes, for the interface version it is written to,
 * and checks that structures shared with the hypervisor look as its compiler
 * sees them. Nothing of Xen's interface is typed in a second time.
 */
#ifndef XEN_ABI_H
#define XEN_ABI_H

#include "arch/x86/layout.h"
#include "lib/types.h"

#define __XEN_INTERFACE_VERSION__ 0x00040e00

#include <xen/arch-x86/cpuid.h>
#include <xen/callback.h>
#include <xen/elfnote.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#include <xen/xen.h>

_Static_assert(sizeof(struct start_info) == 1168, "start_info");
_Static_assert(DIRECT_MAP_VADDR >= HYPERVISOR_VIRT_END,
	       "the direct map lies behind what Xen keeps for itself");
_Static_assert(sizeof(struct trap_info) == 16, "trap_info");
_Static_assert(sizeof(struct vcpu_info) == 64, "vcpu_info");
_Static_assert(offsetof(struct shared_info, evtchn_pending) == 2048,
	       "shared_info");

#endif
