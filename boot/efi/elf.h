/* SPDX-License-Identifier: MIT */
/*
 * As much of ELF as it takes to load a kernel.
 *
 * System V ABI, chapters 4 and 5, with the names that it has.
 */
#ifndef BOOT_EFI_ELF_H
#define BOOT_EFI_ELF_H

#include "lib/types.h"

#define ELF_MAGIC     0x464c457f
#define ELF_CLASS_64  2
#define ELF_TYPE_EXEC 2
#define ELF_X86_64    62

#define ELF_LOAD 1
#define ELF_NOTE 4

struct elf_header {
	uint32_t magic;
	uint8_t class;
	uint8_t ident[11];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t entry;
	uint64_t phoff;
	uint64_t shoff;
	uint32_t flags;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t phnum;
	uint16_t shentsize;
	uint16_t shnum;
	uint16_t shstrndx;
};

struct elf_segment {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

/* Name and descriptor follow, each filled up to a multiple of 4 bytes. */
struct elf_note {
	uint32_t namesz;
	uint32_t descsz;
	uint32_t type;
};

_Static_assert(sizeof(struct elf_header) == 64, "System V ABI, chapter 4");
_Static_assert(sizeof(struct elf_segment) == 56, "System V ABI, chapter 5");

#endif
