// SPDX-License-Identifier: MIT
/*
 * A platform that does not exist.
 *
 * It keeps the contract of pv.h and nothing else: machine frames are mirrored
 * and far away, so code that takes one for the other fails here even if it
 * works on both real platforms. It is also the smallest complete backend, and
 * the place to start a new one from.
 */
#include "tests/host/pv_alien.h"

#include "arch/x86/features.h"
#include "arch/x86/stacks.h"
#include "tests/host/arena.h"

#include <unistd.h>

#define FRAME_COUNT (ARENA_BYTES / PAGE_BYTES)
#define MIRROR	    UINT64_C(0xfedcba)

static mfn_t alien_pfn_to_mfn(pfn_t frame)
{
	return frame.pfn < FRAME_COUNT ? mfn(MIRROR - frame.pfn) : MFN_NONE;
}

static pfn_t alien_mfn_to_pfn(mfn_t frame)
{
	uint64_t number = MIRROR - frame.mfn;

	return number < FRAME_COUNT ? pfn(number) : PFN_NONE;
}

static void alien_console_write(const char *text, size_t length)
{
	while (length != 0) {
		ssize_t written = write(STDOUT_FILENO, text, length);

		if (written <= 0) {
			_exit(3);
		}
		text += written;
		length -= (size_t)written;
	}
}

static NORETURN void alien_exit(enum pv_exit how)
{
	_exit((int)how);
}

const struct pv pv_alien = {
	.name = "alien",
	.ring = 3,
	.features = FEATURE_PKU,
	.pfn_to_mfn = alien_pfn_to_mfn,
	.mfn_to_pfn = alien_mfn_to_pfn,
	.boot_ptr = arena_ptr,
	.console_write = alien_console_write,
	.exit = alien_exit,
};

void alien_init(void)
{
	stack_hide_guards(arena_hide);
}
