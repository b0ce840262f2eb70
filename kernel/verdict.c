// SPDX-License-Identifier: MIT
/*
 * The verdict line.
 */
#include "kernel/verdict.h"

#include "arch/x86/pv.h"
#include "kernel/selftest.h"
#include "lib/log.h"

static const char *boot_name = "unknown";

void verdict_set_boot(const char *boot)
{
	boot_name = boot;
}

const char *verdict_boot(void)
{
	return boot_name;
}

enum verdict verdict_of_run(unsigned int problems)
{
	struct selftest_counts counts = selftest_counts();

	/* A run in which everything was skipped has proved nothing. */
	if (problems != 0 || counts.error != 0 ||
	    (counts.ok == 0 && counts.fail == 0)) {
		return VERDICT_ERROR;
	}
	return counts.fail != 0 ? VERDICT_FAIL : VERDICT_PASS;
}

static enum pv_exit exit_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
	case VERDICT_LISTED:
		return PV_EXIT_PASS;
	case VERDICT_FAIL:
		return PV_EXIT_FAIL;
	case VERDICT_ERROR:
	case VERDICT_PANIC:
		break;
	}
	return PV_EXIT_BROKEN;
}

void verdict_finish(enum verdict verdict, unsigned int problems)
{
	static const char *const words[] = { "pass", "listed", "fail", "error",
					     "panic" };
	struct selftest_counts counts = selftest_counts();

	print_fresh_line();
	print("# verdict: %s platform=%s boot=%s ok=%u skip=%u fail=%u "
	      "error=%u\n",
	      words[verdict], pv()->name, boot_name, counts.ok, counts.skip,
	      counts.fail, counts.error + problems);
	pv()->exit(exit_of(verdict));
}
