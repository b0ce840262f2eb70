// SPDX-License-Identifier: MIT
/*
 * A model of Xen: hypercalls about the virtual CPU.
 */
#include "tests/host/fake_xen_calls.h"

#include "lib/assert.h"

#include <xen/vcpu.h>

#define DESCRIPTORS_PER_PAGE (PAGE_BYTES / sizeof(uint64_t))
/* Any access to a debug register faults (SDM vol. 3, 18.2.4). */
#define DR7_GD BIT(13)

/* ---- Traps --------------------------------------------------------------- */

long fx_set_trap_table(uint64_t table)
{
	struct trap_info info;

	for (;; table += sizeof(info)) {
		if (!fx_read(&info, table, sizeof(info))) {
			return -XEN_EFAULT;
		}
		if (info.address == 0) {
			return 0;
		}
		if (!vaddr_is_canonical(vaddr(info.address))) {
			return -XEN_EINVAL;
		}
		fx.vectors[info.vector] = true;
	}
}

long fx_callback_op(uint64_t command, uint64_t arg)
{
	struct callback_register what;

	if (command != CALLBACKOP_register) {
		return -XEN_ENOSYS;
	}
	if (!fx_read(&what, arg, sizeof(what))) {
		return -XEN_EFAULT;
	}
	if (!vaddr_is_canonical(vaddr(what.address))) {
		return -XEN_EINVAL;
	}
	if (what.type > CALLBACKTYPE_syscall32) {
		return -XEN_ENOSYS;
	}
	fx.callbacks[what.type] = true;
	return 0;
}

void fx_require_handlers(void)
{
	static const unsigned int needed[] = {
		CALLBACKTYPE_event,    CALLBACKTYPE_failsafe,
		CALLBACKTYPE_syscall,  CALLBACKTYPE_nmi,
		CALLBACKTYPE_sysenter, CALLBACKTYPE_syscall32,
	};

	for (unsigned int i = 0; i < VECTOR_COUNT; i++) {
		if (!fx.vectors[i]) {
			PANIC("a mapping changes, vector %u has no handler", i);
		}
	}
	for (size_t i = 0; i < ARRAY_COUNT(needed); i++) {
		if (!fx.callbacks[needed[i]]) {
			PANIC("a mapping changes, callback %u is not there",
			      needed[i]);
		}
	}
}

/* ---- Descriptors --------------------------------------------------------- */

static void drop_gdt(const uint64_t *frames, unsigned int count)
{
	while (count-- != 0) {
		fx_put_frame_and_type(frames[count]);
	}
}

long fx_set_gdt(uint64_t frames, uint64_t entries)
{
	unsigned int count =
		(unsigned int)((entries + DESCRIPTORS_PER_PAGE - 1) /
			       DESCRIPTORS_PER_PAGE);
	uint64_t pages[FIRST_RESERVED_GDT_PAGE];

	if (entries > FIRST_RESERVED_GDT_ENTRY) {
		return -XEN_EINVAL;
	}
	if (!fx_read(pages, frames, count * sizeof(pages[0]))) {
		return -XEN_EFAULT;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (fx_get_frame_and_type(pages[i], FAKE_XEN_SEGMENTS) != 0) {
			drop_gdt(pages, i);
			return -XEN_EINVAL;
		}
	}
	drop_gdt(fx.gdt, fx.gdt_frames);
	for (unsigned int i = 0; i < count; i++) {
		fx.gdt[i] = pages[i];
	}
	fx.gdt_frames = count;
	return 0;
}

long fx_update_descriptor(uint64_t address, uint64_t descriptor)
{
	uint64_t mfn = address >> PAGE_SHIFT;
	enum fake_xen_type type = FAKE_XEN_WRITABLE;

	if (!is_aligned(address, sizeof(descriptor)) ||
	    fx_check_descriptor(&descriptor) != 0 || !fx_get_frame(mfn)) {
		return -XEN_EINVAL;
	}
	if (fx.frames[mfn].type == FAKE_XEN_SEGMENTS) {
		type = FAKE_XEN_SEGMENTS;
	}
	if (fx_get_type(mfn, type) != 0) {
		fx_put_frame(mfn);
		return -XEN_EINVAL;
	}
	((uint64_t *)fx_view(mfn))[address % PAGE_BYTES / sizeof(descriptor)] =
		descriptor;
	fx_put_frame_and_type(mfn);
	return 0;
}

long fx_set_segment_base(uint64_t which, uint64_t base)
{
	switch (which) {
	case SEGBASE_FS:
	case SEGBASE_GS_USER:
	case SEGBASE_GS_KERNEL:
		return vaddr_is_canonical(vaddr(base)) ? 0 : -XEN_EINVAL;
	case SEGBASE_GS_USER_SEL:
		return 0;
	default:
		return -XEN_EINVAL;
	}
}

/* ---- Others -------------------------------------------------------------- */

long fx_set_debugreg(uint64_t number, uint64_t value)
{
	switch (number) {
	case 0:
	case 1:
	case 2:
	case 3:
		return fx_is_guest(value, 1) ? 0 : -XEN_EPERM;
	case 4:
	case 6:
		return 0;
	case 5:
	case 7:
		return (value & DR7_GD) == 0 ? 0 : -XEN_EPERM;
	default:
		return -XEN_EINVAL;
	}
}

long fx_vm_assist(uint64_t command, uint64_t type)
{
	if (type > VMASST_TYPE_runstate_update_flag &&
	    type != VMASST_TYPE_m2p_strict) {
		return -XEN_EINVAL;
	}
	return command <= VMASST_CMD_disable ? 0 : -XEN_ENOSYS;
}

/* Xen writes to it from then on, so it can never become a table. */
static long register_vcpu_info(uint64_t arg)
{
	struct vcpu_register_vcpu_info info;

	if (!fx_read(&info, arg, sizeof(info))) {
		return -XEN_EFAULT;
	}
	if (info.offset > PAGE_BYTES - sizeof(struct vcpu_info) ||
	    fx.vcpu_info_mfn != 0) {
		return -XEN_EINVAL;
	}
	if (fx_get_frame_and_type(info.mfn, FAKE_XEN_WRITABLE) != 0) {
		return -XEN_EINVAL;
	}
	fx.vcpu_info_mfn = info.mfn;
	return 0;
}

/* There is one, and it runs. */
long fx_vcpu_op(uint64_t command, uint64_t id, uint64_t arg)
{
	if (id != 0) {
		return -XEN_ENOENT;
	}
	switch (command) {
	case VCPUOP_initialise:
		return -XEN_EEXIST;
	case VCPUOP_is_up:
		return 1;
	case VCPUOP_up:
	case VCPUOP_stop_periodic_timer:
	case VCPUOP_stop_singleshot_timer:
		return 0;
	case VCPUOP_register_vcpu_info:
		return register_vcpu_info(arg);
	default:
		return -XEN_ENOSYS;
	}
}
