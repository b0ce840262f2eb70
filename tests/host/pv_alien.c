// SPDX-License-Identifier: MIT
/*
 * A platform that does not exist.
 *
 * It keeps the contract of pv.h and nothing else: machine frames are far
 * away, so code that takes one for the other fails here even if it
 * works on both real platforms. It is also the smallest complete backend, and
 * the place to start a new one from.
 */
#include "tests/host/pv_alien.h"

#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/phys.h"
#include "arch/x86/regs.h"
#include "arch/x86/stacks.h"
#include "lib/assert.h"
#include "tests/host/arena.h"

#include <unistd.h>

#define FRAME_COUNT (ARENA_BYTES / PAGE_BYTES)
/* Frames are in order within 1 GiB, so that leaves of any size exist. */
#define IN_ORDER BIT(18)
#define SCRAMBLE (UINT64_C(0x2a5) << 18)

static mfn_t alien_pfn_to_mfn(pfn_t frame)
{
	return frame.pfn < FRAME_COUNT ? mfn(frame.pfn ^ SCRAMBLE) : MFN_NONE;
}

static uint64_t alien_count_in_order(pfn_t first, uint64_t max)
{
	return min_u64(max, IN_ORDER - first.pfn % IN_ORDER);
}

static pfn_t alien_mfn_to_pfn(mfn_t frame)
{
	uint64_t number = frame.mfn ^ SCRAMBLE;

	return number < FRAME_COUNT ? pfn(number) : PFN_NONE;
}

static void alien_console_write(const char *text, size_t length)
{
	while (length != 0) {
		ssize_t written = write(STDOUT_FILENO, text, length);

		if (written <= 0) {
			_exit(3);
		}
		text += written;
		length -= (size_t)written;
	}
}

static NORETURN void alien_exit(enum pv_exit how)
{
	_exit((int)how);
}

/* UC WP WB WC WT UC- WB UC: like no layout that exists. */
static const struct paging paging = {
	.pat = { .types = { MT_UC, MT_WP, MT_WB, MT_WC, MT_WT, MT_UC_MINUS,
			    MT_WB, MT_UC } },
	.leaf_max = L2,
	.nx = true,
	.global = true,
	.memtypes = true,
	.kernel_mark = BIT(58),
};

static const struct pv_cost cost;

static void flush_all(void)
{
	uint64_t cr4 = cpu_read_cr4();

	cpu_write_cr4(cr4 ^ CR4_PGE);
	cpu_write_cr4(cr4);
}

static void do_step(const struct batch_op *op)
{
	uint64_t *table;

	switch (op->kind) {
	case BATCH_STORE:
		table = phys_ptr(pfn_paddr(op->table));
		pte_write(&table[op->index], op->entry);
		break;
	case BATCH_FLUSH_RANGE:
		for (uint64_t at = 0; at < op->bytes; at += PAGE_BYTES) {
			cpu_invlpg(vaddr_add(op->va, at));
		}
		break;
	case BATCH_FLUSH_LOCAL:
		cpu_write_cr3(cpu_read_cr3());
		break;
	case BATCH_FLUSH_ALL:
		flush_all();
		break;
	}
}

/* All of its memory is within reach. */
static enum err alien_boot_extend(paddr_t end, struct frame_range *tables)
{
	*tables = (struct frame_range){ 0 };
	return end.pa <= ARENA_BYTES ? OK : ERR_FULL;
}

static void alien_boot_release(void)
{
}

/* Nothing interrupts it. */
static mfn_t alien_irq_frame(void)
{
	return MFN_NONE;
}

static void alien_irq_use(volatile void *registers)
{
	(void)registers;
}

static void alien_irq_self(void)
{
}

static void alien_irq_timer(uint64_t deadline)
{
	(void)deadline;
}

static enum err alien_commit(const struct batch_op *ops, size_t count,
			     size_t *done)
{
	for (*done = 0; *done < count; (*done)++) {
		do_step(&ops[*done]);
	}
	return OK;
}

static void alien_load_root(pfn_t root, level_t levels)
{
	(void)root;
	(void)levels;
}

/* A process has no user mode below its own. */
static void alien_load_user_root(pfn_t root)
{
	(void)root;
}

static void alien_enter_user(struct user_frame *frame)
{
	(void)frame;
	PANIC("there is no user mode here");
}

const struct pv pv_alien = {
	.name = "alien",
	.ring = 3,
	.features = FEATURE_PKU,
	.paging = &paging,
	.pfn_to_mfn = alien_pfn_to_mfn,
	.count_in_order = alien_count_in_order,
	.mfn_to_pfn = alien_mfn_to_pfn,
	.cost = &cost,
	.boot_ptr = arena_ptr,
	.boot_extend = alien_boot_extend,
	.boot_release = alien_boot_release,
	.commit = alien_commit,
	.load_root = alien_load_root,
	.irq_save = cpu_irq_save,
	.irq_restore = cpu_irq_restore,
	.irq_disable = cpu_irq_disable,
	.irq_enable = cpu_irq_enable,
	.irq_wait = cpu_irq_wait,
	.irq_frame = alien_irq_frame,
	.irq_use = alien_irq_use,
	.irq_self = alien_irq_self,
	.irq_timer = alien_irq_timer,
	.load_user_root = alien_load_user_root,
	.enter_user = alien_enter_user,
	.console_write = alien_console_write,
	.exit = alien_exit,
};

void alien_init(void)
{
	stack_each_guard(arena_hide);
}
