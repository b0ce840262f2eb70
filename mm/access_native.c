// SPDX-License-Identifier: MIT
/*
 * The bench of the access matrix, at ring 0.
 *
 * A root of its own, with nothing on it but the image, the pages of the bench,
 * user mode's code and the page under test. With EFER.NXE off, bit 63 of an
 * entry is reserved, so none that the kernel needs has it here. Nothing is
 * global, so that a change of root leaves nothing behind.
 */
#include "mm/access_bench.h"

#include "arch/x86/cpu.h"
#include "arch/x86/image.h"
#include "arch/x86/phys.h"
#include "arch/x86/protect.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/census.h"
#include "mm/kernel_space.h"
#include "mm/test_user_code.h"

/* Entries of this file are numbers: what the manual says of bits is tried here,
 * not what arch/x86/pte.h makes of them. */
#define LINK  UINT64_C(0x7) /* Present, writable, user. */
#define OURS  UINT64_C(0x3)
#define FRAME UINT64_C(0x000ffffffffff000)

/* Where the pages of the bench are, on its root. */
#define WINDOW_VADDR UINT64_C(0xffffff0000000000)

/* In a slot of the root that has nothing else. */
#define SLOT_VADDR(top) ((top) == L5 ? BIT(48) : BIT(39))

/* The root, the test page and the code; three tables for each of image, window,
 * code and test page; with five levels one more for every half or slot. */
#define PAGES 18

#define CR4_STATES (CR4_SMEP | CR4_SMAP | CR4_PKE)

static struct {
	pfn_t pages[PAGES];
	size_t used;
	level_t top;
	paddr_t frame; /* Of the test page. */
	struct access_page page;
	uint64_t *entries[L5 + 1]; /* On the way to it. */
	uint64_t links[L5 + 1]; /* What they are, if nothing else is wanted. */
} bench;

/* What enter changed. */
static struct {
	uint64_t cr0;
	uint64_t cr3;
	uint64_t cr4;
	uint64_t efer;
	trap_retry_t retry;
	irqstate_t interrupts;
} saved;

static void free_pages(size_t count)
{
	while (count > 0) {
		page_free(kernel_pgtable()->pages, bench.pages[--count]);
	}
}

static enum err take_pages(void)
{
	for (size_t i = 0; i < PAGES; i++) {
		enum err error = page_alloc(kernel_pgtable()->pages, PAGE_TEST,
					    &bench.pages[i]);

		if (error != OK) {
			free_pages(i);
			return error;
		}
	}
	bench.used = 0;
	return OK;
}

static paddr_t next_page(void)
{
	ASSERT(bench.used < PAGES);
	return pfn_paddr(bench.pages[bench.used++]);
}

/* The entry for the address, with all tables above it. */
static uint64_t *entry_of(vaddr_t address, level_t level)
{
	uint64_t *table = phys_ptr(pfn_paddr(bench.pages[0]));

	for (level_t at = bench.top; at > level; at--) {
		uint64_t *entry = &table[level_index(at, address)];

		if (*entry == 0) {
			*entry = next_page().pa | LINK;
		}
		table = phys_ptr(paddr(*entry & FRAME));
	}
	return &table[level_index(level, address)];
}

/* The same memory on the bench's own root. */
static void *in_window(void *pointer)
{
	for (size_t i = 0; i < PAGES; i++) {
		uint8_t *page = phys_ptr(pfn_paddr(bench.pages[i]));
		uint64_t offset = (uint64_t)((uint8_t *)pointer - page);

		if (offset < PAGE_BYTES) {
			return vaddr_ptr(
				vaddr(WINDOW_VADDR + i * PAGE_BYTES + offset));
		}
	}
	PANIC("%p is no page of the bench", pointer);
}

/* ---- Opening ------------------------------------------------------------- */

static void map_image(void)
{
	uint64_t bytes = (uint64_t)(image_end - image_start);
	paddr_t memory;

	for (uint64_t at = 0; at < bytes; at += PAGE_BYTES) {
		vaddr_t page = vaddr_of(image_start + at);

		/* Guard pages are mapped nowhere. */
		if (census_translate(page, &memory)) {
			*entry_of(page, L1) = memory.pa | OURS;
		}
	}
}

static void map_code(void)
{
	paddr_t page = next_page();

	memcpy(phys_ptr(page), user_code, (size_t)(user_code_end - user_code));
	*entry_of(vaddr(ACCESS_CODE_VADDR), L1) = page.pa | LINK;
}

/* At an address that fits leaves of every size. */
static void map_test_page(void)
{
	uint64_t offset;

	bench.frame = next_page();
	offset = bench.frame.pa & (level_bytes(L3) - 1);
	bench.page.at = vaddr(SLOT_VADDR(bench.top) + offset);
	access_page_prepare(phys_ptr(bench.frame));
	for (level_t level = L1; level <= bench.top; level++) {
		bench.entries[level] = entry_of(bench.page.at, level);
		bench.links[level] = *bench.entries[level];
	}
	bench.links[L1] = bench.frame.pa | LINK;
}

static void map_window(void)
{
	for (size_t i = 0; i < PAGES; i++) {
		*entry_of(vaddr(WINDOW_VADDR + i * PAGE_BYTES), L1) =
			pfn_paddr(bench.pages[i]).pa | OURS;
	}
}

static enum err native_open(void)
{
	enum err error = take_pages();

	if (error != OK) {
		return error;
	}
	bench.top = kernel_pgtable()->levels;
	next_page(); /* The root. */
	map_image();
	map_code();
	map_test_page();
	map_window();
	bench.page.alias = in_window(phys_ptr(bench.frame));
	for (level_t level = L1; level <= bench.top; level++) {
		bench.entries[level] = in_window(bench.entries[level]);
	}
	return OK;
}

static void native_close(void)
{
	free_pages(PAGES);
}

/* ---- The state of the processor ------------------------------------------ */

static uint64_t if_set(bool set, uint64_t bit)
{
	return set ? bit : 0;
}

static void native_enter(const struct access_cpu *cpu)
{
	saved.interrupts = pv()->irq_save();
	/* The tables that it looks at are not in use. */
	saved.retry = trap_set_retry(NULL);
	saved.cr0 = cpu_read_cr0();
	saved.cr3 = cpu_read_cr3();
	saved.cr4 = cpu_read_cr4();
	saved.efer = cpu_read_msr(MSR_EFER);

	/* Without PGE no translation of the kernel's tables stays. */
	cpu_write_cr4(saved.cr4 & ~(uint64_t)(CR4_PGE | CR4_STATES));
	cpu_write_cr3(pfn_paddr(bench.pages[0]).pa);
	cpu_write_msr(MSR_EFER, (saved.efer & ~(uint64_t)EFER_NXE) |
					if_set(cpu->nxe, EFER_NXE));
	cpu_write_cr0((saved.cr0 & ~(uint64_t)CR0_WP) |
		      if_set(cpu->wp, CR0_WP));
	cpu_write_cr4((saved.cr4 & ~(uint64_t)(CR4_PGE | CR4_STATES)) |
		      if_set(cpu->smep, CR4_SMEP) |
		      if_set(cpu->smap, CR4_SMAP) | if_set(cpu->pke, CR4_PKE));
}

static void native_leave(void)
{
	cpu_write_cr0(saved.cr0);
	cpu_write_msr(MSR_EFER, saved.efer);
	cpu_write_cr3(saved.cr3);
	cpu_write_cr4(saved.cr4);
	if ((saved.cr4 & CR4_PKE) != 0) {
		cpu_write_pkru(0);
	}
	trap_set_retry(saved.retry);
	pv()->irq_restore(saved.interrupts);
}

/* ---- One access ---------------------------------------------------------- */

static uint64_t value_for(const struct access_case *what, level_t level)
{
	if (level == what->shape.leaf) {
		return align_down(bench.frame.pa, level_bytes(level)) |
		       what->leaf;
	}
	if (level == what->shape.upper) {
		return (bench.links[level] & FRAME) | what->upper;
	}
	return bench.links[level];
}

static void native_try(const struct access_case *what,
		       struct access_trial *trial)
{
	*trial =
		(struct access_trial){ .before = { .top = bench.top,
						   .leaf = what->shape.leaf } };
	for (level_t level = what->shape.leaf; level <= bench.top; level++) {
		trial->before.entries[level] = value_for(what, level);
		cpu_write_entry(bench.entries[level],
				trial->before.entries[level]);
	}
	cpu_invlpg(bench.page.at);
	if (what->cpu.pke) {
		cpu_write_pkru(what->cpu.pkru);
	}
	for (unsigned int i = 0; i < what->times; i++) {
		trial->outcome = access_do(&bench.page, what->attempt);
	}
	for (level_t level = what->shape.leaf; level <= bench.top; level++) {
		trial->after[level] = READ_ONCE(*bench.entries[level]);
	}
}

const struct access_bench access_native = {
	.open = native_open,
	.close = native_close,
	.enter = native_enter,
	.leave = native_leave,
	.try = native_try,
};
