// SPDX-License-Identifier: MIT
/*
 * The combinations of the access matrix.
 */
#include "mm/access_space.h"

#include "lib/assert.h"
#include "lib/string.h"

/* A key whose number reads differently from either end. */
#define SOME_KEY 13

static const uint64_t entry_bits[] = { BIT(0),	BIT(1), BIT(2),
				       BIT(63), BIT(5), BIT(6) };

#define ENTRY_DIMS ARRAY_COUNT(entry_bits)
#define BIT_PS	   BIT(7)
#define BIT_TOP	   BIT(51)
#define DENIALS	   4
#define KINDS	   3

/* ---- What goes together -------------------------------------------------- */

static uint64_t flaw_bits(const struct access_space *space,
			  struct access_shape shape, enum access_flaw flaw)
{
	unsigned int paddr_bits = space->has.paddr_bits;
	uint64_t top = paddr_bits < PADDR_BITS ? BIT_TOP : 0;

	switch (flaw) {
	case FLAW_LEAF_TOP:
	case FLAW_UPPER_TOP:
		return top;
	case FLAW_LEAF_LOW:
		return shape.leaf != L1 ? BIT(13)
		       : top != 0	? BIT(paddr_bits)
					: 0;
	case FLAW_UPPER_PS:
		return shape.upper >= L4 ? BIT_PS : 0;
	default:
		return 0;
	}
}

/* Do the values of two dimensions go together? */
static bool fits(const struct access_space *space, enum access_dim a,
		 unsigned int value_a, enum access_dim b, unsigned int value_b)
{
	if (a == DIM_SHAPE && b == DIM_RESERVED) {
		return value_b == FLAW_NONE ||
		       flaw_bits(space, space->shape[value_a],
				 (enum access_flaw)value_b) != 0;
	}
	/* PKRU cannot be set. */
	if (a == DIM_DENY && b == DIM_PKE) {
		return value_a == 0 || value_b != 0;
	}
	return true;
}

static uint64_t count_fitting(const struct access_space *space,
			      enum access_dim a, enum access_dim b)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < space->counts[a]; i++) {
		for (unsigned int j = 0; j < space->counts[b]; j++) {
			count += fits(space, a, i, b, j) ? 1 : 0;
		}
	}
	return count;
}

static void count_all(struct access_space *space)
{
	const uint8_t *counts = space->counts;

	for (size_t i = 0; i < ACCESS_DIMS; i++) {
		*(i < DIM_WP ? &space->cases : &space->states) *= counts[i];
	}
	space->exist = space->cases * space->states / counts[DIM_SHAPE] /
		       counts[DIM_RESERVED] / counts[DIM_DENY] /
		       counts[DIM_PKE] *
		       count_fitting(space, DIM_SHAPE, DIM_RESERVED) *
		       count_fitting(space, DIM_DENY, DIM_PKE);
}

/* ---- All combinations ---------------------------------------------------- */

/* Every leaf there can be, with every level above it. */
static void list_shapes(struct access_space *space)
{
	for (level_t leaf = L1; leaf <= space->leaf_max; leaf++) {
		for (level_t upper = leaf + 1; upper <= space->top; upper++) {
			space->shape[space->shapes++] =
				(struct access_shape){ leaf, upper };
		}
	}
}

static uint8_t if_has(bool feature)
{
	return feature ? 2 : 1;
}

void access_space_init(struct access_space *space, const struct access_cpu *has,
		       level_t top, level_t leaf_max)
{
	*space = (struct access_space){ .has = *has,
					.top = top,
					.leaf_max = leaf_max,
					.states = 1,
					.cases = 1 };
	list_shapes(space);
	memset(space->counts, 2, sizeof(space->counts));
	space->counts[DIM_SHAPE] = (uint8_t)space->shapes;
	space->counts[DIM_RESERVED] = FLAWS;
	space->counts[DIM_DENY] = has->pke ? DENIALS : 1;
	space->counts[DIM_KIND] = KINDS;
	space->counts[DIM_WHO] = has->smap ? WHO_KERNEL_AC + 1 : WHO_KERNEL + 1;
	space->counts[DIM_NXE] = if_has(has->nxe);
	space->counts[DIM_SMEP] = if_has(has->smep);
	space->counts[DIM_SMAP] = if_has(has->smap);
	space->counts[DIM_PKE] = if_has(has->pke);
	if (has->guest) {
		/* A hypervisor does not take what it has not. */
		space->counts[DIM_LEAF_XD] = if_has(has->nxe);
		space->counts[DIM_UPPER_XD] = if_has(has->nxe);
		space->counts[DIM_WHO] = WHO_KERNEL + 1;
		space->counts[DIM_RESERVED] = 1;
		space->counts[DIM_KEY] = 1;
		memset(&space->counts[DIM_WP], 1, ACCESS_DIMS - DIM_WP);
	}
	count_all(space);
}

/* ---- One combination ----------------------------------------------------- */

bool access_space_pick(const struct access_space *space, uint64_t number,
		       struct access_values *values)
{
	for (size_t i = 0; i < ACCESS_DIMS; i++) {
		values->of[i] = (uint8_t)(number % space->counts[i]);
		number /= space->counts[i];
	}
	ASSERT(number == 0); /* SPACE-1 */
	return fits(space, DIM_SHAPE, values->of[DIM_SHAPE], DIM_RESERVED,
		    values->of[DIM_RESERVED]) &&
	       fits(space, DIM_DENY, values->of[DIM_DENY], DIM_PKE,
		    values->of[DIM_PKE]);
}

static uint64_t bits_of(const uint8_t *values)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < ENTRY_DIMS; i++) {
		bits |= values[i] != 0 ? entry_bits[i] : 0;
	}
	return bits;
}

/* What is denied to the key is what the others may, so that a wrong one shows.
 */
static uint32_t pkru_of(unsigned int key, unsigned int deny)
{
	uint32_t others = ~deny & 3;

	return (others * 0x55555555) ^ ((others ^ deny) << (2 * key));
}

static struct access_cpu cpu_of(const struct access_space *space,
				const uint8_t *of, unsigned int key)
{
	struct access_cpu cpu = space->has;

	if (cpu.guest) {
		return cpu;
	}
	cpu.wp = of[DIM_WP] != 0;
	cpu.nxe = of[DIM_NXE] != 0;
	cpu.smep = of[DIM_SMEP] != 0;
	cpu.smap = of[DIM_SMAP] != 0;
	cpu.pke = of[DIM_PKE] != 0;
	cpu.pkru = cpu.pke ? pkru_of(key, of[DIM_DENY]) : 0;
	return cpu;
}

struct access_case access_case_of(const struct access_space *space,
				  const struct access_values *values)
{
	const uint8_t *of = values->of;
	struct access_shape shape = space->shape[of[DIM_SHAPE]];
	enum access_flaw flaw = (enum access_flaw)of[DIM_RESERVED];
	uint64_t wrong = flaw_bits(space, shape, flaw);
	bool upper = flaw == FLAW_UPPER_TOP || flaw == FLAW_UPPER_PS;
	unsigned int key = of[DIM_KEY] != 0 ? SOME_KEY : 0;

	return (struct access_case){
		.shape = shape,
		.leaf = bits_of(&of[DIM_LEAF_P]) | (upper ? 0 : wrong) |
			(uint64_t)key << 59 | (shape.leaf != L1 ? BIT_PS : 0),
		.upper = bits_of(&of[DIM_UPPER_P]) | (upper ? wrong : 0),
		.cpu = cpu_of(space, of, key),
		.attempt = { .kind = (enum access_kind)of[DIM_KIND],
			     .user = of[DIM_WHO] == WHO_USER,
			     .ac = of[DIM_WHO] == WHO_KERNEL_AC },
		.times = of[DIM_TIMES] + 1u,
	};
}

/* ---- What was covered ---------------------------------------------------- */

/* The number of a value among those of all dimensions. */
static unsigned int place_of(const struct access_space *space,
			     enum access_dim dim, unsigned int value)
{
	unsigned int place = value;

	for (enum access_dim i = 0; i < dim; i++) {
		place += space->counts[i];
	}
	ASSERT(place < ACCESS_VALUES_MAX);
	return place;
}

void access_cover_add(struct access_cover *cover,
		      const struct access_space *space,
		      const struct access_values *values)
{
	unsigned int places[ACCESS_DIMS];
	unsigned int before = 0;

	for (size_t i = 0; i < ACCESS_DIMS; i++) {
		places[i] = before + values->of[i];
		before += space->counts[i];
		for (size_t j = 0; j < i; j++) {
			cover->met[places[j]][places[i] / 8] |=
				(uint8_t)BIT(places[i] % 8);
		}
	}
	ASSERT(before <= ACCESS_VALUES_MAX);
}

/* Is there a shape with this flaw at all? */
static bool exists(const struct access_space *space, enum access_dim dim,
		   unsigned int value)
{
	if (dim != DIM_RESERVED) {
		return true;
	}
	for (unsigned int shape = 0; shape < space->shapes; shape++) {
		if (fits(space, DIM_SHAPE, shape, dim, value)) {
			return true;
		}
	}
	return false;
}

static void count_pairs(const struct access_cover *cover,
			const struct access_space *space, enum access_dim a,
			enum access_dim b, struct access_pairs *pairs)
{
	for (unsigned int i = 0; i < space->counts[a]; i++) {
		for (unsigned int j = 0; j < space->counts[b]; j++) {
			unsigned int to = place_of(space, b, j);

			if (!exists(space, a, i) || !exists(space, b, j) ||
			    !fits(space, a, i, b, j)) {
				continue;
			}
			pairs->all++;
			if ((cover->met[place_of(space, a, i)][to / 8] &
			     BIT(to % 8)) == 0) {
				pairs->missing++;
			}
		}
	}
}

struct access_pairs access_cover_pairs(const struct access_cover *cover,
				       const struct access_space *space)
{
	struct access_pairs pairs = { 0, 0 };

	for (enum access_dim b = 0; b < ACCESS_DIMS; b++) {
		for (enum access_dim a = 0; a < b; a++) {
			count_pairs(cover, space, a, b, &pairs);
		}
	}
	return pairs;
}
