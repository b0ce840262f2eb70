/* SPDX-License-Identifier: MIT */
/*
 * What start_info says.
 */
#ifndef BOOT_DESCRIBE_XEN_H
#define BOOT_DESCRIBE_XEN_H

#include "arch/x86/bootinfo.h"
#include "xen/abi.h"

/*
 * Puts the command line and the module of start_info (xen/xen.h) into *info,
 * which has none yet. A panic, in words, if the loader asks for what this
 * kernel does not do.
 */
void describe_xen(struct bootinfo *info, const struct start_info *start);

#endif
