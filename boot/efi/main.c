// SPDX-License-Identifier: MIT
/*
 * The UEFI application.
 *
 * Everything that can go wrong is done before the firmware's boot services are
 * left: then the user is told, all memory is given back, and the firmware goes
 * on as if nothing had been. After that there is only the kernel.
 */
#include "boot/efi/cmdline.h"
#include "boot/efi/firmware.h"
#include "boot/efi/kernel.h"
#include "lib/bits.h"

#include <efilib.h>

/* The map changes while others work, and with our own allocations. */
#define SPARE_DESCRIPTORS 64
#define ATTEMPTS	  8

EFI_STATUS efi_main(EFI_HANDLE application, EFI_SYSTEM_TABLE *system);

/* How large the memory map is, and some room. */
static EFI_STATUS measure_map(UINTN *bytes)
{
	UINT32 version;
	UINTN descriptor;
	UINTN key;
	EFI_STATUS status;

	*bytes = 0;
	status = BS->GetMemoryMap(bytes, NULL, &key, &descriptor, &version);
	if (status != EFI_BUFFER_TOO_SMALL) {
		return EFI_ERROR(status) ? status : EFI_DEVICE_ERROR;
	}
	*bytes += SPARE_DESCRIPTORS * descriptor;
	return EFI_SUCCESS;
}

/* One piece of memory for everything: the structure, the text, room for the
 * map. *bytes is the size of all. NULL if that cannot be had. */
static struct efi_handover *make_handover(const struct cmdline *cmdline,
					  UINTN *bytes)
{
	struct efi_handover *handover;
	EFI_PHYSICAL_ADDRESS start;
	UINTN text = align_up(cmdline->bytes, sizeof(uint64_t));
	UINTN map;
	EFI_STATUS status = measure_map(&map);

	if (EFI_ERROR(status)) {
		refuse(status, L"the memory map");
		return NULL;
	}
	*bytes = sizeof(*handover) + text + map;
	status = allocate_low(EfiLoaderData, EFI_SIZE_TO_PAGES(*bytes), &start);
	if (EFI_ERROR(status)) {
		refuse(status, L"memory below 4 GiB for the handover");
		return NULL;
	}
	handover = (struct efi_handover *)(uintptr_t)start;
	*handover = (struct efi_handover){
		.magic = EFI_HANDOVER_MAGIC,
		.cmdline = start + sizeof(*handover),
		.cmdline_bytes = cmdline->bytes,
		.map = start + sizeof(*handover) + text,
		.map_bytes = map,
		.rsdp = find_rsdp(),
	};
	CopyMem(handover + 1, cmdline->text, cmdline->bytes);
	find_screen(handover);
	return handover;
}

/* The firmware lets go only of whoever knows the map as it is. What it does on
 * the way may change that; then nothing may be asked for but memory and its map
 * (UEFI 2.10, 7.4.6). */
static EFI_STATUS leave_firmware(EFI_HANDLE application,
				 struct efi_handover *handover)
{
	const UINTN room = handover->map_bytes;
	EFI_STATUS status = EFI_ABORTED;

	for (int i = 0; i < ATTEMPTS; i++) {
		UINTN key;

		handover->map_bytes = room;
		status = BS->GetMemoryMap(
			&handover->map_bytes,
			(EFI_MEMORY_DESCRIPTOR *)(uintptr_t)handover->map, &key,
			&handover->descriptor_bytes,
			&handover->descriptor_version);
		if (EFI_ERROR(status)) {
			break;
		}
		status = BS->ExitBootServices(application, key);
		if (status != EFI_INVALID_PARAMETER) {
			break;
		}
	}
	return status;
}

static EFI_STATUS boot(EFI_HANDLE application, const struct kernel *kernel,
		       const struct cmdline *cmdline)
{
	UINTN bytes;
	struct efi_handover *handover = make_handover(cmdline, &bytes);
	EFI_STATUS status;

	if (handover == NULL) {
		return EFI_OUT_OF_RESOURCES;
	}
	Print(L"\nbimetal.efi: kernel at 0x%lx\n", kernel->start);
	status = leave_firmware(application, handover);
	if (!EFI_ERROR(status)) {
		kernel_enter(kernel, handover);
	}
	BS->FreePages((uintptr_t)handover, EFI_SIZE_TO_PAGES(bytes));
	return refuse(status, L"leaving the firmware");
}

EFI_STATUS efi_main(EFI_HANDLE application, EFI_SYSTEM_TABLE *system)
{
	struct kernel kernel;
	struct cmdline cmdline;
	EFI_STATUS status;

	InitializeLib(application, system);
	status = cmdline_read(application, &cmdline);
	if (EFI_ERROR(status)) {
		return status;
	}
	status = kernel_load(&kernel);
	if (!EFI_ERROR(status)) {
		status = boot(application, &kernel, &cmdline);
		kernel_unload(&kernel);
	}
	cmdline_free(&cmdline);
	return status;
}
