// SPDX-License-Identifier: MIT
/*
 * What the firmware is asked.
 */
#include "boot/efi/firmware.h"

#include "arch/x86/layout.h"

#include <efilib.h>

EFI_STATUS refuse(EFI_STATUS status, const CHAR16 *what)
{
	Print(L"\nbimetal.efi: cannot boot: %s: %r\n", what, status);
	return status;
}

EFI_STATUS allocate_low(EFI_MEMORY_TYPE type, UINTN pages,
			EFI_PHYSICAL_ADDRESS *start)
{
	*start = BOOT_MAP_BYTES - 1;
	return BS->AllocatePages(AllocateMaxAddress, type, pages, start);
}

/* UEFI 2.10, 4.6.1. */
uint64_t find_rsdp(void)
{
	static EFI_GUID newest_first[] = { ACPI_20_TABLE_GUID,
					   ACPI_TABLE_GUID };
	VOID *table;

	for (UINTN i = 0; i < ARRAY_COUNT(newest_first); i++) {
		if (!EFI_ERROR(LibGetSystemConfigurationTable(&newest_first[i],
							      &table))) {
			return (uintptr_t)table;
		}
	}
	return 0;
}

/* UEFI 2.10, 12.9.2. */
static BOOLEAN is_linear(const EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE *mode)
{
	const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *info = mode->Info;

	return (info->PixelFormat == PixelRedGreenBlueReserved8BitPerColor ||
		info->PixelFormat == PixelBlueGreenRedReserved8BitPerColor) &&
	       info->PixelsPerScanLine >= info->HorizontalResolution &&
	       info->PixelsPerScanLine <= UINT32_MAX / sizeof(uint32_t) &&
	       mode->FrameBufferSize / sizeof(uint32_t) >=
		       (UINT64)info->PixelsPerScanLine *
			       info->VerticalResolution;
}

/* Beside the graphics cards there may be one that stands for all of them, and
 * has no memory. */
void find_screen(struct efi_handover *handover)
{
	EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	const EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE *mode = NULL;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *graphics;
	EFI_HANDLE *handles;
	UINTN count;

	if (EFI_ERROR(BS->LocateHandleBuffer(ByProtocol, &guid, NULL, &count,
					     &handles))) {
		return;
	}
	for (UINTN i = 0; i < count && mode == NULL; i++) {
		if (!EFI_ERROR(BS->HandleProtocol(handles[i], &guid,
						  (VOID **)&graphics)) &&
		    is_linear(graphics->Mode)) {
			mode = graphics->Mode;
		}
	}
	BS->FreePool(handles);
	if (mode != NULL) {
		handover->screen = mode->FrameBufferBase;
		handover->screen_bytes = mode->FrameBufferSize;
		handover->screen_width = mode->Info->HorizontalResolution;
		handover->screen_height = mode->Info->VerticalResolution;
		handover->screen_pitch = mode->Info->PixelsPerScanLine *
					 (uint32_t)sizeof(uint32_t);
	}
}
