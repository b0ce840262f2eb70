/* SPDX-License-Identifier: MIT */
/*
 * Multiboot2 boot information.
 *
 * What a loader says of the machine, as one structure of tags (Multiboot2
 * Specification 2.0, 3.4 to 3.6). It lies in RAM that is free for the taking,
 * so all of it is copied.
 *
 * MB-1 Nothing outside the structure is read, whatever is in it.
 */
#ifndef BOOT_MULTIBOOT2_H
#define BOOT_MULTIBOOT2_H

#include "arch/x86/bootinfo.h"

/* The structure begins with its size, and a word of 0. */
#define MULTIBOOT2_HEAD_BYTES 8

/* What struct bootinfo has no room for. */
struct multiboot2_rest {
	/* ACPI's root pointer (ACPI 6.5, 5.2.5.3): the loader copied it from
	 * where the firmware has it, to where it does not stay. */
	uint8_t rsdp[36] ALIGNED(16);
	uint32_t rsdp_bytes;  /* 0: there is none; 20 in the first version. */
	unsigned int modules; /* How many there were. */
};

/*
 * Takes the memory map, command line, first module, framebuffer and root
 * pointer out of the structure, of which so many bytes can be read. boot and
 * rest are empty before; boot->rsdp is left to the caller, who knows where the
 * copy lies. Returns what is wrong with the structure, in words, or NULL; if it
 * is wrong, what has been taken of it must not be used.
 *
 * The framebuffer is taken if its pixels are those of struct boot_framebuffer,
 * and is no RAM then. In the command line, a backslash before a backslash or a
 * quote is dropped: GRUB adds it (grub-core/lib/cmdline.c).
 */
const char *multiboot2_parse(const void *info, uint64_t bytes,
			     struct bootinfo *boot,
			     struct multiboot2_rest *rest) MUST_CHECK;

#endif
