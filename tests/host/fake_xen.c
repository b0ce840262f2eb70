// SPDX-License-Identifier: MIT
/*
 * A model of Xen, as far as hypercalls reach.
 *
 * Takes the place of hypercall.asm when the host program is linked. It does
 * what the hypervisor does for the calls that the backend makes, and refuses
 * what Xen refuses with Xen's error numbers.
 */
#include "tests/host/fake_xen.h"

#include "arch/x86/addr.h"
#include "arch/x86/cpu.h"
#include "arch/x86/pat.h"
#include "arch/x86/regs.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "tests/host/arena.h"
#include "xen/hypercall.h"

#include <sys/mman.h>
#include <unistd.h>

#define EPERM  1
#define EFAULT 14
#define EINVAL 22
#define ENOSYS 38

#define FRAME_COUNT (ARENA_BYTES / PAGE_BYTES)
/* The host has more frames than the domain, some with no entry at all. */
#define HOST_FRAMES   (4 * FRAME_COUNT)
#define FIRST_MACHINE FRAME_COUNT

#define CONSOLE_PFN	 0x380
#define CONSOLE_PORT	 2
#define SHARED_INFO_MFN	 0x10
#define NOT_A_FRAME	 UINT64_MAX
#define BOOT_STACK_BYTES PAGE_BYTES
/* So that the map, half a mebibyte more and rounded to four, is the arena. */
#define BOOT_STACK_TOP (ARENA_BYTES - MIB)

static struct start_info start_info;
static unsigned long p2m_list[FRAME_COUNT];
static uint64_t m2p[HOST_FRAMES];

/* Frames in a scattered order: 7919 is a prime, so no two meet. */
static uint64_t shuffled(uint64_t frame)
{
	return FIRST_MACHINE + frame * 7919 % FRAME_COUNT;
}

const struct start_info *fake_xen_build(void)
{
	/* Xen programs the CPU, and the guest can only read it. */
	cpu_write_msr(MSR_PAT, PAT_MSR_XEN);
	for (uint64_t i = 0; i < HOST_FRAMES; i++) {
		m2p[i] = NOT_A_FRAME;
	}
	for (uint64_t i = 0; i < FRAME_COUNT; i++) {
		p2m_list[i] = shuffled(i);
		m2p[shuffled(i)] = i;
	}
	/* Another domain's frame may claim any number. */
	m2p[SHARED_INFO_MFN] = 5;

	start_info.nr_pages = FRAME_COUNT;
	start_info.shared_info = SHARED_INFO_MFN << PAGE_SHIFT;
	start_info.mfn_list = vaddr_of(p2m_list).va;
	start_info.console.domU.mfn = shuffled(CONSOLE_PFN);
	start_info.console.domU.evtchn = CONSOLE_PORT;
	return &start_info;
}

uint64_t fake_xen_stack_top(void)
{
	return ARENA_VADDR + BOOT_STACK_TOP;
}

/* ---- The console daemon -------------------------------------------------- */

static void daemon_reads(void)
{
	struct xencons_interface *ring = arena_ptr(pfn_paddr(pfn(CONSOLE_PFN)));

	while (ring->out_cons != ring->out_prod) {
		char c = ring->out[MASK_XENCONS_IDX(ring->out_cons, ring->out)];

		ring->out_cons++;
		if (c != '\r' && write(STDOUT_FILENO, &c, 1) != 1) {
			_exit(3);
		}
	}
}

/* ---- Hypercalls ---------------------------------------------------------- */

/* What the guest has a handler for. */
static bool vectors[VECTOR_COUNT];
static bool callbacks[CALLBACKTYPE_syscall32 + 1];

static long set_trap_table(const struct trap_info *table)
{
	for (; table->address != 0; table++) {
		if (table->cs != FLAT_KERNEL_CS ||
		    !vaddr_is_canonical(vaddr(table->address))) {
			return -EINVAL;
		}
		vectors[table->vector] = true;
	}
	return 0;
}

/* Xen has no such rule, but it would end a domain that faults earlier. */
static void require_handlers(void)
{
	static const unsigned int needed[] = {
		CALLBACKTYPE_event,    CALLBACKTYPE_failsafe,
		CALLBACKTYPE_syscall,  CALLBACKTYPE_nmi,
		CALLBACKTYPE_sysenter, CALLBACKTYPE_syscall32,
	};

	for (unsigned int i = 0; i < VECTOR_COUNT; i++) {
		if (!vectors[i]) {
			PANIC("a mapping changes, vector %u has no handler", i);
		}
	}
	for (size_t i = 0; i < ARRAY_COUNT(needed); i++) {
		if (!callbacks[needed[i]]) {
			PANIC("a mapping changes, callback %u is not there",
			      needed[i]);
		}
	}
}

static long callback_op(uint64_t command, const struct callback_register *what)
{
	if (command != CALLBACKOP_register) {
		return -ENOSYS;
	}
	if (what->type > CALLBACKTYPE_syscall32) {
		return -ENOSYS;
	}
	callbacks[what->type] = true;
	return 0;
}

/* The page becomes the shared one; the hypervisor has been writing to it. */
static long map_shared_info(vaddr_t page)
{
	struct shared_info *info = vaddr_ptr(page);

	memset(info, 0, PAGE_BYTES);
	info->vcpu_info[0].evtchn_upcall_mask = 1;
	info->vcpu_info[0].time.tsc_to_system_mul = 0x80000000;
	return 0;
}

static long update_va_mapping(vaddr_t page, uint64_t entry, uint64_t flags)
{
	require_handlers();
	/* Xen lets it pass, and the old translation lives on. */
	if (flags != UVMF_INVLPG) {
		PANIC("a mapped page changes without a flush");
	}
	if (!is_aligned(page.va, PAGE_BYTES)) {
		return -EINVAL;
	}
	if (entry == 0) {
		arena_hide(page);
		return 0;
	}
	if (entry == ((SHARED_INFO_MFN << PAGE_SHIFT) | ENTRY_P | ENTRY_RW)) {
		return map_shared_info(page);
	}
	return -EINVAL;
}

static long memory_op(uint64_t command, struct xen_machphys_mapping *mapping)
{
	if (command != XENMEM_machphys_mapping) {
		return -ENOSYS;
	}
	mapping->v_start = vaddr_of(m2p).va;
	mapping->v_end = mapping->v_start + sizeof(m2p);
	mapping->max_mfn = HOST_FRAMES - 1;
	return 0;
}

static long event_channel_op(uint64_t command, const struct evtchn_send *send)
{
	if (command != EVTCHNOP_send) {
		return -ENOSYS;
	}
	if (send->port != CONSOLE_PORT) {
		return -EINVAL;
	}
	return 0; /* The daemon reads when it gets to run. */
}

/* The process ends as the runner would judge the domain. What the guest has
 * not waited for is lost, as it is on the real thing. */
static long sched_op(uint64_t command, const struct sched_shutdown *shutdown)
{
	switch (command) {
	case SCHEDOP_yield:
		daemon_reads();
		return 0;
	case SCHEDOP_shutdown:
		_exit(shutdown->reason == SHUTDOWN_poweroff ? 0 : 1);
	default:
		return -ENOSYS;
	}
}

long xen_hypercall(uint64_t number, uint64_t first, uint64_t second,
		   uint64_t third, uint64_t fourth, uint64_t fifth)
{
	(void)fourth;
	(void)fifth;
	switch (number) {
	case __HYPERVISOR_set_trap_table:
		return set_trap_table(vaddr_ptr(vaddr(first)));
	case __HYPERVISOR_callback_op:
		return callback_op(first, vaddr_ptr(vaddr(second)));
	case __HYPERVISOR_update_va_mapping:
		return update_va_mapping(vaddr(first), second, third);
	case __HYPERVISOR_memory_op:
		return memory_op(first, vaddr_ptr(vaddr(second)));
	case __HYPERVISOR_console_io:
		return -EPERM;
	case __HYPERVISOR_event_channel_op:
		return event_channel_op(first, vaddr_ptr(vaddr(second)));
	case __HYPERVISOR_sched_op:
		return sched_op(first, vaddr_ptr(vaddr(second)));
	default:
		return -ENOSYS;
	}
}
