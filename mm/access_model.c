// SPDX-License-Identifier: MIT
/*
 * What becomes of an access, by the manual.
 */
#include "mm/access_model.h"

#define P	   BIT(0)
#define RW	   BIT(1)
#define US	   BIT(2)
#define A	   BIT(5)
#define D	   BIT(6)
#define PS	   BIT(7)
#define XD	   BIT(63)
#define KEY(entry) ((unsigned int)((entry) >> 59 & 15))

#define ADDRESS_END 52

/* The bits from first to the one before end. */
static uint64_t bits_between(unsigned int first, unsigned int end)
{
	return first < end ? BIT(end) - BIT(first) : 0;
}

/* SDM vol. 3, tables 4-14 to 4-20, and 4.5.5. */
uint64_t access_reserved(const struct access_cpu *cpu, level_t level,
			 uint64_t entry)
{
	uint64_t reserved = bits_between(cpu->paddr_bits, ADDRESS_END);

	if (!cpu->nxe) {
		reserved |= XD;
	}
	if (level >= L4 || (level == L3 && !cpu->gb)) {
		return reserved | PS;
	}
	/* Between the PAT bit and the frame of a large leaf. */
	if (level != L1 && (entry & PS) != 0) {
		reserved |= bits_between(13, level_shift(level));
	}
	return reserved;
}

static bool is_leaf(level_t level, uint64_t entry)
{
	return level == L1 || (entry & PS) != 0;
}

/* What the entries of a whole way grant together. */
struct grant {
	bool write;
	bool user;
	bool execute;
	unsigned int key;
};

/* SDM vol. 3, 4.6.2. */
static bool key_denies(const struct access_cpu *cpu, const struct grant *grant,
		       struct access_try attempt)
{
	uint32_t rights = cpu->pkru >> (2 * grant->key);
	bool write_counts = attempt.user || cpu->wp;

	if (!cpu->pke || !grant->user || attempt.kind == ACCESS_FETCH) {
		return false;
	}
	return (rights & 1) != 0 || ((rights & 2) != 0 && write_counts &&
				     attempt.kind == ACCESS_WRITE);
}

/* SDM vol. 3, 4.6.1. */
static bool user_may(const struct grant *grant, enum access_kind kind)
{
	return grant->user && (kind != ACCESS_WRITE || grant->write) &&
	       (kind != ACCESS_FETCH || grant->execute);
}

static bool supervisor_may(const struct access_cpu *cpu,
			   const struct grant *grant, struct access_try attempt)
{
	if (attempt.kind == ACCESS_FETCH) {
		return grant->execute && !(grant->user && cpu->smep);
	}
	if (grant->user && cpu->smap && !attempt.ac) {
		return false;
	}
	return attempt.kind == ACCESS_READ || grant->write || !cpu->wp;
}

/* The bits of an error code that tell of the access (SDM vol. 3, 4.7). */
static uint64_t error_of(const struct access_cpu *cpu,
			 struct access_try attempt)
{
	bool tells_fetch = cpu->nxe || cpu->smep;

	return (attempt.kind == ACCESS_WRITE ? PF_WRITE : 0) |
	       (attempt.user ? PF_USER : 0) |
	       (attempt.kind == ACCESS_FETCH && tells_fetch ? PF_FETCH : 0);
}

/* Goes down to the last entry; true if the way leads there. */
static bool follow(const struct access_cpu *cpu, const struct access_path *path,
		   struct access_result *result, struct grant *grant)
{
	*grant = (struct grant){ true, true, true, 0 };
	for (level_t level = path->top;; level--) {
		uint64_t entry = path->entries[level];

		result->last = level;
		result->last_present = false;
		if ((entry & P) == 0) {
			return false;
		}
		result->last_present = true;
		if ((entry & access_reserved(cpu, level, entry)) != 0) {
			result->error |= PF_PRESENT | PF_RESERVED;
			return false;
		}
		grant->write = grant->write && (entry & RW) != 0;
		grant->user = grant->user && (entry & US) != 0;
		grant->execute = grant->execute && (entry & XD) == 0;
		grant->key = KEY(entry);
		if (is_leaf(level, entry)) {
			return true;
		}
	}
}

struct access_result access_predict(const struct access_cpu *cpu,
				    const struct access_path *path,
				    struct access_try attempt)
{
	struct access_result result = { .error = error_of(cpu, attempt) };
	/* A guest's kernel is one more user. */
	struct access_try real = { attempt.kind, attempt.user || cpu->guest,
				   attempt.ac };
	struct grant grant;
	bool key;

	result.fault = true;
	if (!follow(cpu, path, &result, &grant)) {
		return result; /* ACCESS-1 */
	}
	key = key_denies(cpu, &grant, real);
	if (!key && (real.user ? user_may(&grant, real.kind)
			       : supervisor_may(cpu, &grant, real))) {
		return (struct access_result){ .last = result.last,
					       .last_present = true };
	}
	result.error |= PF_PRESENT | (key ? PF_PKEY : 0);
	return result;
}

bool access_leaves(const struct access_result *result,
		   struct access_try attempt, level_t level, uint64_t before,
		   uint64_t after)
{
	bool used = level > result->last ||
		    (level == result->last && result->last_present);
	bool writes = level == result->last && attempt.kind == ACCESS_WRITE;

	if (!used) {
		return after == before;
	}
	if (result->fault) {
		return after == before || after == (before | A);
	}
	return after == (before | A | (writes ? D : 0)); /* ACCESS-2 */
}
