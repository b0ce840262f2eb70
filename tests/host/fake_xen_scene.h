/* SPDX-License-Identifier: MIT */
/*
 * A guest for tests of the model of Xen.
 *
 * Single requests, and pages to try them on, in the domain of fake_xen_run.
 * Results are those of the hypercall.
 */
#ifndef TESTS_HOST_FAKE_XEN_SCENE_H
#define TESTS_HOST_FAKE_XEN_SCENE_H

#include "arch/x86/pte.h"
#include "tests/host/fake_xen.h"

#include <xen/errno.h>

/* Runs it in a domU and in dom0, or until something was found. */
void scene_run(void (*body)(void));

bool scene_is_dom0(void);

/* A page that the boot map has to spare, zeroed, writable and used for nothing;
 * there are a hundred. */
vaddr_t scene_page(unsigned int number);
uint64_t *scene_ptr(unsigned int number);
/* Its frame. */
mfn_t scene_mfn(unsigned int number);

/* A frame that the boot map does not reach. */
mfn_t scene_far_mfn(uint64_t number);

/* The table of the level that maps the address in the tables in use; the
 * machine address of the entry there; and what is in it. */
mfn_t scene_table(level_t level, vaddr_t address);
uint64_t scene_entry_address(level_t level, vaddr_t address);
uint64_t scene_entry(level_t level, vaddr_t address);

/* Of an L2 slot behind the boot map that nothing uses: the first address. */
vaddr_t scene_free_slot(unsigned int number);

/* An entry. */
uint64_t scene_make(mfn_t frame, uint64_t flags);

/* ---- Hypercalls ---------------------------------------------------------- */

/* update_va_mapping with a flush of that page. */
long scene_remap(vaddr_t page, uint64_t entry);
/* The same for a page of the scene, mapped to its own frame. */
long scene_protect(unsigned int number, uint64_t flags);
/* mmu_update with one request. */
long scene_update(uint64_t address, uint64_t value);
/* mmu_update, of the frames of the given domain. */
long scene_update_list(const struct mmu_update *list, unsigned int count,
		       unsigned int *done, uint64_t foreign);
/* mmuext_op with one. */
long scene_ext(unsigned int command, uint64_t first, uint64_t second);
/* Any other. */
long scene_call(uint64_t number, uint64_t first, uint64_t second,
		uint64_t third);

#define SCENE_P	      UINT64_C(0x1)
#define SCENE_RW      UINT64_C(0x2)
#define SCENE_US      UINT64_C(0x4)
#define SCENE_PWT     UINT64_C(0x8)
#define SCENE_PCD     UINT64_C(0x10)
#define SCENE_A	      UINT64_C(0x20)
#define SCENE_D	      UINT64_C(0x40)
#define SCENE_PS      UINT64_C(0x80)
#define SCENE_PAT     UINT64_C(0x80)
#define SCENE_G	      UINT64_C(0x100)
#define SCENE_KERNEL  BIT(52)
#define SCENE_NX      BIT(63)
#define SCENE_ADDRESS UINT64_C(0xffffffffff000)
#define SCENE_TABLE   (SCENE_P | SCENE_RW | SCENE_US | SCENE_A | SCENE_D)

#endif
