/* SPDX-License-Identifier: MIT */
/*
 * Boot information.
 *
 * What any boot path tells the kernel. It is a copy: the loader's own
 * structures lie in low memory or in pages that are reused later.
 */
#ifndef ARCH_X86_BOOTINFO_H
#define ARCH_X86_BOOTINFO_H

#include "arch/x86/memory_map.h"

#define CMDLINE_MAX 4096

/* Lies where the loader put it; the page allocator keeps away from it. */
struct boot_module {
	paddr_t start;
	uint64_t bytes; /* 0: there is none. */
};

/* A page of the image's addresses behind which the platform wants a machine
 * frame that is not RAM of ours. */
struct boot_page {
	vaddr_t page;
	mfn_t frame;
	const char *name; /* NULL: there is none. */
};

/* Pixels of 32 bits, line after line. */
struct boot_framebuffer {
	paddr_t start;	/* No RAM of ours. */
	uint64_t bytes; /* 0: there is none. */
	uint32_t width; /* In pixels, as the height. */
	uint32_t height;
	uint32_t pitch; /* From one line to the next, in bytes. */
};

struct bootinfo {
	struct memory_map map; /* Normalised. */
	paddr_t image;	       /* Where the image begins in memory. */
	struct boot_module module;
	struct boot_page page;
	struct boot_framebuffer framebuffer;
	paddr_t rsdp; /* ACPI's root pointer (ACPI 6.5, 5.2.5.3), or 0. */
	/* What the loader placed beside that, and goes on to be used; in it
	 * the page tables that it made, and the memory, all of it RAM, that
	 * serves nothing any more once those are left. What a platform uses
	 * until then is at the start of that. */
	struct frame_range loader;
	struct frame_range loader_tables;
	struct frame_range loader_spare;
	/* Ends with NUL. The loader's text did not fit if it was cut. */
	char cmdline[CMDLINE_MAX];
	bool cmdline_cut;
};

#endif
