// SPDX-License-Identifier: MIT
/*
 * Booted by the PVH protocol, bare or in a PVH domain of Xen's.
 */
#include "arch/x86/native.h"
#include "boot/describe_pvh.h"
#include "boot/loader.h"
#include "kernel/main.h"
#include "xen/backend.h"
#include "xen/console.h"
#include "xen/pvh.h"

void start_pvh(uint64_t info_address, uint64_t image_address);

static struct pv pv_pvh;

/* A PVH domain has no serial port and no exit device: Xen stands in for both,
 * before anything can go wrong. */
static void begin(void)
{
	if (!xen_pvh_begin(&loader_bootinfo.page)) {
		kernel_begin(&pv_native, "pvh");
		return;
	}
	pv_pvh = pv_native;
	pv_pvh.console_write = xen_console_write;
	pv_pvh.exit = xen_exit;
	kernel_begin(&pv_pvh, "xen-pvh");
}

void start_pvh(uint64_t info_address, uint64_t image_address)
{
	begin();
	native_init();

	loader_bootinfo.image = paddr(image_address);
	describe_pvh(&loader_bootinfo, info_address);
	kernel_main(&loader_bootinfo);
}
