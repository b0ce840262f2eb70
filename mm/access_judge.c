// SPDX-License-Identifier: MIT
/*
 * The judge of the access matrix.
 */
#include "mm/access_judge.h"

#include "lib/printf.h"

const char *access_wrong_name(enum access_wrong wrong)
{
	static const char *const names[] = {
		[WRONG_NOTHING] = "nothing",
		[WRONG_PASSED] = "goes through, and should fault",
		[WRONG_FAULTED] = "faults, and should go through",
		[WRONG_VECTOR] = "not a page fault",
		[WRONG_ERROR] = "another error code",
		[WRONG_ADDRESS] = "another address in CR2",
		[WRONG_MEMORY] = "memory is not as that leaves it",
		[WRONG_ENTRY] = "accessed or dirty bits",
	};

	return names[wrong];
}

static bool entries_right(const struct access_result *expected,
			  struct access_try attempt,
			  const struct access_trial *trial)
{
	const struct access_path *path = &trial->before;

	for (level_t level = path->leaf; level <= path->top; level++) {
		if (!access_leaves(expected, attempt, level,
				   path->entries[level], trial->after[level])) {
			return false;
		}
	}
	return true;
}

enum access_wrong access_judge(const struct access_result *expected,
			       struct access_try attempt,
			       const struct access_trial *trial)
{
	const struct access_outcome *outcome = &trial->outcome;
	const struct fault *fault = &outcome->fault;

	if (outcome->done == expected->fault) {
		return outcome->done ? WRONG_PASSED : WRONG_FAULTED;
	}
	if (!outcome->done && fault->vector != VECTOR_PF) {
		return WRONG_VECTOR;
	}
	if (!outcome->done && fault->error != expected->error) {
		return WRONG_ERROR;
	}
	if (!outcome->done && fault->address.va != outcome->address.va) {
		return WRONG_ADDRESS;
	}
	if (!outcome->honest) {
		return WRONG_MEMORY;
	}
	return entries_right(expected, attempt, trial) ? WRONG_NOTHING
						       : WRONG_ENTRY;
}

void access_format(char text[ACCESS_TEXT_MAX], const struct access_case *what,
		   const struct access_trial *trial)
{
	static const char *const kinds[] = { "read", "write", "fetch" };
	const struct access_cpu *cpu = &what->cpu;
	size_t length;

	length = snprintf(
		text, ACCESS_TEXT_MAX, "%s %s%s%s;%s%s%s%s%s pkru=%x;",
		what->attempt.user ? "user" : "kernel",
		kinds[what->attempt.kind], what->attempt.ac ? " ac" : "",
		what->times > 1 ? " twice" : "", cpu->wp ? " wp" : "",
		cpu->nxe ? " nxe" : "", cpu->smep ? " smep" : "",
		cpu->smap ? " smap" : "", cpu->pke ? " pke" : "", cpu->pkru);
	for (level_t level = trial->before.top; level >= trial->before.leaf;
	     level--) {
		length += snprintf(text + length, ACCESS_TEXT_MAX - length,
				   " L%u %lx>%lx", (unsigned int)level,
				   trial->before.entries[level],
				   trial->after[level]);
	}
	if (!trial->outcome.done) {
		snprintf(text + length, ACCESS_TEXT_MAX - length,
			 "; vector %u error %lx at %lx",
			 trial->outcome.fault.vector,
			 trial->outcome.fault.error,
			 trial->outcome.fault.address.va);
	}
}
