// SPDX-License-Identifier: MIT
/*
 * The kernel's accesses to user pages.
 */
#include "arch/x86/user_access.h"

#include "arch/x86/cpu.h"
#include "arch/x86/percpu.h"
#include "arch/x86/protect.h"
#include "lib/assert.h"

void user_access_begin(void)
{
	ASSERT(!this_cpu()->user_access);
	this_cpu()->user_access = true;
	if (protect_has(FEATURE_SMAP)) {
		cpu_stac();
	}
}

void user_access_end(void)
{
	ASSERT(this_cpu()->user_access);
	if (protect_has(FEATURE_SMAP)) {
		cpu_clac();
	}
	this_cpu()->user_access = false;
}

bool user_access_close(void)
{
	/* The flag means something else where SMAP is not ours. */
	bool smap = protect_has(FEATURE_SMAP);
	bool open = this_cpu()->user_access ||
		    (smap && (cpu_read_rflags() & RFLAGS_AC) != 0);

	if (smap) {
		cpu_clac();
	}
	this_cpu()->user_access = false;
	return open;
}
