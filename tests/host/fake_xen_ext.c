// SPDX-License-Identifier: MIT
/*
 * A model of Xen: mmuext_op.
 *
 * Xen, xen/arch/x86/mm.c, do_mmuext_op.
 */
#include "tests/host/fake_xen_calls.h"

#include "arch/x86/cpu.h"
#include "lib/assert.h"

#include <string.h>

#define LDT_ENTRIES 8192

/* ---- Pins ---------------------------------------------------------------- */

static long pin(unsigned int command, uint64_t mfn)
{
	enum fake_xen_type type = (enum fake_xen_type)(FAKE_XEN_L1 + command -
						       MMUEXT_PIN_L1_TABLE);
	long error = fx_get_frame_and_type(mfn, type);

	if (error != 0) {
		return error;
	}
	if (fx.frames[mfn].pinned) {
		fx_put_frame_and_type(mfn);
		return -XEN_EINVAL;
	}
	fx.frames[mfn].pinned = true;
	return 0;
}

static long unpin(uint64_t mfn)
{
	const struct fx_frame *frame = fx_frame(mfn);

	if (frame == NULL || frame->owner != FX_DOMAIN || !frame->pinned) {
		return -XEN_EINVAL;
	}
	fx.frames[mfn].pinned = false;
	fx_put_frame_and_type(mfn);
	return 0;
}

/* ---- Roots --------------------------------------------------------------- */

long fx_set_root(uint64_t mfn)
{
	uint64_t old = fx.root;
	long error;

	if (mfn == old) {
		return 0;
	}
	error = fx_get_frame_and_type(mfn, FAKE_XEN_L4);
	if (error != 0) {
		return error;
	}
	fx.root = mfn;
	fx_show_all();
	cpu_write_cr3(mfn << PAGE_SHIFT);
	if (old != 0) {
		fx_put_frame_and_type(old);
	}
	return 0;
}

static long set_user_root(uint64_t mfn)
{
	uint64_t old = fx.user_root;
	long error;

	if (mfn == old) {
		return 0;
	}
	error = mfn == 0 ? 0 : fx_get_frame_and_type(mfn, FAKE_XEN_L4);
	if (error != 0) {
		return error;
	}
	fx.user_root = mfn;
	if (old != 0) {
		fx_put_frame_and_type(old);
	}
	return 0;
}

/* ---- Others -------------------------------------------------------------- */

static long flush_some(uint64_t bitmap)
{
	uint64_t word;

	return fx_read(&word, bitmap, sizeof(word)) ? 0 : -XEN_EINVAL;
}

static long flush_cache(unsigned int command)
{
	if (fx_has_io()) {
		return 0;
	}
	return command == MMUEXT_FLUSH_CACHE ? -XEN_EACCES : -XEN_EINVAL;
}

static long set_ldt(uint64_t address, unsigned int entries)
{
	return is_aligned(address, PAGE_BYTES) && fx_is_guest(address, 1) &&
			       entries <= LDT_ENTRIES
		       ? 0
		       : -XEN_EINVAL;
}

static long write_page(uint64_t mfn, const void *from)
{
	if (fx_get_frame_and_type(mfn, FAKE_XEN_WRITABLE) != 0) {
		return -XEN_EINVAL;
	}
	if (from == NULL) {
		memset(fx_view(mfn), 0, PAGE_BYTES);
	} else {
		memmove(fx_view(mfn), from, PAGE_BYTES);
	}
	fx_put_frame_and_type(mfn);
	return 0;
}

static long copy_page(uint64_t to, uint64_t from)
{
	long error;

	if (!fx_get_frame(from)) {
		return -XEN_EINVAL;
	}
	error = write_page(to, fx_view(from));
	fx_put_frame(from);
	return error;
}

static long operate(const struct mmuext_op *op)
{
	switch (op->cmd) {
	case MMUEXT_PIN_L1_TABLE:
	case MMUEXT_PIN_L2_TABLE:
	case MMUEXT_PIN_L3_TABLE:
	case MMUEXT_PIN_L4_TABLE:
		return pin(op->cmd, op->arg1.mfn);
	case MMUEXT_UNPIN_TABLE:
		return unpin(op->arg1.mfn);
	case MMUEXT_NEW_BASEPTR:
		return fx_set_root(op->arg1.mfn);
	case MMUEXT_NEW_USER_BASEPTR:
		return set_user_root(op->arg1.mfn);
	case MMUEXT_TLB_FLUSH_LOCAL:
	case MMUEXT_INVLPG_LOCAL:
	case MMUEXT_TLB_FLUSH_ALL:
	case MMUEXT_INVLPG_ALL:
		return 0;
	case MMUEXT_TLB_FLUSH_MULTI:
	case MMUEXT_INVLPG_MULTI:
		return flush_some(vaddr_of(op->arg2.vcpumask.p).va);
	case MMUEXT_FLUSH_CACHE:
	case MMUEXT_FLUSH_CACHE_GLOBAL:
		return flush_cache(op->cmd);
	case MMUEXT_SET_LDT:
		return set_ldt(op->arg1.linear_addr, op->arg2.nr_ents);
	case MMUEXT_CLEAR_PAGE:
		return write_page(op->arg1.mfn, NULL);
	case MMUEXT_COPY_PAGE:
		return copy_page(op->arg1.mfn, op->arg2.src_mfn);
	case MMUEXT_MARK_SUPER:
	case MMUEXT_UNMARK_SUPER:
		return -XEN_EOPNOTSUPP;
	default:
		return -XEN_ENOSYS;
	}
}

long fx_mmuext_op(uint64_t ops, uint64_t count, uint64_t done, uint64_t foreign)
{
	unsigned int n = (unsigned int)(count & ~FX_PREEMPTED);
	unsigned int i;
	domid_t owner;
	long error;

	if (!fx_is_guest(ops, n * sizeof(struct mmuext_op))) {
		return -XEN_EFAULT;
	}
	error = fx_find_owner(foreign, false, &owner);
	if (error != 0) {
		return error;
	}
	for (i = 0; i < n; i++) {
		struct mmuext_op op;

		if (!fx_read(&op, ops + i * sizeof(op), sizeof(op))) {
			error = -XEN_EFAULT;
			break;
		}
		fx.requests++;
		error = owner == DOMID_SELF ? operate(&op) : -XEN_EPERM;
		if (error != 0) {
			break;
		}
	}
	fx_write_done(done, count, i);
	return error;
}
