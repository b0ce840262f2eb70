// SPDX-License-Identifier: MIT
/*
 * Booted by a Multiboot2 loader, bare.
 */
#include "arch/x86/image.h"
#include "arch/x86/native.h"
#include "boot/loader.h"
#include "boot/multiboot2.h"
#include "kernel/main.h"
#include "lib/assert.h"
#include "lib/log.h"

void start_multiboot2(uint64_t info_address, uint64_t image_address);

static struct multiboot2_rest rest;

void start_multiboot2(uint64_t info_address, uint64_t image_address)
{
	const char *what = "boot information";
	const uint32_t *info;
	const char *wrong;

	kernel_begin(&pv_native, "multiboot2");
	native_init();

	if (info_address == 0) {
		PANIC("what entered here is no Multiboot2 loader");
	}
	info = loader_ptr(info_address, MULTIBOOT2_HEAD_BYTES, what);
	info = loader_ptr(info_address, info[0], what);
	loader_bootinfo.image = paddr(image_address);
	wrong = multiboot2_parse(info, info[0], &loader_bootinfo, &rest);
	if (wrong != NULL) {
		PANIC("the loader's boot information: %s", wrong);
	}
	if (rest.modules > 1) {
		log_warn("of %u modules only the first is used", rest.modules);
	}
	if (rest.rsdp_bytes != 0) {
		loader_bootinfo.rsdp = paddr_add(
			loader_bootinfo.image,
			vaddr_of(rest.rsdp).va - vaddr_of(image_start).va);
	}
	kernel_main(&loader_bootinfo);
}
