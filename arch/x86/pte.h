/* SPDX-License-Identifier: MIT */
/*
 * Page-table entries: the encoder and the decoder.
 *
 * Attributes are rights and a memory type, with one form for each meaning, so
 * that comparing them means something. Entries are what is in memory, bit for
 * bit; platforms change bits in them by themselves, so comparing them means
 * nothing. These functions are the only way from one to the other, and the
 * level is always a parameter: bit 7 of an entry is its size at one level and
 * its memory type at another.
 *
 * PTE-1 Decoding what was encoded gives back the same attributes and frame, at
 *	 every level, under every PAT layout, on every platform.
 * PTE-2 The encoder makes nothing that the platform or the CPU forbids.
 * PTE-3 An entry that is not present is all zero.
 */
#ifndef ARCH_X86_PTE_H
#define ARCH_X86_PTE_H

#include "arch/x86/addr.h"
#include "arch/x86/pat.h"
#include "arch/x86/regs.h"

/* The level of a table, and of its entries; as in Xen's logs. */
typedef enum { L1 = 1, L2, L3, L4, L5 } level_t;

static inline unsigned int level_shift(level_t level)
{
	return PAGE_SHIFT + 9 * ((unsigned int)level - 1);
}

/* What one entry covers. */
static inline uint64_t level_bytes(level_t level)
{
	return BIT(level_shift(level));
}

static inline unsigned int level_index(level_t level, vaddr_t address)
{
	return address.va >> level_shift(level) & (ENTRY_COUNT - 1);
}

/* ---- Attributes ---------------------------------------------------------- */

#define RIGHT_WRITE   0x1
#define RIGHT_EXECUTE 0x2
#define RIGHT_USER    0x4
/* Not a right but like one: the translation outlives a change of root. */
#define RIGHT_GLOBAL 0x8
#define RIGHTS_ALL   0xf

typedef struct {
	uint8_t bits;
} rights_t;

typedef struct {
	rights_t rights;
	enum memtype type;
} attrs_t;

static inline rights_t rights(unsigned int bits)
{
	return (rights_t){ (uint8_t)bits };
}

static inline attrs_t attrs(unsigned int right_bits, enum memtype type)
{
	return (attrs_t){ rights(right_bits), type };
}

static inline bool attrs_eq(attrs_t a, attrs_t b)
{
	return a.rights.bits == b.rights.bits && a.type == b.type;
}

static inline bool attrs_has(attrs_t a, unsigned int right_bits)
{
	return (a.rights.bits & right_bits) == right_bits;
}

/* A change of attributes: clear, then set, and a type or MT_KEEP. */
struct attrs_change {
	rights_t set;
	rights_t clear;
	enum memtype type;
};

attrs_t attrs_apply(attrs_t old, struct attrs_change change);

/* "rwx-g WB" into the buffer. */
#define ATTRS_TEXT_MAX 16
void attrs_format(char text[ATTRS_TEXT_MAX], attrs_t attrs);

/* ---- Entries ------------------------------------------------------------- */

/*
 * What the platform really runs with; facts, established once by the backend
 * before anything is encoded.
 */
struct paging {
	struct pat pat;
	level_t leaf_max; /* The largest leaf that may be made: at most L3. */
	bool nx;	  /* Else everything is executable. */
	bool global;	  /* Else RIGHT_GLOBAL does not exist. */
	/*
	 * The bits with which the platform marks a leaf as the kernel's own
	 * although the user bit is set in it; 0 if it does no such thing.
	 * Then the user bit is the platform's to set; if it sets the global
	 * bit as well, global must be false.
	 */
	uint64_t kernel_mark;
	/* A page-table page must have no writable mapping, and once it is in
	 * use it is written by commit (pv.h) alone. */
	bool tables_readonly;
	/* Memory of ours may have types other than write-back. */
	bool memtypes;
	/* The root has entries for HYPERVISOR_VADDR that are not ours. */
	bool hypervisor;
};

typedef struct {
	uint64_t raw;
} pte_t;

enum pte_kind { PTE_NONE, PTE_TABLE, PTE_LEAF };

/*
 * What of the attributes this platform can express: without NX all is
 * executable, without global pages nothing is global. The type must be one
 * that the PAT layout has.
 */
attrs_t attrs_possible(const struct paging *paging, attrs_t attrs);

/*
 * A leaf. The level must be at most leaf_max, the frame aligned to the
 * level's size, the attributes possible; anything else is a mistake of the
 * caller. Accessed and dirty are set, so that the CPU need not write.
 */
pte_t pte_leaf(const struct paging *paging, level_t level, mfn_t frame,
	       attrs_t attrs);

/* An entry of the level that leads to the table of the next lower one. The
 * rights narrow what is below: those of WRITE, EXECUTE and USER. Without NX
 * EXECUTE must be among them. */
pte_t pte_table(const struct paging *paging, level_t level, mfn_t table,
		rights_t rights);

pte_t pte_none(void);

/* What is in memory, read whole, and written whole. */
pte_t pte_read(const uint64_t *entry);
void pte_write(uint64_t *entry, pte_t value);

/* How many entries, from the first on, hold nothing at all. */
unsigned int pte_count_none(const uint64_t *entries, unsigned int max);

/* How many, from the first on, which is a leaf, are leaves that differ from it
 * in frame, accessed and dirty at most: at least 1. */
unsigned int pte_count_alike(const uint64_t *entries, unsigned int max,
			     level_t level);

/* Writes n leaves: the first, and each further one for a frame that is so many
 * further. */
void pte_fill(uint64_t *entries, unsigned int n, level_t level, pte_t leaf,
	      uint64_t frames);

/* The same leaf for a frame so many further. */
pte_t pte_advance(const struct paging *paging, level_t level, pte_t leaf,
		  uint64_t frames);

/* Every value is one of the three kinds at every level. */
enum pte_kind pte_kind(pte_t entry, level_t level);

/* Of a leaf. */
attrs_t pte_attrs(const struct paging *paging, level_t level, pte_t entry);

/* Of a table entry: WRITE, EXECUTE and USER. Where the platform marks kernel
 * leaves, upper entries always have USER. */
rights_t pte_rights(const struct paging *paging, pte_t entry);

/* The frame of a leaf (its first one) or the table of a table entry. */
mfn_t pte_mfn(level_t level, pte_t entry);

/* "0000000000200163 leaf rw-- WB" into the buffer, for people. */
#define PTE_TEXT_MAX 48
void pte_format(char text[PTE_TEXT_MAX], const struct paging *paging,
		level_t level, pte_t entry);

/* Does it hold anything although it is not present? (PTE-3) */
bool pte_is_dirty_none(pte_t entry);

#endif
