// SPDX-License-Identifier: MIT
/*
 * CPU features.
 *
 * One table: where CPUID has the bit, and what people call the feature
 * (Intel SDM vol. 2, CPUID; AMD64 APM vol. 3, appendix E).
 */
#include "arch/x86/features.h"

#include "arch/x86/cpu.h"
#include "arch/x86/regs.h"
#include "lib/printf.h"
#include "lib/string.h"

#define CPUID_ADDRESS_SIZES 0x80000008
/* Of a CPU with PAE that does not say. */
#define PADDR_BITS_OLDEST 36

enum reg { EBX, ECX, EDX };

static const struct {
	uint32_t feature;
	uint32_t leaf;
	enum reg reg;
	unsigned int bit;
	const char *name;
} features[] = {
	{ FEATURE_NX, CPUID_EXTENDED_FLAGS, EDX, 20, "nx" },
	{ FEATURE_GB, CPUID_EXTENDED_FLAGS, EDX, 26, "1g" },
	{ FEATURE_PGE, 1, EDX, 13, "pge" },
	{ FEATURE_PAT, 1, EDX, 16, "pat" },
	{ FEATURE_SMEP, 7, EBX, 7, "smep" },
	{ FEATURE_SMAP, 7, EBX, 20, "smap" },
	{ FEATURE_UMIP, 7, ECX, 2, "umip" },
	{ FEATURE_PKU, 7, ECX, 3, "pku" },
	{ FEATURE_LA57, 7, ECX, 16, "la57" },
	{ FEATURE_PCID, 1, ECX, 17, "pcid" },
	{ FEATURE_MCE, 1, EDX, 7, "mce" },
	{ FEATURE_X2APIC, 1, ECX, 21, "x2apic" },
};

/* CPUID answers for a leaf it does not have with those of another one. */
static bool leaf_exists(uint32_t leaf)
{
	uint32_t base = leaf & CPUID_EXTENDED;

	return cpu_cpuid(base, 0).eax >= leaf;
}

static bool bit_set(uint32_t leaf, enum reg reg, unsigned int bit)
{
	struct cpuid id;
	uint32_t value;

	if (!leaf_exists(leaf)) {
		return false;
	}
	id = cpu_cpuid(leaf, 0);
	value = reg == EBX ? id.ebx : reg == ECX ? id.ecx : id.edx;
	return (value >> bit & 1) != 0;
}

uint32_t features_detect(void)
{
	uint32_t found = 0;

	for (size_t i = 0; i < ARRAY_COUNT(features); i++) {
		if (bit_set(features[i].leaf, features[i].reg,
			    features[i].bit)) {
			found |= features[i].feature;
		}
	}
	return found;
}

unsigned int features_paddr_bits(void)
{
	return leaf_exists(CPUID_ADDRESS_SIZES)
		       ? cpu_cpuid(CPUID_ADDRESS_SIZES, 0).eax & 0xff
		       : PADDR_BITS_OLDEST;
}

void features_format(char *buffer, size_t size, uint32_t set)
{
	size_t length = 0;

	str_copy(buffer, size, set == 0 ? "none" : "");
	for (size_t i = 0; i < ARRAY_COUNT(features); i++) {
		if ((set & features[i].feature) == 0 || length >= size) {
			continue;
		}
		length += snprintf(buffer + length, size - length, "%s%s",
				   length == 0 ? "" : ",", features[i].name);
	}
}

/* Text comes in the registers' bytes, twelve or sixteen at a time. */
static void copy_registers(char *to, const uint32_t *regs, size_t count)
{
	memcpy(to, regs, count * sizeof(*regs));
	to[count * sizeof(*regs)] = '\0';
}

static void read_name(char name[49])
{
	struct cpuid id = cpu_cpuid(0, 0);
	uint32_t vendor[] = { id.ebx, id.edx, id.ecx };

	copy_registers(name, vendor, ARRAY_COUNT(vendor));
	if (!leaf_exists(0x80000004)) {
		return;
	}
	for (uint32_t i = 0; i < 3; i++) {
		uint32_t regs[4];

		id = cpu_cpuid(0x80000002 + i, 0);
		regs[0] = id.eax;
		regs[1] = id.ebx;
		regs[2] = id.ecx;
		regs[3] = id.edx;
		copy_registers(name + i * sizeof(regs), regs, 4);
	}
}

void features_cpu_name(char *buffer, size_t size)
{
	char name[49];
	char *start = name;
	size_t length;

	read_name(name);
	while (*start == ' ') {
		start++;
	}
	length = strlen(start);
	while (length > 0 && start[length - 1] == ' ') {
		start[--length] = '\0';
	}
	for (char *c = start; *c != '\0'; c++) {
		if (*c < ' ' || *c > '~' || *c == '"') {
			*c = '?';
		}
	}
	str_copy(buffer, size, start);
}
