/* SPDX-License-Identifier: MIT */
/*
 * From the boot path to the verdict.
 */
#ifndef KERNEL_MAIN_H
#define KERNEL_MAIN_H

#include "arch/x86/bootinfo.h"
#include "arch/x86/pv.h"

/*
 * Registers the platform, its console and the end of a panic. The first call
 * of a boot path, before it brings the backend up, so that everything after it
 * can fail in words; boot is the name in the verdict line.
 */
void kernel_begin(const struct pv *platform, const char *boot);

/*
 * The whole run. The memory map of info need not be normalised; info must
 * stay alive.
 */
NORETURN void kernel_main(struct bootinfo *info);

/* What the boot path told; for tests. Its map is normalised. */
const struct bootinfo *kernel_bootinfo(void);

#endif
