// SPDX-License-Identifier: MIT
/*
 * The data cache.
 */
#include "arch/x86/cache.h"

#include "arch/x86/cpu.h"

/* Intel SDM vol. 2, CPUID, leaf 1: EBX and EDX; leaf 7: EBX. */
#define LINE_EIGHTS(ebx) (UINT64_C(0xff) & (ebx) >> 8)
#define EDX_CLFLUSH	 BIT(19)
#define EBX_CLFLUSHOPT	 BIT(23)

/* None of them is privileged, so that a hypervisor's word is not needed. */
struct cache_facts {
	bool known;
	bool opt;
	uint64_t line; /* Bytes; 0: there is no CLFLUSH. */
};

static const struct cache_facts *facts(void)
{
	static struct cache_facts facts;
	struct cpuid basic;

	if (facts.known) {
		return &facts;
	}
	basic = cpu_cpuid(1, 0);
	if ((basic.edx & EDX_CLFLUSH) != 0) {
		facts.line = LINE_EIGHTS(basic.ebx) * 8;
	}
	facts.opt = cpu_cpuid(0, 0).eax >= 7 &&
		    (cpu_cpuid(7, 0).ebx & EBX_CLFLUSHOPT) != 0;
	facts.known = true;
	return &facts;
}

uint64_t cache_write_back(vaddr_t start, uint64_t bytes)
{
	const struct cache_facts *cache = facts();
	uint64_t lines = 0;

	if (cache->line == 0) {
		cpu_wbinvd();
		return 0;
	}
	/* CLFLUSHOPT is ordered by fences alone. */
	cpu_mfence();
	for (uint64_t at = 0; at < bytes; at += cache->line) {
		cpu_flush_line(vaddr_add(start, at), cache->opt);
		lines++;
	}
	cpu_mfence();
	return lines;
}
