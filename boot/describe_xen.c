// SPDX-License-Identifier: MIT
/*
 * What start_info says.
 */
#include "boot/describe_xen.h"

#include "lib/assert.h"
#include "lib/string.h"

static void copy_cmdline(struct bootinfo *info, const struct start_info *start)
{
	const char *text = (const char *)start->cmd_line;

	/* The loaders cut a longer line without a word, and then it fills
	 * the field. */
	info->cmdline_cut =
		strnlen(text, MAX_GUEST_CMDLINE) >= MAX_GUEST_CMDLINE - 1;
	memcpy(info->cmdline, text, MAX_GUEST_CMDLINE - 1);
}

/* mod_start is an address or, if a flag says so, a frame number. */
static void copy_module(struct bootinfo *info, const struct start_info *start)
{
	if ((start->flags & SIF_MULTIBOOT_MOD) != 0) {
		PANIC("the loader hands over a list of modules");
	}
	if (start->mod_len == 0) {
		return;
	}
	info->module.bytes = start->mod_len;
	info->module.start =
		(start->flags & SIF_MOD_START_PFN) != 0
			? pfn_paddr(pfn(start->mod_start))
			: paddr(start->mod_start - IMAGE_BASE_VADDR);
}

void describe_xen(struct bootinfo *info, const struct start_info *start)
{
	copy_cmdline(info, start);
	copy_module(info, start);
}
