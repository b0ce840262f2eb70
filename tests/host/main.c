// SPDX-License-Identifier: MIT
/*
 * Host program: the kernel as a process.
 *
 *	bimetal-host PLATFORM [word of the kernel command line]...
 *
 * The sources, the tests, the backends and the way from boot information to
 * the verdict are the kernel's; only the machine below them is a model. It
 * ends with 0 if the verdict is good. It has to be started in the root of the
 * sources, where it finds its data.
 */
#include "arch/x86/bootinfo.h"
#include "arch/x86/native.h"
#include "kernel/main.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/symbols.h"
#include "tests/host/arena.h"
#include "arch/x86/cpu.h"
#include "arch/x86/fault_report.h"
#include "tests/host/fake_cpu.h"
#include "tests/host/fake_xen.h"
#include "tests/host/pv_alien.h"
#include "xen/backend.h"
#include "xen/p2m.h"

#include <unistd.h>

/* The host has its own tools for addresses. */
const struct symbol symbols[1];
const uint64_t symbols_count;
const char symbol_names[1];

static struct bootinfo bootinfo;

static enum err use_arena(void)
{
	return memory_map_add(&bootinfo.map, paddr(0), ARENA_BYTES, MEMORY_RAM);
}

static enum err native_start(void)
{
	native_init();
	return use_arena();
}

static enum err start_domain(enum fake_xen_kind kind)
{
	const struct start_info *info = fake_xen_build(kind);

	xen_init(info, vaddr(fake_xen_stack_top()));
	return xen_p2m_describe(&bootinfo.map);
}

static enum err xen_start(void)
{
	return start_domain(FAKE_XEN_DOMU);
}

static enum err xen_dom0_start(void)
{
	return start_domain(FAKE_XEN_DOM0);
}

static enum err alien_start(void)
{
	alien_init();
	return use_arena();
}

static const struct platform {
	const char *name;
	const struct pv *pv;
	enum err (*start)(void); /* What the boot path does first. */
} platforms[] = {
	{ "native", &pv_native, native_start },
	{ "xen", &pv_xen, xen_start },
	{ "xen-dom0", &pv_xen, xen_dom0_start },
	{ "alien", &pv_alien, alien_start },
};

static const struct platform *platform_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(platforms); i++) {
		if (strcmp(platforms[i].name, name) == 0) {
			return &platforms[i];
		}
	}
	return NULL;
}

/* ---- Until the kernel has a console -------------------------------------- */

static void write_stderr(const char *text, size_t length)
{
	if (write(STDERR_FILENO, text, length) < 0) {
		_exit(3);
	}
}

static void begin_panic(void)
{
	log_set_sink(write_stderr);
}

static const struct panic_hooks early_hooks = {
	.begin = begin_panic,
	.describe = backtrace_here,
	.finish = cpu_stop,
	.stop = cpu_stop,
};

/* ---- The command line ---------------------------------------------------- */

/* Puts the words in one line; false if they do not fit. */
static bool join(char line[CMDLINE_MAX], char *const *words)
{
	size_t used = 0;

	for (; *words != NULL; words++) {
		size_t length = strlen(*words);

		if (used + length + 1 >= CMDLINE_MAX) {
			return false;
		}
		memcpy(line + used, *words, length);
		used += length;
		line[used++] = ' ';
	}
	line[used] = '\0';
	return true;
}

static void print_usage(const char *program)
{
	print("usage: %s PLATFORM [word]...\nplatforms:", program);
	for (size_t i = 0; i < ARRAY_COUNT(platforms); i++) {
		print(" %s", platforms[i].name);
	}
	print("\n");
}

int main(int argc, char **argv)
{
	const struct platform *platform =
		argc > 1 ? platform_find(argv[1]) : NULL;

	log_set_sink(write_stderr);
	panic_set_hooks(&early_hooks);
	if (platform == NULL || !join(bootinfo.cmdline, argv + 2)) {
		print_usage(argv[0]);
		return 4;
	}
	arena_init();
	fake_cpu_init();
	kernel_begin(platform->pv, "host");
	if (platform->start() != OK) {
		PANIC("no room for the memory of the machine");
	}
	bootinfo.image = paddr(IMAGE_PADDR);
	kernel_main(&bootinfo);
}
