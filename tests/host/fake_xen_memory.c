// SPDX-License-Identifier: MIT
/*
 * A model of Xen: memory, and what the process can reach of it.
 *
 * A frame can be mapped at several addresses of the guest, and Xen reads it at
 * one of its own. So memory is a file, with a page for each machine frame. But
 * most pages are only ever mapped where the domain builder put them, their
 * home, and some are pages of this very program. These stay what they are, and
 * private to the process and its children, until they are needed elsewhere;
 * then they move to the file, and the file is mapped in their place.
 */
#define _GNU_SOURCE
#include "tests/host/fake_xen_model.h"

#include "lib/assert.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WINDOW_PAGES (ARENA_WINDOW_BYTES / PAGE_BYTES)
#define NO_PAGE	     UINT32_MAX
/* Behind the frames, one page for all that the host does not have. */
#define FILE_PAGES (FX_HOST_FRAMES + 1)
#define M2P_BYTES  (FX_HOST_FRAMES * sizeof(uint64_t))
/* As far as a domU is told that the table goes. */
#define M2P_WINDOW (256 * GIB)

/* What the process has at an address of the guest. */
struct shown {
	uint32_t page; /* Of the file, or NO_PAGE. */
	int protection;
};

struct memory {
	uint64_t base;
	int file;
	uint8_t *view;
	uint64_t *m2p;
	uint64_t m2p_guest;
	struct shown shown[WINDOW_PAGES];
	uint32_t home_frame[WINDOW_PAGES]; /* NO_PAGE where none is. */
	uint32_t home[FILE_PAGES];
	bool moved[FILE_PAGES];
};

static struct memory *memories[2];
static struct memory *now;

/* ---- The host's own calls ------------------------------------------------ */

static void *map(uint64_t at, uint64_t bytes, int protection, int flags,
		 int file, uint64_t offset)
{
	void *got = mmap(vaddr_ptr(vaddr(at)), bytes, protection, flags, file,
			 (off_t)offset);

	if (got == MAP_FAILED) {
		PANIC("the host does not map %lu bytes at %016lx", bytes, at);
	}
	return got;
}

static void protect(uint64_t at, int protection)
{
	if (mprotect(vaddr_ptr(vaddr(at)), PAGE_BYTES, protection) != 0) {
		PANIC("the host refuses to protect %016lx", at);
	}
}

static int new_file(uint64_t bytes)
{
	int file = memfd_create("guest", MFD_CLOEXEC);

	if (file < 0 || ftruncate(file, (off_t)bytes) != 0) {
		PANIC("the host has no memory for a guest");
	}
	return file;
}

/* ---- Moving to the file -------------------------------------------------- */

static uint64_t address_of(uint32_t page)
{
	return now->base + (uint64_t)page * PAGE_BYTES;
}

static uint8_t *view_of(uint32_t page)
{
	return now->view + (uint64_t)page * PAGE_BYTES;
}

/* Past AddressSanitizer: what lies behind a variable is copied as well. */
__attribute__((no_sanitize("address"))) static void copy_page(
	uint64_t *to, const volatile uint64_t *from)
{
	for (size_t i = 0; i < PAGE_BYTES / sizeof(*to); i++) {
		to[i] = from[i];
	}
}

static void show_file(uint32_t at, uint32_t page, int protection)
{
	(void)map(address_of(at), PAGE_BYTES, protection,
		  MAP_SHARED | MAP_FIXED, now->file,
		  (uint64_t)page * PAGE_BYTES);
}

static void move(uint32_t page)
{
	uint32_t home = now->home[page];

	if (now->moved[page]) {
		return;
	}
	if (home != NO_PAGE) {
		protect(address_of(home), PROT_READ);
		copy_page((uint64_t *)(void *)view_of(page),
			  vaddr_ptr(vaddr(address_of(home))));
		show_file(home, page,
			  now->shown[home].page == page
				  ? now->shown[home].protection
				  : PROT_NONE);
	}
	now->moved[page] = true;
}

void *fx_view(uint64_t mfn)
{
	uint32_t page = mfn < FX_HOST_FRAMES ? (uint32_t)mfn : FX_HOST_FRAMES;

	move(page);
	return view_of(page);
}

static void show(uint32_t at, uint32_t page, int protection)
{
	struct shown *shown = &now->shown[at];

	if (shown->page == page && shown->protection == protection) {
		return;
	}
	if (page == NO_PAGE || (shown->page == page && now->moved[page]) ||
	    (now->home_frame[at] == page && !now->moved[page])) {
		protect(address_of(at), protection);
	} else {
		if (now->home_frame[at] != NO_PAGE) {
			move(now->home_frame[at]);
		}
		move(page);
		show_file(at, page, protection);
	}
	*shown = (struct shown){ page, protection };
	/* So that a store is refused by a page that is there, as the guest's
	 * tables say, and not by one that the host has yet to bring. */
	if (protection != PROT_NONE && (protection & PROT_WRITE) == 0) {
		(void)*(const volatile uint8_t *)vaddr_ptr(
			vaddr(address_of(at)));
	}
}

/* ---- Following the tables ------------------------------------------------ */

static const uint64_t *table_below(uint64_t entry)
{
	const struct fx_frame *frame = fx_frame(fx_entry_mfn(entry));

	return (entry & FX_P) != 0 && frame != NULL
		       ? fx_view(fx_entry_mfn(entry))
		       : NULL;
}

/* The L2 table that maps the window, with the rights of what is above it. */
static const uint64_t *window_table(uint64_t *mfn, uint64_t *rights)
{
	const uint64_t *table = fx_view(fx.root);
	vaddr_t base = vaddr(now->base);

	*rights = FX_RW;
	for (level_t level = L4; level > L2 && table != NULL;
	     level = (level_t)(level - 1)) {
		uint64_t entry = table[level_index(level, base)];

		*mfn = fx_entry_mfn(entry);
		*rights =
			(*rights & entry & FX_RW) | ((*rights | entry) & FX_NX);
		table = table_below(entry);
	}
	return table;
}

/* Below an L2 entry, one page. */
static void show_page(uint32_t at, uint64_t above, uint64_t entry)
{
	int protection = PROT_READ;
	uint64_t mfn = fx_entry_mfn(entry);

	if ((entry & FX_P) == 0) {
		show(at, NO_PAGE, PROT_NONE);
		return;
	}
	if ((above & entry & FX_RW) != 0) {
		protection |= PROT_WRITE;
	}
	if (((above | entry) & FX_NX) == 0) {
		protection |= PROT_EXEC;
	}
	show(at, mfn < FX_HOST_FRAMES ? (uint32_t)mfn : FX_HOST_FRAMES,
	     protection);
}

static void show_l1(uint32_t first, uint64_t above, uint64_t entry)
{
	const uint64_t *l1 = table_below(entry);

	above = (above & entry & FX_RW) | ((above | entry) & FX_NX);
	for (uint32_t i = 0; i < ENTRY_COUNT; i++) {
		show_page(first + i, above, l1 == NULL ? 0 : l1[i]);
	}
}

void fx_show_all(void)
{
	uint64_t mfn;
	uint64_t rights;
	const uint64_t *l2 = window_table(&mfn, &rights);
	unsigned int first = level_index(L2, vaddr(now->base));

	for (uint32_t i = 0; i < WINDOW_PAGES / ENTRY_COUNT; i++) {
		show_l1(i * ENTRY_COUNT, rights,
			l2 == NULL ? 0 : l2[first + i]);
	}
}

void fx_show_entry(level_t level, uint64_t table, unsigned int index)
{
	uint64_t mfn;
	uint64_t rights;
	const uint64_t *l2;
	unsigned int first = level_index(L2, vaddr(now->base));

	if (level > L2) {
		fx_show_all();
		return;
	}
	l2 = window_table(&mfn, &rights);
	for (uint32_t i = 0; l2 != NULL && i < WINDOW_PAGES / ENTRY_COUNT;
	     i++) {
		uint64_t entry = l2[first + i];
		uint64_t both =
			(rights & entry & FX_RW) | ((rights | entry) & FX_NX);

		if (level == L2 && mfn == table && first + i == index) {
			show_l1(i * ENTRY_COUNT, rights, entry);
		} else if (level == L1 && (entry & FX_P) != 0 &&
			   fx_entry_mfn(entry) == table) {
			show_page(i * ENTRY_COUNT + index, both,
				  ((const uint64_t *)fx_view(table))[index]);
		}
	}
}

/* ---- Opening ------------------------------------------------------------- */

static void map_m2p(void)
{
	int file = new_file(M2P_BYTES);
	const void *window =
		map(0, M2P_WINDOW, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	now->m2p_guest = vaddr_of(window).va;
	(void)map(now->m2p_guest, M2P_BYTES, PROT_READ, MAP_SHARED | MAP_FIXED,
		  file, 0);
	now->m2p =
		map(0, M2P_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
}

/* Nothing but the program's own pages is at the addresses of the guest. */
static void clear_window(void)
{
	for (uint32_t i = 0; i < WINDOW_PAGES; i++) {
		if (now->base == ARENA_VADDR &&
		    arena_is_image(vaddr(address_of(i)))) {
			now->shown[i] = (struct shown){ now->home_frame[i],
							PROT_READ | PROT_WRITE |
								PROT_EXEC };
			continue;
		}
		now->shown[i] = (struct shown){ NO_PAGE, PROT_NONE };
	}
	for (uint32_t i = 0; i < WINDOW_PAGES; i++) {
		uint32_t end = i;

		while (end < WINDOW_PAGES && now->shown[end].page == NO_PAGE) {
			end++;
		}
		if (end != i) {
			(void)map(address_of(i),
				  (uint64_t)(end - i) * PAGE_BYTES, PROT_NONE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
					  MAP_FIXED,
				  -1, 0);
			i = end - 1;
		}
	}
}

static void find_homes(void)
{
	memset(now->home_frame, 0xff, sizeof(now->home_frame));
	memset(now->home, 0xff, sizeof(now->home));
	memset(now->moved, 0, sizeof(now->moved));
	for (uint32_t i = 0; i < fx.frame_count; i++) {
		uint32_t frame = (uint32_t)fx_home_mfn(i);

		now->home_frame[i] = frame;
		now->home[frame] = i;
	}
}

static struct memory *new_memory(uint64_t base)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	if (memory == NULL) {
		PANIC("the host has no memory for a guest");
	}
	memory->base = base;
	now = memory;
	map_m2p();
	memory->file = -1;
	if (base != ARENA_VADDR) {
		(void)map(base, ARENA_WINDOW_BYTES, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				  MAP_FIXED_NOREPLACE,
			  -1, 0);
	}
	return memory;
}

void fx_memory_open(uint64_t base)
{
	struct memory **memory = &memories[base == ARENA_VADDR ? 0 : 1];

	if (*memory == NULL) {
		*memory = new_memory(base);
	}
	now = *memory;
	if (now->file >= 0) {
		(void)munmap(now->view, FILE_PAGES * PAGE_BYTES);
		close(now->file);
	}
	now->file = new_file(FILE_PAGES * PAGE_BYTES);
	now->view = map(0, FILE_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
			MAP_SHARED, now->file, 0);
	find_homes();
	clear_window();
}

void fx_memory_reopen(uint64_t base)
{
	now = memories[base == ARENA_VADDR ? 0 : 1];
}

uint64_t *fx_m2p(void)
{
	return now->m2p;
}

uint64_t fx_m2p_vaddr(void)
{
	return now->m2p_guest;
}
