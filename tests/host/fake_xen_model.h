/* SPDX-License-Identifier: MIT */
/*
 * A model of Xen: what its parts know of each other.
 *
 * One structure is all there is to know of a domain, so that a test can have
 * one of its own beside the kernel's. Results are 0 or negative error numbers,
 * as a guest gets them. Machine frames are plain numbers here, most of them
 * come from the guest.
 */
#ifndef TESTS_HOST_FAKE_XEN_MODEL_H
#define TESTS_HOST_FAKE_XEN_MODEL_H

#include "arch/x86/pte.h"
#include "lib/assert.h"
#include "tests/host/arena.h"
#include "tests/host/fake_xen.h"

#include <xen/errno.h>

/* The host has more frames than any domain. Those of the domain are in the
 * second quarter, free ones in the upper half. */
#define FX_DOMAIN_FRAMES_MAX (ARENA_BYTES / PAGE_BYTES)
#define FX_HOST_FRAMES	     (4 * FX_DOMAIN_FRAMES_MAX)
#define FX_FIRST_MACHINE     FX_DOMAIN_FRAMES_MAX
#define FX_FIRST_FREE	     (2 * FX_DOMAIN_FRAMES_MAX)
#define FX_PADDR_BITS	     40

#define FX_CALL_COUNT 64
#define FX_PORT_COUNT 64
#define FX_VIRQ_COUNT 24

/* The bits of an entry. */
#define FX_P	   BIT(0)
#define FX_RW	   BIT(1)
#define FX_US	   BIT(2)
#define FX_PWT	   BIT(3)
#define FX_PCD	   BIT(4)
#define FX_A	   BIT(5)
#define FX_D	   BIT(6)
#define FX_PAT	   BIT(7) /* Of a leaf; above L1 the page size. */
#define FX_G	   BIT(8)
#define FX_KERNEL  BIT(52)
#define FX_NX	   BIT(63)
#define FX_ADDRESS UINT64_C(0xffffffffff000)
#define FX_CACHE   (FX_PWT | FX_PCD | FX_PAT)

/* Slots of an L4 table that are not the guest's. */
#define FX_XEN_SLOT_FIRST 256
#define FX_XEN_SLOT_LAST  271

enum fx_owner {
	FX_NOBODY, /* Free, or no RAM at all. */
	FX_DOMAIN,
	FX_XEN,
	FX_OTHER
};

struct fx_frame {
	uint8_t owner;
	uint8_t type; /* What it was last, while the count is 0. */
	bool pinned;
	bool allocated;
	bool special; /* Xen's, shared with the domain. */
	uint32_t type_count;
	uint32_t refs;
};

struct fx_domain {
	enum fake_xen_kind kind;
	uint64_t base; /* Where pseudo-physical 0 is mapped. */
	uint64_t frame_count;
	uint64_t map_end; /* As an address, and that of the stack's end. */
	uint64_t stack_top;
	uint64_t info; /* The address of start_info. */
	uint64_t shared_info_mfn;
	uint64_t root;
	uint64_t user_root;
	struct fx_frame frames[FX_HOST_FRAMES];

	uint64_t calls[FX_CALL_COUNT];
	uint64_t other_calls;
	uint64_t requests;
	bool vectors[VECTOR_COUNT];
	bool callbacks[CALLBACKTYPE_syscall32 + 1];
	bool ports[FX_PORT_COUNT];
	bool virqs[FX_VIRQ_COUNT];
	uint32_t virq_of_port[FX_PORT_COUNT]; /* Plus one. */
	unsigned int gdt_frames;
	uint64_t gdt[FIRST_RESERVED_GDT_PAGE];
	uint64_t vcpu_info_mfn;
	uint64_t reserved; /* Pages beyond those that it was built with. */
	bool has_holes;
	uint64_t refused_call; /* The next of this number has no effect but */
	long refused_error;    /* this error; 0: none has. */
};

extern struct fx_domain fx;

static inline bool fx_is_dom0(void)
{
	return fx.kind == FAKE_XEN_DOM0;
}

/* Whoever has a right to some device may choose cache attributes. */
static inline bool fx_has_io(void)
{
	return fx.kind != FAKE_XEN_DOMU;
}

static inline uint64_t fx_entry_mfn(uint64_t entry)
{
	return (entry & FX_ADDRESS) >> PAGE_SHIFT;
}

/* The frame that the builder gives: in a scattered order. 7919 is a prime, so
 * no two meet. */
static inline uint64_t fx_home_mfn(uint64_t number)
{
	ASSERT(fx.frame_count != 0);
	return FX_FIRST_MACHINE + number * 7919 % fx.frame_count;
}

/* ---- Builder (fake_xen_build.c) ------------------------------------------ */

/* Builds a domain at base into fx; the first pages are left to an image, and
 * are mapped like the rest. With holes some frames are not there. */
void fx_build(enum fake_xen_kind kind, uint64_t base, uint64_t frame_count,
	      uint64_t image_pages, bool has_holes);
/* Is it a frame that the domain has no memory for? */
bool fx_is_hole(uint64_t number);
/* Fills Xen's slots of an L4 table. */
void fx_fill_xen_slots(uint64_t mfn, uint64_t *l4);

/* ---- Types and counts (fake_xen_types.c) --------------------------------- */

/* NULL for a number that no frame of the host has. */
struct fx_frame *fx_frame(uint64_t mfn);
/* A reference to a frame of the domain; false if it is none. */
bool fx_get_frame(uint64_t mfn);
void fx_put_frame(uint64_t mfn);
/* A reference to the type of a frame that the caller has a reference to. The
 * first one to a table has it validated. */
long fx_get_type(uint64_t mfn, enum fake_xen_type type);
void fx_put_type(uint64_t mfn);
/* Does something hold it as a table? */
bool fx_is_table(uint64_t mfn, level_t *level);
/* Frame and type. */
long fx_get_frame_and_type(uint64_t mfn, enum fake_xen_type type);
void fx_put_frame_and_type(uint64_t mfn);

/* A descriptor as the CPU may have it, or -EINVAL. */
long fx_check_descriptor(uint64_t *descriptor);

/* ---- Entries (fake_xen_entry.c) ------------------------------------------ */

/* Takes the references that an entry of a table in that frame means, and makes
 * of the entry what Xen makes of it. The frames that the entry may name are
 * those of the domain, or those of DOMID_IO or DOMID_XEN. */
long fx_get_entry(level_t level, uint64_t *entry, uint64_t table,
		  domid_t owner);
void fx_put_entry(level_t level, uint64_t entry, uint64_t table);
/* Changes one entry of a table that has its type. */
long fx_change_entry(level_t level, uint64_t table, unsigned int index,
		     uint64_t entry, bool preserve_ad, domid_t owner);

/* ---- Memory (fake_xen_memory.c) ------------------------------------------ */

/* Forgets what there was, and reserves the addresses from base on. Pages of
 * the process that lie there are its own. */
void fx_memory_open(uint64_t base);
/* As it was with the domain that uses base; for a test that is over. */
void fx_memory_reopen(uint64_t base);
/* Xen's own mapping of a frame. */
void *fx_view(uint64_t mfn);
/* The M2P table, which guests can only read. */
uint64_t *fx_m2p(void);
uint64_t fx_m2p_vaddr(void);
/* Brings what the process can reach into step with the tables in use: after a
 * change of one entry, or of all. */
void fx_show_entry(level_t level, uint64_t table, unsigned int index);
void fx_show_all(void);

/* ---- The guest's pointers (fake_xen_guest.c) ----------------------------- */

/* Is it outside of Xen's addresses? */
bool fx_is_guest(uint64_t address, uint64_t bytes);
/* False if the guest could not do it either. */
bool fx_read(void *to, uint64_t from, size_t bytes) MUST_CHECK;
bool fx_write(uint64_t to, const void *from, size_t bytes) MUST_CHECK;
/* How far a list got; Xen does not mind a pointer to nowhere. */
void fx_write_done(uint64_t to, uint64_t count, unsigned int done);

/* In a count: by it Xen knows a call that it interrupted itself. */
#define FX_PREEMPTED BIT(31)

#endif
