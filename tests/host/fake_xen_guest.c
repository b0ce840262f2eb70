// SPDX-License-Identifier: MIT
/*
 * A model of Xen: memory that the guest points to.
 *
 * A pointer may be anything. One that the guest could not use itself is an
 * error for it and not for Xen; all others are followed by ordinary copies,
 * so that AddressSanitizer sees an array that is too short.
 */
#include "tests/host/fake_xen_model.h"

#include "arch/x86/probe.h"

#include <string.h>

bool fx_is_guest(uint64_t address, uint64_t bytes)
{
	return (address < BIT(47) && bytes <= BIT(47) - address) ||
	       address >= HYPERVISOR_VIRT_END;
}

/* Tries each page once. */
static bool is_reachable(uint64_t address, uint64_t bytes, bool write)
{
	struct fault fault;
	uint64_t found;

	if (bytes == 0 || !fx_is_guest(address, bytes)) {
		return bytes == 0;
	}
	for (uint64_t at = align_down(address, sizeof(found));
	     at < address + bytes;
	     at = align_down(at, PAGE_BYTES) + PAGE_BYTES) {
		if (!probe_read(vaddr(at), &found, &fault)) {
			return false;
		}
		/* The very byte that is there: the value is in the lowest. */
		if (write && !probe_write(vaddr(at), (uint8_t)found, &fault)) {
			return false;
		}
	}
	return true;
}

bool fx_read(void *to, uint64_t from, size_t bytes)
{
	if (!is_reachable(from, bytes, false)) {
		return false;
	}
	memcpy(to, vaddr_ptr(vaddr(from)), bytes);
	return true;
}

bool fx_write(uint64_t to, const void *from, size_t bytes)
{
	if (!is_reachable(to, bytes, true)) {
		return false;
	}
	memcpy(vaddr_ptr(vaddr(to)), from, bytes);
	return true;
}

/* A call that goes on adds to what was done before it was interrupted. */
void fx_write_done(uint64_t to, uint64_t count, unsigned int done)
{
	unsigned int before = 0;

	if (to == 0 || ((count & FX_PREEMPTED) != 0 &&
			!fx_read(&before, to, sizeof(before)))) {
		return;
	}
	done += before;
	(void)!fx_write(to, &done, sizeof(done));
}
