/* SPDX-License-Identifier: MIT */
/*
 * Platform operations.
 *
 * Everything that bare metal and Xen do differently, as one table of facts
 * and functions. A backend implements all of it; there are no defaults and
 * no empty members, so nobody asks whether one is there. A member exists as
 * soon as common code calls it, and not before.
 *
 * PV-1 A registered table is complete.
 * PV-2 pfn_to_mfn and mfn_to_pfn are inverse on every frame we own.
 * PV-3 A frame that is not ours converts to PFN_NONE or MFN_NONE. On bare
 *	metal every frame there can be is ours, RAM or not.
 */
#ifndef ARCH_X86_PV_H
#define ARCH_X86_PV_H

#include "arch/x86/batch.h"
#include "arch/x86/irq.h"
#include "lib/err.h"

struct user_frame;

enum pv_exit {
	PV_EXIT_PASS,  /* All that was asked for was had. */
	PV_EXIT_FAIL,  /* A test failed. */
	PV_EXIT_BROKEN /* An error or a panic: nothing was proved. */
};

/* What was asked of a hypervisor; it only grows. */
struct pv_cost {
	uint64_t calls;	   /* Hypercalls, */
	uint64_t requests; /* and changes of entries and roots in them. */
	long refusal;	   /* Its number for what it refused last. */
};

struct pv {
	/* Facts. */

	/* As in the verdict line: "native" or "xen". */
	const char *name;
	/* The privilege level the kernel runs at: 0, or 3 under Xen PV. */
	unsigned int ring;
	/* The FEATURE_ bits that a kernel may use here where CPUID has them.
	 * CPUID under Xen PV shows bits of the host that are not for us. */
	uint32_t features;
	/* What entries look like; valid once the backend is up. */
	const struct paging *paging;
	/* Natively all 0. */
	const struct pv_cost *cost;

	/* Conversions. Pure; unspecified before memory is known. */

	/* The frame the CPU's tables must name for a frame of ours. */
	mfn_t (*pfn_to_mfn)(pfn_t frame);
	/* How many frames of ours from this one on, at most max, are sure to
	 * have machine frames in order: as many at least as the largest leaf
	 * that begins there has. */
	uint64_t (*count_in_order)(pfn_t first, uint64_t max);
	/* The other way round, for whatever stands in a table. */
	pfn_t (*mfn_to_pfn)(mfn_t frame);

	/*
	 * Where the tables that the kernel was started on map the address,
	 * or NULL where they do not. What is there may be no RAM. Valid only
	 * as long as those tables are in use.
	 */
	void *(*boot_ptr)(paddr_t address);
	/*
	 * Has boot_ptr reach all RAM of ours below end, until load_root; of
	 * what was not reached before nobody may use anything yet. *tables
	 * are the frames it takes for page tables of its own. ERR_FULL if it
	 * has no room for that, and then nothing is reached that was not.
	 */
	enum err (*boot_extend)(paddr_t end, struct frame_range *tables);

	/* Page tables. */

	/*
	 * Does the steps in their order; a flush reaches every CPU that may
	 * have the translations, which so far is this one. Stops at the first
	 * step that is refused, with ERR_REFUSED. *done tells how many were
	 * done.
	 */
	enum err (*commit)(const struct batch_op *ops, size_t count,
			   size_t *done);
	/*
	 * Uses the tables of that many levels from now on; levels may go up
	 * from four to five where the CPU has five, not down. The code and the
	 * stack in use must be mapped there as they are here. No translation
	 * of the former tables is left, global ones included.
	 */
	void (*load_root)(pfn_t root, level_t levels);
	/*
	 * The tables that the kernel was started on, and those of boot_extend,
	 * are ordinary memory from now on. They must not be in use.
	 */
	void (*boot_release)(void);

	/* Interrupts. */

	/*
	 * Off, and whether they were on; of the word in the state all else is
	 * unspecified (irq.h). restore makes it so again: what is pending is
	 * taken before it returns.
	 */
	irqstate_t (*irq_save)(void);
	void (*irq_restore)(irqstate_t state);
	void (*irq_disable)(void);
	void (*irq_enable)(void);
	/* With interrupts off: returns, with them off, after one was taken, be
	 * it that it was pending (IRQ-3). */
	void (*irq_wait)(void);

	/* The frame of registers that irq_use is to be handed, mapped uncached;
	 * MFN_NONE if it needs none. */
	mfn_t (*irq_frame)(void);
	/* What is below works from now on; with NULL, no more, and nothing
	 * comes that did not come before. A platform that needs no frame wants
	 * any address. */
	void (*irq_use)(volatile void *registers);
	/* Interrupts this CPU: at once; when the TSC is at the deadline. */
	void (*irq_self)(void);
	void (*irq_timer)(uint64_t deadline);

	/* User mode. */

	/*
	 * Has user mode run on that root from now on, which must lack what is
	 * the kernel's; PFN_NONE: on none, and the last one is an ordinary
	 * page. Only where the kernel does not run at ring 0: there the pages
	 * alone cannot tell the kernel from its users. Elsewhere user mode
	 * runs on the kernel's root.
	 */
	void (*load_user_root)(pfn_t root);
	/*
	 * Runs user mode with these registers until it traps, by a fault of
	 * its own or SYSCALL (user.h); then they are what they were at the
	 * trap.
	 */
	void (*enter_user)(struct user_frame *frame);

	/*
	 * Takes text to the console: best effort, no error, callable from a
	 * panic and before anything is brought up. The text need not end a
	 * line, but a whole line in one call is the least likely to be torn
	 * by other writers of the same console.
	 */
	void (*console_write)(const char *text, size_t length);

	/*
	 * Ends the machine so that whoever runs it can tell how it went (see
	 * README.md, exit status). Waits, within bounds, until the console has
	 * been read. Callable before anything is brought up.
	 */
	NORETURN void (*exit)(enum pv_exit how);
};

/* The name of a member that is missing, or NULL if none is (PV-1). */
const char *pv_missing(const struct pv *pv);

/* Makes it the platform of this run, once and for all; a panic if there is one
 * already, or if a member is missing. The table must stay alive. */
void pv_register(const struct pv *table);

/* The registered table. Code that is used on more than one table, such as a
 * page-table library, is handed its table instead. */
const struct pv *pv(void);

#endif
