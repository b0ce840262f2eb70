// SPDX-License-Identifier: MIT
/*
 * Constants of this folder for nasm.
 */
#include "boot/efi/handover.h"
#include "lib/asm_define.h"

void asm_offsets(void);

void asm_offsets(void)
{
	ASM_DEFINE(EFI_NOTE_ENTRY);
}
