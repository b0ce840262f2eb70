/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line.
 *
 * It is the application's load options, if these say anything; else what is in
 * the file bimetal.txt beside the application, if there is one; else empty.
 * Options that do not begin with a character of ASCII say nothing.
 *
 * A shell puts the name of the program before the options, a boot manager or
 * QEMU's -kernel does not. The first word is taken for the name, and left out,
 * if a shell started the application (it hands over the protocol
 * EFI_SHELL_PARAMETERS_PROTOCOL then), or if the word ends in ".efi" and has no
 * "=" in it: no option of the kernel looks like that. A name with blanks in it
 * is in double quotes, as the shell wants it.
 */
#ifndef BOOT_EFI_CMDLINE_H
#define BOOT_EFI_CMDLINE_H

#include "lib/types.h"

#include <efi.h>

struct cmdline {
	char *text; /* ASCII, without a NUL; from the pool. */
	UINTN bytes;
};

/* Says what is wrong: a character that is not ASCII, or a file that cannot be
 * read. Then nothing is left allocated. */
EFI_STATUS cmdline_read(EFI_HANDLE application,
			struct cmdline *cmdline) MUST_CHECK;

void cmdline_free(const struct cmdline *cmdline);

#endif
