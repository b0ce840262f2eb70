// SPDX-License-Identifier: MIT
/*
 * A model of Xen: the hypercalls that change entries.
 *
 * Xen, xen/arch/x86/mm.c, do_mmu_update and do_update_va_mapping.
 */
#include "tests/host/fake_xen_calls.h"

#include "lib/assert.h"

/* The low bits of a pointer, one more than there are commands for. */
#define COMMAND_MASK 7

/* The domain's own number. */
static uint64_t own_id(void)
{
	return fx_is_dom0() ? 0 : 1;
}

long fx_find_owner(uint64_t id, bool in_list, domid_t *owner)
{
	*owner = (domid_t)id;
	switch (id) {
	case DOMID_SELF:
		return 0;
	case DOMID_IO:
		/* In a list of entries anybody may name it, for what that is
		 * worth (Xen, xen/include/xsm/dummy.h, xsm_mmu_update). */
		return in_list || fx_is_dom0() ? 0 : -XEN_EPERM;
	case DOMID_XEN:
		return fx_is_dom0() ? 0 : -XEN_EPERM;
	default:
		/* Its own number is none for it; the other domain is dom0. */
		return id != own_id() && id == 0 ? -XEN_EPERM : -XEN_ESRCH;
	}
}

/* ---- mmu_update ---------------------------------------------------------- */

static long update_m2p(uint64_t mfn, uint64_t number)
{
	if (!fx_get_frame(mfn)) {
		return -XEN_EINVAL;
	}
	fx_m2p()[mfn] = number;
	fx_put_frame(mfn);
	return 0;
}

/* A frame that is no table is a page to write to. */
static long store(uint64_t mfn, unsigned int index, uint64_t value)
{
	if (fx_get_type(mfn, FAKE_XEN_WRITABLE) != 0) {
		return -XEN_EINVAL;
	}
	((uint64_t *)fx_view(mfn))[index] = value;
	fx_put_type(mfn);
	return 0;
}

static long update_entry(uint64_t address, uint64_t value, bool preserve_ad,
			 domid_t owner)
{
	uint64_t mfn = address >> PAGE_SHIFT;
	unsigned int index = address % PAGE_BYTES / sizeof(uint64_t);
	level_t level;
	long error;

	if (!fx_get_frame(mfn)) {
		return -XEN_EINVAL;
	}
	if (fx_is_table(mfn, &level)) {
		error = fx_change_entry(level, mfn, index, value, preserve_ad,
					owner);
	} else {
		error = store(mfn, index, value);
	}
	fx_put_frame(mfn);
	return error;
}

static long update(const struct mmu_update *request, domid_t owner)
{
	uint64_t address = request->ptr & ~(uint64_t)COMMAND_MASK;

	switch (request->ptr & COMMAND_MASK) {
	case MMU_NORMAL_PT_UPDATE:
	case MMU_PT_UPDATE_NO_TRANSLATE:
		return update_entry(address, request->val, false, owner);
	case MMU_PT_UPDATE_PRESERVE_AD:
		return update_entry(address, request->val, true, owner);
	case MMU_MACHPHYS_UPDATE:
		return update_m2p(address >> PAGE_SHIFT, request->val);
	default:
		return -XEN_ENOSYS;
	}
}

/* The upper half of the number: whose tables, plus one. */
static long find_table_owner(uint64_t foreign)
{
	uint64_t id = (uint32_t)foreign >> 16;

	if (id == 0 || id - 1 == own_id()) {
		return 0;
	}
	return id - 1 == 0 ? -XEN_EPERM : -XEN_EINVAL;
}

long fx_mmu_update(uint64_t requests, uint64_t count, uint64_t done,
		   uint64_t foreign)
{
	unsigned int n = (unsigned int)(count & ~FX_PREEMPTED);
	unsigned int i;
	domid_t owner;
	long error;

	if (!fx_is_guest(requests, n * sizeof(struct mmu_update))) {
		return -XEN_EFAULT;
	}
	error = find_table_owner(foreign);
	if (error == 0) {
		error = fx_find_owner(foreign & 0xffff, true, &owner);
	}
	if (error != 0) {
		return error;
	}
	for (i = 0; i < n; i++) {
		struct mmu_update request;

		if (!fx_read(&request, requests + i * sizeof(request),
			     sizeof(request))) {
			error = -XEN_EFAULT;
			break;
		}
		fx.requests++;
		error = update(&request, owner);
		if (error != 0) {
			break;
		}
	}
	fx_write_done(done, count, i);
	return error;
}

/* ---- update_va_mapping --------------------------------------------------- */

/* The L1 table that maps the address in the tables in use. */
static bool find_l1(vaddr_t address, uint64_t *mfn)
{
	level_t found;

	*mfn = fx.root;
	for (level_t level = L4; level > L1; level = (level_t)(level - 1)) {
		const uint64_t *table = fx_view(*mfn);
		uint64_t entry = table[level_index(level, address)];

		*mfn = fx_entry_mfn(entry);
		if ((entry & FX_P) == 0 || fx_frame(*mfn) == NULL) {
			return false;
		}
	}
	return fx_is_table(*mfn, &found) && found == L1;
}

/* Xen lets it pass, and the old translation lives on: either the page faults
 * although it is writable, or it can be reached although it is gone. */
static void require_flush(uint64_t old, uint64_t new)
{
	if ((old & FX_P) == 0) {
		return;
	}
	if ((new &FX_P) == 0 || fx_entry_mfn(old) != fx_entry_mfn(new) ||
	    (~old & new &FX_RW) != 0) {
		PANIC("a mapped page changes without a flush");
	}
}

static long flush(uint64_t flags)
{
	uint64_t bitmap = flags & ~(uint64_t)UVMF_FLUSHTYPE_MASK;
	uint64_t word;

	if (bitmap == UVMF_LOCAL || bitmap == UVMF_ALL) {
		return 0;
	}
	return fx_read(&word, bitmap, sizeof(word)) ? 0 : -XEN_EFAULT;
}

long fx_update_va_mapping(uint64_t address, uint64_t entry, uint64_t flags,
			  domid_t owner)
{
	unsigned int index = level_index(L1, vaddr(address));
	uint64_t old;
	uint64_t l1;
	long error;

	fx_require_handlers();
	fx.requests++;
	if (!fx_is_guest(address, 1) || !find_l1(vaddr(address), &l1)) {
		return -XEN_EINVAL;
	}
	old = fake_xen_entry(mfn(l1), index);
	error = fx_change_entry(L1, l1, index, entry, false, owner);
	if (error != 0) {
		return error;
	}
	switch (flags & UVMF_FLUSHTYPE_MASK) {
	case UVMF_TLB_FLUSH:
	case UVMF_INVLPG:
		return flush(flags);
	default:
		require_flush(old, entry);
		return 0;
	}
}
