// SPDX-License-Identifier: MIT
/*
 * The kernel within the application, and in memory.
 *
 * The file comes from the same build as this code. It is checked like a
 * stranger's all the same: a file that was cut short must not become a kernel
 * that dies without a word.
 */
#include "boot/efi/kernel.h"

#include "arch/x86/layout.h"
#include "boot/efi/elf.h"
#include "boot/efi/firmware.h"
#include "lib/bits.h"

#include <efilib.h>

#define ALIGN_PAGES (IMAGE_ALIGN / PAGE_BYTES)

extern const uint8_t kernel_file[] __attribute__((visibility("hidden")));
extern const uint8_t kernel_file_end[] __attribute__((visibility("hidden")));

/* What the file asks for, by its own physical addresses. */
struct plan {
	const struct elf_segment *segments;
	UINTN count;
	uint64_t start;
	uint64_t end;
	uint64_t entry;
};

static uint64_t file_bytes(void)
{
	return (uint64_t)(kernel_file_end - kernel_file);
}

static BOOLEAN in_file(uint64_t offset, uint64_t bytes)
{
	return offset <= file_bytes() && bytes <= file_bytes() - offset;
}

static BOOLEAN read_header(struct plan *plan)
{
	const struct elf_header *header = (const void *)kernel_file;

	if (!in_file(0, sizeof(*header)) || header->magic != ELF_MAGIC ||
	    header->class != ELF_CLASS_64 || header->type != ELF_TYPE_EXEC ||
	    header->machine != ELF_X86_64 ||
	    header->phentsize != sizeof(struct elf_segment) ||
	    header->phoff % sizeof(uint64_t) != 0 ||
	    !in_file(header->phoff,
		     (uint64_t)header->phnum * sizeof(struct elf_segment))) {
		return FALSE;
	}
	plan->segments = (const void *)(kernel_file + header->phoff);
	plan->count = header->phnum;
	return TRUE;
}

/* Does the segment fit into the file, and the image into what the kernel's own
 * boot tables map? */
static BOOLEAN take_segment(struct plan *plan,
			    const struct elf_segment *segment)
{
	if (!in_file(segment->offset, segment->filesz) ||
	    segment->filesz > segment->memsz ||
	    segment->memsz > IMAGE_BYTES_MAX || segment->paddr < IMAGE_PADDR ||
	    segment->paddr - IMAGE_PADDR > IMAGE_BYTES_MAX - segment->memsz) {
		return FALSE;
	}
	plan->start = min_u64(plan->start, segment->paddr);
	plan->end = max_u64(plan->end, segment->paddr + segment->memsz);
	return TRUE;
}

static BOOLEAN is_entry(const struct elf_note *note)
{
	return note->type == EFI_NOTE_ENTRY &&
	       note->namesz == sizeof(EFI_NOTE_OWNER) &&
	       note->descsz == sizeof(uint32_t) &&
	       CompareMem(note + 1, EFI_NOTE_OWNER, sizeof(EFI_NOTE_OWNER)) ==
		       0;
}

/* The file's alignment is that of its notes, at least 4. */
static BOOLEAN find_entry(struct plan *plan, const struct elf_segment *segment)
{
	uint64_t at = segment->offset;
	uint64_t left = segment->filesz;

	if (!in_file(at, left) || at % sizeof(uint32_t) != 0) {
		return FALSE;
	}
	while (left >= sizeof(struct elf_note)) {
		const struct elf_note *note = (const void *)(kernel_file + at);
		uint64_t descriptor = sizeof(*note) +
				      align_up(note->namesz, sizeof(uint32_t));
		uint64_t bytes =
			descriptor + align_up(note->descsz, sizeof(uint32_t));

		if (bytes > left) {
			return FALSE;
		}
		if (is_entry(note)) {
			const uint8_t *at_entry =
				(const uint8_t *)note + descriptor;

			plan->entry = *(const uint32_t *)(const void *)at_entry;
		}
		at += bytes;
		left -= bytes;
	}
	return TRUE;
}

static BOOLEAN make_plan(struct plan *plan)
{
	*plan = (struct plan){ .start = UINT64_MAX };
	if (!read_header(plan)) {
		return FALSE;
	}
	for (UINTN i = 0; i < plan->count; i++) {
		const struct elf_segment *segment = &plan->segments[i];

		if ((segment->type == ELF_LOAD &&
		     !take_segment(plan, segment)) ||
		    (segment->type == ELF_NOTE && !find_entry(plan, segment))) {
			return FALSE;
		}
	}
	return plan->start == IMAGE_PADDR && plan->entry >= plan->start &&
	       plan->entry < plan->end;
}

/* The firmware knows no alignment but that of pages: ask for more, and give
 * back what is beside. */
static EFI_STATUS allocate_aligned(struct kernel *kernel)
{
	UINTN all = kernel->pages + ALIGN_PAGES - 1;
	EFI_PHYSICAL_ADDRESS start;
	EFI_STATUS status = allocate_low(EfiLoaderCode, all, &start);
	UINTN before;

	if (EFI_ERROR(status)) {
		return status;
	}
	kernel->start = align_up(start, IMAGE_ALIGN);
	before = (kernel->start - start) / PAGE_BYTES;
	if (before != 0) {
		BS->FreePages(start, before);
	}
	if (before != ALIGN_PAGES - 1) {
		BS->FreePages(kernel->start + kernel->pages * PAGE_BYTES,
			      ALIGN_PAGES - 1 - before);
	}
	return EFI_SUCCESS;
}

static void place(const struct elf_segment *segment, uint64_t moved)
{
	uint8_t *to = (uint8_t *)(uintptr_t)(segment->paddr + moved);

	BS->CopyMem(to, (VOID *)(uintptr_t)(kernel_file + segment->offset),
		    segment->filesz);
	BS->SetMem(to + segment->filesz, segment->memsz - segment->filesz, 0);
}

EFI_STATUS kernel_load(struct kernel *kernel)
{
	struct plan plan;
	EFI_STATUS status;
	uint64_t moved;

	if (!make_plan(&plan)) {
		return refuse(EFI_LOAD_ERROR, L"the kernel in this file");
	}
	kernel->pages = EFI_SIZE_TO_PAGES(plan.end - plan.start);
	status = allocate_aligned(kernel);
	if (EFI_ERROR(status)) {
		return refuse(status, L"memory below 4 GiB for the kernel");
	}
	moved = kernel->start - plan.start;
	for (UINTN i = 0; i < plan.count; i++) {
		if (plan.segments[i].type == ELF_LOAD) {
			place(&plan.segments[i], moved);
		}
	}
	kernel->entry = plan.entry + moved;
	return EFI_SUCCESS;
}

void kernel_unload(const struct kernel *kernel)
{
	BS->FreePages(kernel->start, kernel->pages);
}

void kernel_enter(const struct kernel *kernel, struct efi_handover *handover)
{
	void (*entry)(struct efi_handover *) =
		(void (*)(struct efi_handover *))(uintptr_t)kernel->entry;

	entry(handover);
	__builtin_unreachable();
}
