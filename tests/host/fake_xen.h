/* SPDX-License-Identifier: MIT */
/*
 * A model of Xen, as a PV domain meets it.
 *
 * It takes the place of hypercall.asm when the host program is linked: it has
 * the domain builder's layout, real page tables in scattered machine frames,
 * frame types with their counts, and the error numbers of Debian's release of
 * Xen 4.17. The addresses of the process are the guest's: what the tables map
 * near the arena, the process can reach, and in no other way.
 *
 * Beyond Xen's own rules it panics where Xen lets the guest walk into trouble:
 * an entry that is not present but has an address (L1TF), a translation that
 * changes without a flush, a change of mappings before there are handlers.
 */
#ifndef TESTS_HOST_FAKE_XEN_H
#define TESTS_HOST_FAKE_XEN_H

#include "arch/x86/addr.h"
#include "xen/abi.h"

enum fake_xen_kind {
	FAKE_XEN_DOMU,
	FAKE_XEN_DOMU_IO, /* With a right to some port. */
	FAKE_XEN_DOM0
};

/* As in Xen's own debug output. */
enum fake_xen_type {
	FAKE_XEN_NONE,
	FAKE_XEN_L1,
	FAKE_XEN_L2,
	FAKE_XEN_L3,
	FAKE_XEN_L4,
	FAKE_XEN_SEGMENTS,
	FAKE_XEN_WRITABLE
};

/*
 * Plays the domain builder: the whole arena is the domain's memory, less some
 * frames that it was not given, and as much of it is mapped as the builder
 * would map. Returns start_info, which is in that memory as well.
 */
const struct start_info *fake_xen_build(enum fake_xen_kind kind);

/* The end of the boot stack, the last thing the builder placed. */
uint64_t fake_xen_stack_top(void);

/*
 * Runs a test on a domain of its own, on any platform: some mebibytes behind
 * FAKE_XEN_TEST_VADDR, half of them in the boot map, all handlers there. The
 * kernel's own domain, if there is one, is as it was afterwards.
 */
void fake_xen_run(enum fake_xen_kind kind, void (*body)(void));

#define FAKE_XEN_TEST_VADDR UINT64_C(0x60000000)
#define FAKE_XEN_TEST_BYTES UINT64_C(0x800000)

/* Of a domain that is only planned, as distances from the start of its memory:
 * where the boot stack ends, and where the map does. */
struct fake_xen_ends {
	uint64_t stack;
	uint64_t map;
};

struct fake_xen_ends fake_xen_plan(enum fake_xen_kind kind,
				   uint64_t frame_count, uint64_t image_pages);

/* The next hypercall of that number, be it in a multicall, has that error and
 * no effect. Xen refuses some things so rarely that a guest cannot ask for it.
 */
void fake_xen_refuse_next(uint64_t number, long error);

/* The domain is no HVM one, so it has no parameters of such; or it has them
 * all, and nobody has set any. */
void fake_xen_unset_hvm_params(bool unset);

/* ---- What the model can be asked ----------------------------------------- */

/* Of the domain that was built last. */
const struct start_info *fake_xen_start_info(void);
/* The first address that the boot map does not map. */
vaddr_t fake_xen_map_end(void);

/* MFN_NONE for a frame that it was built without. */
mfn_t fake_xen_mfn(pfn_t frame);

/* NONE while nothing holds the type, whatever it was before. */
enum fake_xen_type fake_xen_type(mfn_t frame);
/* How many references hold the type; how many hold the frame, the one of its
 * allocation included. */
uint64_t fake_xen_type_count(mfn_t frame);
uint64_t fake_xen_refs(mfn_t frame);
bool fake_xen_pinned(mfn_t frame);

/* The tables in use, for the kernel and for user mode; frame 0 is none. */
mfn_t fake_xen_root(void);
mfn_t fake_xen_user_root(void);

/* What is in a table, past all mappings. */
uint64_t fake_xen_entry(mfn_t table, unsigned int index);

/* Since the domain was built: hypercalls, those in a multicall included; of
 * one number; and requests in mmu_update, update_va_mapping and mmuext_op that
 * Xen has begun with. */
uint64_t fake_xen_calls(void);
uint64_t fake_xen_calls_of(uint64_t number);
uint64_t fake_xen_requests(void);

/* Machine frames that are not the domain's. */
#define FAKE_XEN_SHARED_INFO_MFN UINT64_C(0x800)
#define FAKE_XEN_OWN_MFN	 UINT64_C(0x1100) /* Of Xen itself. */
#define FAKE_XEN_OTHER_MFN	 UINT64_C(0x1200) /* Of another domain. */
#define FAKE_XEN_MMIO_MFN	 UINT64_C(0xa0)
#define FAKE_XEN_LAPIC_MFN	 UINT64_C(0xfee00)

#endif
