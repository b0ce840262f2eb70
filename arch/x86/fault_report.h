/* SPDX-License-Identifier: MIT */
/*
 * What is printed of an unexpected fault.
 */
#ifndef ARCH_X86_FAULT_REPORT_H
#define ARCH_X86_FAULT_REPORT_H

#include "arch/x86/traps.h"

/*
 * Prints, as comment lines: what happened and where, the registers, the
 * control registers, the page walk of the faulting address, and the call
 * chain. Reads memory by probes only, so broken tables and stacks cut it
 * short and do no more.
 */
void fault_report(const struct trap_frame *frame, const struct fault *fault);

/* The call chain of the caller. */
void backtrace_here(void);

#endif
