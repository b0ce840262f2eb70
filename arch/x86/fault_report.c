// SPDX-License-Identifier: MIT
/*
 * What is printed of an unexpected fault.
 *
 * The walk here shares nothing with the page-table library on purpose: it
 * shows raw entries even when it is the library that went wrong.
 */
#include "arch/x86/fault_report.h"

#include "arch/x86/cpu.h"
#include "arch/x86/phys.h"
#include "arch/x86/probe.h"
#include "arch/x86/pv.h"
#include "arch/x86/stacks.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/symbols.h"

#define BACKTRACE_MAX 32

static void print_place(uint64_t address)
{
	uint64_t offset;
	const char *name = symbol_find(address, &offset);

	if (name == NULL) {
		print("%016lx", address);
	} else {
		print("%016lx %s+0x%lx", address, name, offset);
	}
}

/*
 * A return address. The call before it may be the last instruction of its
 * function, and then the address is of the next one: so the name is that of
 * the call.
 */
static void print_caller(const char *prefix, uint64_t address)
{
	uint64_t offset;
	const char *name = symbol_find(address - 1, &offset);

	print("#   %s%016lx %s+0x%lx\n", prefix, address,
	      name == NULL ? "?" : name, name == NULL ? 0 : offset + 1);
}

/* Follows the frame pointers. */
static void print_callers(uint64_t rbp)
{
	struct fault ignored;
	uint64_t caller;
	uint64_t next;

	for (unsigned int i = 0; i < BACKTRACE_MAX; i++) {
		if (!probe_read(vaddr(rbp + 8), &caller, &ignored) ||
		    !probe_read(vaddr(rbp), &next, &ignored) || caller == 0) {
			return;
		}
		print_caller("", caller);
		/* Stacks grow down: a chain that does not go up is broken. */
		if (next <= rbp) {
			return;
		}
		rbp = next;
	}
}

/*
 * A function that has no frame, or not yet one, has its return address on top
 * of the stack, where others may have anything: so it is a guess, and marked
 * as one.
 */
static void print_frameless_caller(uint64_t rsp)
{
	struct fault ignored;
	uint64_t caller;
	uint64_t offset;

	if (probe_read(vaddr(rsp), &caller, &ignored) &&
	    symbol_find(caller - 1, &offset) != NULL) {
		print_caller("? ", caller);
	}
}

static void backtrace_fault(const struct trap_frame *frame)
{
	print("# backtrace:\n#   ");
	print_place(frame->rip);
	print("\n");
	print_frameless_caller(frame->rsp);
	print_callers(frame->rbp);
}

void backtrace_here(void)
{
	print("# backtrace:\n");
	print_callers((uint64_t)(uintptr_t)__builtin_frame_address(0));
}

static void print_cause(const struct fault *fault)
{
	const char *stack = stack_of_guard(fault->address);
	uint64_t error = fault->error;

	print("# panic: %s, vector %u, error 0x%lx", trap_name(fault->vector),
	      fault->vector, error);
	if (fault->vector == VECTOR_PF) {
		print(" (%s, %s mode, %s)",
		      (error & PF_FETCH) != 0	? "execute"
		      : (error & PF_WRITE) != 0 ? "write"
						: "read",
		      (error & PF_USER) != 0 ? "user" : "kernel",
		      (error & PF_RESERVED) != 0  ? "reserved bit"
		      : (error & PF_PRESENT) != 0 ? "not permitted"
						  : "not present");
		print(" at %016lx", fault->address.va);
	}
	print("\n");
	if (stack != NULL) {
		print("# the %s stack ran over its end\n", stack);
	}
}

static void print_registers(const struct trap_frame *f)
{
	print("# rip ");
	print_place(f->rip);
	print("\n# cs  %04lx  rflags %016lx  rsp %016lx  ss %04lx\n",
	      f->cs & 0xffff, f->rflags, f->rsp, f->ss & 0xffff);
	print("# rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", f->rax, f->rbx,
	      f->rcx, f->rdx);
	print("# rsi %016lx rdi %016lx rbp %016lx r8  %016lx\n", f->rsi, f->rdi,
	      f->rbp, f->r8);
	print("# r9  %016lx r10 %016lx r11 %016lx r12 %016lx\n", f->r9, f->r10,
	      f->r11, f->r12);
	print("# r13 %016lx r14 %016lx r15 %016lx\n", f->r13, f->r14, f->r15);
	print("# cr0 %016lx cr2 %016lx cr3 %016lx cr4 %016lx\n", cpu_read_cr0(),
	      cpu_read_cr2(), cpu_read_cr3(), cpu_read_cr4());
}

static void print_entry_bits(uint64_t entry)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} bits[] = {
		{ 0, "P" },   { 1, "RW" },  { 2, "US" },  { 3, "PWT" },
		{ 4, "PCD" }, { 5, "A" },   { 6, "D" },	  { 7, "PS/PAT" },
		{ 8, "G" },   { 52, "52" }, { 63, "NX" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(bits); i++) {
		if ((entry & BIT(bits[i].bit)) != 0) {
			print(" %s", bits[i].name);
		}
	}
}

static mfn_t entry_mfn(uint64_t entry)
{
	return mfn((entry & (BIT(PADDR_BITS) - 1)) >> PAGE_SHIFT);
}

/* Prints one level of the walk. Returns true, with the next table in *table,
 * if there is one. */
static bool print_level(mfn_t *table, unsigned int level, vaddr_t address)
{
	unsigned int shift = PAGE_SHIFT + 9 * (level - 1);
	uint64_t index = address.va >> shift & (ENTRY_COUNT - 1);
	pfn_t frame = pv()->mfn_to_pfn(*table);
	const uint64_t *entries =
		pfn_eq(frame, PFN_NONE) ? NULL : phys_ptr(pfn_paddr(frame));
	struct fault ignored;
	uint64_t entry;

	if (entries == NULL ||
	    !probe_read(vaddr_of(&entries[index]), &entry, &ignored)) {
		print("#   L%u in frame 0x%lx cannot be read\n", level,
		      table->mfn);
		return false;
	}
	print("#   L%u[%3lu] %016lx", level, index, entry);
	print_entry_bits(entry);
	print("\n");
	*table = entry_mfn(entry);
	return (entry & ENTRY_P) != 0 && level > 1 &&
	       (level > 3 || (entry & ENTRY_PS) == 0);
}

static void print_walk(vaddr_t address)
{
	unsigned int level = (cpu_read_cr4() & CR4_LA57) != 0 ? 5 : 4;
	mfn_t table = entry_mfn(cpu_read_cr3());

	print("# page walk of %016lx:\n", address.va);
	while (print_level(&table, level, address)) {
		level--;
	}
}

/* A double fault hides the fault it grew from. CR2 may still have it, or be of
 * an older one: it counts if the stack was at the same guard page. */
static vaddr_t overflow_address(const struct trap_frame *frame)
{
	vaddr_t address = vaddr(cpu_read_cr2());

	return frame->rsp - address.va < PAGE_BYTES ? address : vaddr(0);
}

void fault_report(const struct trap_frame *frame, const struct fault *fault)
{
	bool page_fault = fault->vector == VECTOR_PF;
	struct fault shown = *fault;

	if (fault->vector == VECTOR_DF) {
		shown.address = overflow_address(frame);
	}
	print_cause(&shown);
	print_registers(frame);
	if (page_fault || stack_of_guard(shown.address) != NULL) {
		print_walk(shown.address);
	}
	backtrace_fault(frame);
}
