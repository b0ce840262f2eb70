/* SPDX-License-Identifier: MIT */
/*
 * What Xen must refuse.
 *
 * The tests of xen/refusal_*_test.c ask the hypervisor for what it must not
 * grant. A row is an attempt: a call, a number with which it is legal, which is
 * the control, and one with which it is not. Around each attempt this file puts
 * everything back: rights of pages under all their addresses, entries, pins,
 * the descriptor table.
 *
 * Debian's Xen hardly ever says that it refused. So what is looked at is the
 * error number, what was done, and that no entry changed but in A and D.
 */
#ifndef XEN_REFUSAL_H
#define XEN_REFUSAL_H

#include "arch/x86/addr.h"
#include "arch/x86/regs.h"
#include "xen/abi.h"

/* ---- Entries ------------------------------------------------------------- */

#define PTE_US	   UINT64_C(0x4)
#define PTE_PWT	   UINT64_C(0x8)
#define PTE_PCD	   UINT64_C(0x10)
#define PTE_A	   UINT64_C(0x20)
#define PTE_D	   UINT64_C(0x40)
#define PTE_PAT	   UINT64_C(0x80) /* In a leaf. */
#define PTE_G	   UINT64_C(0x100)
#define PTE_AVAIL  UINT64_C(0x200) /* Of those that nobody looks at. */
#define PTE_NX	   BIT(63)
#define PTE_FRAMES UINT64_C(0xffffffffff000)

#define RO   BIT(0)
#define RW   (BIT(0) | BIT(1))
#define LINK (RW | PTE_US | PTE_A | PTE_D) /* To a table. */

/* An address of Xen's own, and one that is mapped nowhere. */
#define HOLE_VADDR     UINT64_C(0xffff830000000000)
#define UNMAPPED_VADDR UINT64_C(0x1000)

/* ---- Numbers ------------------------------------------------------------- */

/* What a number of a row is counted from. */
enum refusal_base {
	OF_ZERO,
	/* Machine addresses: pages of this file, in the order of their slots;
	 * the data page is mapped as it was at the start, tables are what
	 * attempts make of them. */
	OF_DATA,
	OF_TABLE,
	OF_UPPER,
	OF_SPARE,
	/* The live tables on the way to the data page, */
	OF_L1,
	OF_L2,
	OF_L3,
	OF_L4,
	/* an entry of each that is not used, */
	OF_FREE2,
	OF_FREE3,
	OF_FREE4,
	/* the data page's leaf, */
	OF_LEAF,
	/* the page shared with Xen, and Xen's table of all frames. */
	OF_SHARED,
	OF_M2P,
	/* Virtual addresses: of the data page, which the other pages follow;
	 * of a word that is 1 with zeroes behind it; */
	VA_DATA,
	VA_ONE,
	/* of the data page's leaf, and of the unused entries, in the tables; */
	VA_LEAF,
	VA_FREE2,
	VA_FREE3,
	VA_FREE4,
	/* the first one that the unused L2 entry would map. */
	VA_BELOW_FREE2,
	/* Where Xen's table has the data page's frame. */
	VA_M2P,
	REFUSAL_BASES
};

_Static_assert(REFUSAL_BASES <= 32, "struct refusal");

uint64_t refusal_base(enum refusal_base base);

/* ---- Rows ---------------------------------------------------------------- */

#define IF_IO	   0x1 /* A domU with a right to devices is as dom0. */
#define NO_CHANGE  0x2 /* Nothing changes, although it is not refused. */
#define CHANGES	   0x4 /* What is refused is done nonetheless. */
#define OR_ZERO	   0x8 /* 0 will do: it is a matter of Xen's build or memory. */
#define NO_CONTROL 0x10 /* No argument is legal everywhere. */
#define LOGS	   0x20 /* Xen has a line of its log for it. */

#define BOTH(result) (result), (result)

struct refusal {
	const char *name;
	/* Returns what Xen does; or WRONG or less, if the call did not even
	 * come to that, or not all holds that is said of it. */
	long (*call)(uint64_t number);
	uint64_t bad;
	uint32_t legal;
	unsigned int bad_base : 5; /* enum refusal_base. */
	unsigned int legal_base : 5;
	int dom0 : 8;
	int domu : 8;
	unsigned int flags : 6;
};

_Static_assert(sizeof(struct refusal) == 32, "there are many");

#define WRONG (-1000)

/* In a call of several steps. */
#define STEP(number, holds)                      \
	do {                                     \
		if (!(holds)) {                  \
			return WRONG - (number); \
		}                                \
	} while (0)

enum refusal_kind {
	REFUSAL_HELD,
	REFUSAL_NOT_READY, /* The state to try it in could not be made. */
	REFUSAL_CONTROL,   /* The legal call was refused. */
	REFUSAL_RESULT,	   /* Another result than expected. */
	REFUSAL_STATE	   /* An entry changed, or did not. */
};

struct refusal_outcome {
	enum refusal_kind kind;
	long expected;
	long found;
};

/* prepare makes the state for the row, both times, and returns 0; NULL if the
 * row needs none. */
typedef long (*refusal_prepare_t)(void);

struct refusal_outcome refusal_try(const struct refusal *row,
				   refusal_prepare_t prepare);

/* Tries the rows and checks the outcomes, up to the first that is not held. */
void refusal_rows(const struct refusal *rows, size_t count,
		  refusal_prepare_t prepare);
#define REFUSAL_ROWS(rows, prepare) \
	refusal_rows(rows, ARRAY_COUNT(rows), prepare)

/*
 * Runs the part of a test that makes attempts; skips it where Xen is not below
 * us. Puts everything back, however the part ends, and checks that: every
 * entry of the live tables is as before.
 */
void refusal_test(void (*part)(void));

/* A test that has nothing but rows. */
void refusal_test_rows(const struct refusal *rows, size_t count,
		       refusal_prepare_t prepare);
#define REFUSAL_TEST_ROWS(rows, prepare) \
	refusal_test_rows(rows, ARRAY_COUNT(rows), prepare)

/* ---- For the calls of rows ----------------------------------------------- */

/* 0, or negative; WRONG if Xen's count of what was done is not as it should. */
long refusal_store(uint64_t address, uint64_t entry);
long refusal_extended(unsigned int command, uint64_t first, uint64_t second);
/* The same with the command in the low bits of the page's address. */
long refusal_command(uint64_t number);
/* Maps something in place of the data page, in the image. */
long refusal_map(uint64_t entry);
/* A descriptor table of one page. */
long refusal_gdt(uint64_t address, uint64_t entries);

/* Makes the page read-only, wherever it is mapped. */
long refusal_protect(enum refusal_base page);
long refusal_protect_tables(void); /* OF_TABLE and OF_UPPER. */

/* Nowhere is the page mapped then. */
long refusal_unmap(enum refusal_base page);

/* The entry under which the image has the data page, now. */
uint64_t refusal_leaf(void);

/* The first words of the page; they are zero at the start of every attempt. */
uint64_t *refusal_words(enum refusal_base page);

/* The state at hand is the one that must not change; for calls that made it. */
void refusal_ready(void);

/* Puts all back as it was at the start of the test; false if Xen refuses. */
bool refusal_restore(void);

/* The page has another machine frame from now on; its leaves are put back with
 * that one. */
void refusal_replace(enum refusal_base page, mfn_t frame);

#endif
