// SPDX-License-Identifier: MIT
/*
 * A model of a CPU: what it says of itself.
 */
#include "arch/x86/regs.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "tests/host/fake_cpu.h"

/* In EDX of leaves 1 and CPUID_EXTENDED_FLAGS. */
#define CPUID_PGE	  BIT(13)
#define CPUID_PAT	  BIT(16)
#define CPUID_EXTENDED_1G BIT(26)

/* In EBX and ECX of leaf 7. */
#define CPUID_SMEP BIT(7)
#define CPUID_SMAP BIT(20)
#define CPUID_UMIP BIT(2)
#define CPUID_PKU  BIT(3)

#define ANSWERS_MAX 2

static struct {
	uint32_t leaf;
	struct cpuid id;
} answers[ANSWERS_MAX];
static size_t answer_count;

void fake_cpu_answer(uint32_t leaf, struct cpuid id)
{
	ASSERT(answer_count < ANSWERS_MAX);
	answers[answer_count].leaf = leaf;
	answers[answer_count++].id = id;
}

void fake_cpu_answer_as_ever(void)
{
	answer_count = 0;
}

/* A CPU with the features that the tests look at, and a name. */
struct cpuid cpu_cpuid(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	for (size_t i = 0; i < answer_count; i++) {
		if (answers[i].leaf == leaf) {
			return answers[i].id;
		}
	}
	switch (leaf) {
	case 0:
		return (struct cpuid){ 7, 0x656b6146, 0x55504320, 0x646f4d20 };
	case 1:
		return (struct cpuid){ .edx = CPUID_PGE | CPUID_PAT };
	case 7:
		return (struct cpuid){ .ebx = CPUID_SMEP | CPUID_SMAP,
				       .ecx = CPUID_UMIP | CPUID_PKU };
	case CPUID_EXTENDED:
		return (struct cpuid){ .eax = CPUID_EXTENDED_FLAGS };
	case CPUID_EXTENDED_FLAGS:
		return (struct cpuid){ .edx = CPUID_EXTENDED_EDX_NX |
					      CPUID_EXTENDED_EDX_LM |
					      CPUID_EXTENDED_1G };
	default:
		return (struct cpuid){ 0 };
	}
}
