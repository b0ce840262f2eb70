/* SPDX-License-Identifier: MIT */
/*
 * Virtual memory layout.
 *
 * The only place with addresses. C, nasm (through asm-offsets.c) and the
 * linker script share it, so it holds nothing but #define lines of numbers.
 *
 *	0000000000000000  nothing of the kernel's; user pages (mm/user_map.h)
 *	ffff800000000000  Xen's own, 16 TiB; nothing of ours on either metal
 *	ffff880000000000  direct map: physical memory from 0
 *	ffffff0000000000  device frames (mm/iomap.h)
 *	ffffffff80000000  kernel image; under Xen pseudo-physical memory from 0
 */
#ifndef ARCH_X86_LAYOUT_H
#define ARCH_X86_LAYOUT_H

#define PAGE_SHIFT 12
#define PAGE_BYTES 0x1000

#define HYPERVISOR_VADDR 0xffff800000000000
#define HYPERVISOR_BYTES 0x80000000000

/* User pages: the lower half of four levels, less what null pointers reach. */
#define USER_VADDR     0x10000
#define USER_VADDR_END 0x800000000000

/* Everything between Xen's hole and the device frames could be used; real
 * machines have RAM up to some tens of TiB. */
#define DIRECT_MAP_VADDR 0xffff880000000000
#define DIRECT_MAP_BYTES 0x400000000000

/* The native boot tables map the first 4 GiB of physical memory at the same
 * place. The loaders of this kernel leave everything they hand over there. */
#define BOOT_MAP_VADDR 0xffff880000000000
#define BOOT_MAP_BYTES 0x100000000

#define IOMAP_VADDR 0xffffff0000000000
#define IOMAP_BYTES 0x40000000

/* The image is linked at IMAGE_VADDR for the physical address IMAGE_PADDR. A
 * loader may put it at another multiple of IMAGE_ALIGN; the virtual address
 * stays. Xen's builder maps pseudo-physical 0 at IMAGE_BASE_VADDR. */
#define IMAGE_BASE_VADDR 0xffffffff80000000
#define IMAGE_PADDR	 0x200000
#define IMAGE_VADDR	 0xffffffff80200000
#define IMAGE_ALIGN	 0x200000
/* One L1 table maps the whole image, so that guard pages can be left out. */
#define IMAGE_BYTES_MAX 0x200000

/* Stacks are whole pages with an unmapped guard page below each. */
#define STACK_BYTES	      0x4000
#define EXCEPTION_STACK_BYTES 0x2000

/* Physical addresses have at most 52 bits (Intel SDM vol. 3, 4.1.4). */
#define PADDR_BITS 52

#endif
