// SPDX-License-Identifier: MIT
/*
 * The kernel's command line.
 */
#include "boot/efi/cmdline.h"

#include "boot/efi/firmware.h"

#include <efilib.h>
#include <efishell.h>

#define FILE_NAME L"bimetal.txt"

/* The kernel takes less and says so; this is no command line at all. */
#define FILE_BYTES_MAX 65536

static BOOLEAN is_blank(CHAR16 c)
{
	return c == L' ' || c == L'\t' || c == L'\r' || c == L'\n';
}

static BOOLEAN is_text(CHAR16 c)
{
	return is_blank(c) || (c > L' ' && c < 0x7f);
}

/* ---- Load options -------------------------------------------------------- */

struct options {
	const CHAR16 *text;
	UINTN length;
};

static void skip(struct options *options, UINTN count)
{
	options->text += count;
	options->length -= count;
}

static void skip_blanks(struct options *options)
{
	while (options->length != 0 && is_blank(options->text[0])) {
		skip(options, 1);
	}
}

/* How long the first word is, with its quotes. */
static UINTN word_length(const struct options *options)
{
	BOOLEAN quoted = FALSE;
	UINTN i;

	for (i = 0; i < options->length; i++) {
		if (options->text[i] == L'"') {
			quoted = !quoted;
		} else if (is_blank(options->text[i]) && !quoted) {
			break;
		}
	}
	return i;
}

static BOOLEAN is_program(const CHAR16 *word, UINTN length)
{
	static const CHAR16 lower[] = L".efi";
	static const CHAR16 upper[] = L".EFI";
	UINTN end = length;

	for (UINTN i = 0; i < length; i++) {
		if (word[i] == L'=') {
			return FALSE;
		}
	}
	if (end != 0 && word[end - 1] == L'"') {
		end--;
	}
	for (UINTN i = 0; i < 4; i++) {
		if (end < 4 || (word[end - 4 + i] != lower[i] &&
				word[end - 4 + i] != upper[i])) {
			return FALSE;
		}
	}
	return TRUE;
}

static BOOLEAN started_by_shell(EFI_HANDLE application)
{
	EFI_GUID guid = EFI_SHELL_PARAMETERS_PROTOCOL_GUID;
	VOID *parameters;

	return !EFI_ERROR(BS->HandleProtocol(application, &guid, &parameters));
}

static struct options options_of(EFI_HANDLE application,
				 const EFI_LOADED_IMAGE *image)
{
	struct options options = { .text = image->LoadOptions };
	UINTN word;

	while (options.text != NULL &&
	       options.length < image->LoadOptionsSize / sizeof(CHAR16) &&
	       options.text[options.length] != 0) {
		options.length++;
	}
	skip_blanks(&options);
	word = word_length(&options);
	if (started_by_shell(application) || is_program(options.text, word)) {
		skip(&options, word);
		skip_blanks(&options);
	}
	return options;
}

/* Some firmware hands over all of a boot entry (Linux, drivers/firmware/efi/
 * libstub/efi-stub-helper.c), or what is no text at all (systemd, src/boot/efi/
 * stub.c). Nobody has typed that, and nobody could leave it out. */
static void drop_binary(struct options *options)
{
	if (options->length != 0 && !is_text(options->text[0])) {
		Print(L"bimetal.efi: load options that are no text are "
		      L"ignored\n");
		options->length = 0;
	}
}

static EFI_STATUS copy_options(const struct options *options,
			       struct cmdline *cmdline)
{
	for (UINTN i = 0; i < options->length; i++) {
		if (!is_text(options->text[i])) {
			return refuse(EFI_INVALID_PARAMETER,
				      L"load options that are not ASCII");
		}
	}
	cmdline->text = AllocatePool(options->length);
	if (cmdline->text == NULL) {
		return refuse(EFI_OUT_OF_RESOURCES, L"load options");
	}
	for (UINTN i = 0; i < options->length; i++) {
		cmdline->text[i] = (char)options->text[i];
	}
	cmdline->bytes = options->length;
	return EFI_SUCCESS;
}

/* ---- The file ------------------------------------------------------------ */

/* The application's own path with another name at its end; from the pool. NULL
 * if it does not come from a file. */
static CHAR16 *path_beside(const EFI_LOADED_IMAGE *image)
{
	CHAR16 *own;
	CHAR16 *path;
	UINTN folder = 0;

	own = image->FilePath == NULL ? NULL : DevicePathToStr(image->FilePath);
	if (own == NULL) {
		return NULL;
	}
	for (UINTN i = 0; own[i] != 0; i++) {
		if (own[i] == L'\\') {
			folder = i + 1;
		}
	}
	path = AllocatePool(folder * sizeof(CHAR16) + sizeof(FILE_NAME));
	if (path != NULL) {
		CopyMem(path, own, folder * sizeof(CHAR16));
		CopyMem(path + folder, FILE_NAME, sizeof(FILE_NAME));
	}
	FreePool(own);
	return path;
}

/* The file, or NULL where there is none. */
static EFI_STATUS open_file(const EFI_LOADED_IMAGE *image, EFI_FILE **file)
{
	EFI_FILE *root;
	EFI_STATUS status;
	CHAR16 *path;

	*file = NULL;
	root = image->DeviceHandle == NULL ? NULL
					   : LibOpenRoot(image->DeviceHandle);
	if (root == NULL) {
		return EFI_SUCCESS;
	}
	path = path_beside(image);
	status = path == NULL
			 ? EFI_NOT_FOUND
			 : root->Open(root, file, path, EFI_FILE_MODE_READ, 0);
	root->Close(root);
	if (path != NULL) {
		FreePool(path);
	}
	return status == EFI_NOT_FOUND ? EFI_SUCCESS : status;
}

static EFI_STATUS copy_file(EFI_FILE *file, struct cmdline *cmdline)
{
	EFI_STATUS status;

	cmdline->text = AllocatePool(FILE_BYTES_MAX);
	if (cmdline->text == NULL) {
		return EFI_OUT_OF_RESOURCES;
	}
	cmdline->bytes = FILE_BYTES_MAX;
	status = file->Read(file, &cmdline->bytes, cmdline->text);
	if (!EFI_ERROR(status) && cmdline->bytes == FILE_BYTES_MAX) {
		status = EFI_BAD_BUFFER_SIZE;
	}
	for (UINTN i = 0; !EFI_ERROR(status) && i < cmdline->bytes; i++) {
		if (!is_text((uint8_t)cmdline->text[i])) {
			status = EFI_INVALID_PARAMETER;
		}
	}
	if (EFI_ERROR(status)) {
		cmdline_free(cmdline);
	}
	return status;
}

static EFI_STATUS read_file(const EFI_LOADED_IMAGE *image,
			    struct cmdline *cmdline)
{
	EFI_FILE *file;
	EFI_STATUS status = open_file(image, &file);

	if (!EFI_ERROR(status) && file != NULL) {
		status = copy_file(file, cmdline);
		file->Close(file);
	}
	return EFI_ERROR(status)
		       ? refuse(status, L"the ASCII text in " FILE_NAME)
		       : status;
}

EFI_STATUS cmdline_read(EFI_HANDLE application, struct cmdline *cmdline)
{
	EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
	EFI_LOADED_IMAGE *image;
	struct options options;
	EFI_STATUS status;

	*cmdline = (struct cmdline){ .text = NULL };
	status = BS->HandleProtocol(application, &guid, (VOID **)&image);
	if (EFI_ERROR(status)) {
		return refuse(status, L"what this application was started by");
	}
	options = options_of(application, image);
	drop_binary(&options);
	return options.length != 0 ? copy_options(&options, cmdline)
				   : read_file(image, cmdline);
}

void cmdline_free(const struct cmdline *cmdline)
{
	if (cmdline->text != NULL) {
		FreePool(cmdline->text);
	}
}
