// SPDX-License-Identifier: MIT
/*
 * Booted by the PVH protocol, bare.
 */
#include "arch/x86/native.h"
#include "boot/describe_pvh.h"
#include "kernel/main.h"

void start_pvh(uint64_t info_address, uint64_t image_address);

static struct bootinfo bootinfo;

void start_pvh(uint64_t info_address, uint64_t image_address)
{
	kernel_begin(&pv_native, "pvh");
	native_init();

	bootinfo.image = paddr(image_address);
	describe_pvh(&bootinfo, info_address);
	kernel_main(&bootinfo);
}
