// SPDX-License-Identifier: MIT
/*
 * Booted by UEFI.
 */
#include "arch/x86/native.h"
#include "boot/describe_efi.h"
#include "boot/loader.h"
#include "kernel/main.h"

void start_efi(uint64_t handover_address, uint64_t image_address);

void start_efi(uint64_t handover_address, uint64_t image_address)
{
	kernel_begin(&pv_native, "efi");
	native_init();

	loader_bootinfo.image = paddr(image_address);
	describe_efi(&loader_bootinfo, handover_address);
	kernel_main(&loader_bootinfo);
}
