/* SPDX-License-Identifier: MIT */
/*
 * Reading what firmware and loaders left.
 *
 * They say where a structure is, and may be wrong. So nobody follows such an
 * address but through here.
 */
#ifndef ARCH_X86_BOOT_READ_H
#define ARCH_X86_BOOT_READ_H

#include "arch/x86/addr.h"

/*
 * All of so many bytes, at least one, as the tables that the kernel was started
 * on map them; NULL if they do not map them all. They must be in use still.
 */
const void *boot_read(paddr_t start, uint64_t bytes);

#endif
