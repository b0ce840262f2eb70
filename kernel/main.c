// SPDX-License-Identifier: MIT
/*
 * From the boot path to the verdict.
 */
#include "kernel/main.h"

#include "arch/x86/acpi_power.h"
#include "arch/x86/cpu.h"
#include "arch/x86/fault_report.h"
#include "arch/x86/features.h"
#include "arch/x86/image.h"
#include "arch/x86/protect.h"
#include "kernel/display.h"
#include "kernel/options.h"
#include "kernel/selftest.h"
#include "kernel/verdict.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "mm/dump.h"
#include "mm/kernel_space.h"

static const struct bootinfo *bootinfo;

static NORETURN void finish_panic(void)
{
	selftest_abandon();
	verdict_finish(VERDICT_PANIC, 0);
}

static void begin_panic(void)
{
	log_set_sink(pv()->console_write);
}

static NORETURN void stop_panic(void)
{
	pv()->exit(PV_EXIT_BROKEN);
}

static const struct panic_hooks panic_hooks = {
	.begin = begin_panic,
	.describe = backtrace_here,
	.finish = finish_panic,
	.stop = stop_panic,
};

void kernel_begin(const struct pv *platform, const char *boot)
{
	log_set_sink(platform->console_write);
	verdict_set_boot(boot);
	panic_set_hooks(&panic_hooks);
	pv_register(platform);
}

const struct bootinfo *kernel_bootinfo(void)
{
	return bootinfo;
}

static void check_module(const struct bootinfo *info, uint64_t image_bytes)
{
	const struct boot_module *module = &info->module;

	if (module->bytes == 0) {
		return;
	}
	if (!memory_map_is_ram(&info->map, module->start, module->bytes)) {
		PANIC("the module at 0x%lx does not lie in RAM",
		      module->start.pa);
	}
	if (module->start.pa < info->image.pa + image_bytes &&
	    info->image.pa < module->start.pa + module->bytes) {
		PANIC("the module at 0x%lx lies on the kernel's image",
		      module->start.pa);
	}
}

static void prepare_memory(struct bootinfo *info)
{
	uint64_t image_bytes = (uint64_t)(image_end - image_start);

	if (memory_map_normalise(&info->map) != OK) {
		PANIC("the memory map has too many overlaps");
	}
	if (memory_map_ram_bytes(&info->map) == 0) {
		PANIC("the memory map has no RAM");
	}
	if (!memory_map_is_ram(&info->map, info->image, image_bytes)) {
		PANIC("the image at 0x%lx does not lie in RAM", info->image.pa);
	}
	check_module(info, image_bytes);
	bootinfo = info;
}

static void print_header(const struct options *options)
{
	char features[64];
	char name[64];
	uint64_t ram = memory_map_ram_bytes(&bootinfo->map);

	features_format(features, sizeof(features),
			features_detect() & pv()->features);
	features_cpu_name(name, sizeof(name));
	print("# bimetal platform=%s boot=%s cpu=\"%s\" features=%s "
	      "mem=%luMiB seed=%lu\n",
	      pv()->name, verdict_boot(), name, features,
	      align_up(ram, MIB) / MIB, options->seed);
}

static void print_memory(void)
{
	for (size_t i = 0; i < bootinfo->map.count; i++) {
		const struct memory_range *range = &bootinfo->map.ranges[i];

		log_debug("memory %016lx-%016lx %s", range->start.pa,
			  range->end.pa - 1, memory_kind_name(range->kind));
	}
}

/* Returns how many things are wrong with the command line. */
static unsigned int read_options(struct options *options)
{
	size_t problems = options_parse(options, bootinfo->cmdline);

	if (!options->seed_given) {
		options->seed = cpu_rdtsc();
	}
	if (bootinfo->cmdline_cut) {
		print("# command line too long: cut after %lu bytes\n",
		      strlen(bootinfo->cmdline));
		problems++;
	}
	if (options->la57 &&
	    (features_detect() & pv()->features & FEATURE_LA57) == 0) {
		print("# la57: there is no five-level paging here\n");
		problems++;
	}
	log_set_level(options->log_level);
	return (unsigned int)problems;
}

void kernel_main(struct bootinfo *info)
{
	struct options options;
	unsigned int problems;

	/* First of all: a screen must not be drawn on that is the image. */
	prepare_memory(info);
	display_begin(&info->framebuffer);
	/* Firmware may have left the cursor in the middle of a line. */
	print("\nTAP version 13\n");
	problems = read_options(&options);
	print_header(&options);
	print_memory();
	acpi_power_init(bootinfo->rsdp);
	if (problems != 0) {
		print("1..0 # SKIP the command line is not understood\n");
		verdict_finish(VERDICT_ERROR, problems);
	}
	if (options.list) {
		print("1..0 # SKIP tests are listed, not run\n");
		selftest_list();
		verdict_finish(VERDICT_LISTED, 0);
	}
	kernel_space_init(bootinfo, options.la57 ? L5 : L4);
	display_map();
	protect_init();
	if (options.dump != 0) {
		dump_tables(options.dump);
	}
	selftest_run(&options);
	verdict_finish(verdict_of_run(0), 0);
}
