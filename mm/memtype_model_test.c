// SPDX-License-Identifier: MIT
/*
 * Tests of memory types against a list.
 *
 * Requests at random, for a device's frames and for pages of RAM. The model is
 * a list of the reservations there are, which is searched whole.
 */
#include "lib/selftest.h"
#include "mm/test_memtypes.h"

#define PAGES	   16U
#define LENGTH_MAX 4U
#define LIVE_MAX   40U

struct reservation {
	uint64_t n; /* The first page. */
	uint64_t pages;
	enum memtype type;
	bool ram;
};

static struct reservation live[LIVE_MAX];
static size_t live_count;
static pfn_t first; /* Of the pages of RAM. */

/* ---- The model ----------------------------------------------------------- */

/* The types of all that reach into the range, as bits. */
static unsigned int types_in(const struct reservation *range)
{
	unsigned int bits = 0;

	for (size_t i = 0; i < live_count; i++) {
		const struct reservation *r = &live[i];

		if (r->ram == range->ram && r->n < range->n + range->pages &&
		    range->n < r->n + r->pages) {
			bits |= 1U << r->type;
		}
	}
	return bits;
}

/* What is to become of the request; its type becomes the one granted. */
static enum err judge(struct reservation *want, enum memtype_how how)
{
	unsigned int there = types_in(want);

	if (there == 0) {
		return OK;
	}
	for (enum memtype type = MT_WB; type < MT_COUNT && !want->ram; type++) {
		bool fits = type == want->type ||
			    (how == MEMTYPE_SHARE &&
			     memtype_is_stricter(type, want->type));

		if (there == 1U << type && fits) {
			want->type = type;
			return OK;
		}
	}
	return ERR_CONFLICT;
}

/* Its place in the list, or the end. */
static size_t find(const struct reservation *r)
{
	size_t i = 0;

	while (i < live_count &&
	       (live[i].ram != r->ram || live[i].n != r->n ||
		live[i].pages != r->pages || live[i].type != r->type)) {
		i++;
	}
	return i;
}

/* ---- The requests -------------------------------------------------------- */

static enum err reserve(const struct reservation *r, enum memtype_how how,
			enum memtype *granted)
{
	return r->ram ? memtype_reserve_ram(&test_memtypes,
					    pfn(first.pfn + r->n), r->pages,
					    r->type, granted)
		      : memtype_reserve(&test_memtypes,
					mfn(TEST_DEVICE_MFN + r->n), r->pages,
					r->type, how, granted);
}

static enum err give(const struct reservation *r)
{
	return r->ram ? memtype_free_ram(&test_memtypes, pfn(first.pfn + r->n),
					 r->pages, r->type)
		      : memtype_free(&test_memtypes,
				     mfn(TEST_DEVICE_MFN + r->n), r->pages,
				     r->type);
}

static struct reservation draw(struct random *random)
{
	uint64_t n = random_below(random, PAGES);

	return (struct reservation){
		.ram = random_below(random, 2) != 0,
		.n = n,
		.pages = 1 +
			 random_below(random, min_u64(PAGES - n, LENGTH_MAX)),
		.type = (enum memtype)random_below(random, MT_COUNT),
	};
}

/* Does the request end as it should? */
static bool reserves(const struct reservation *r, enum memtype_how how)
{
	struct reservation expected = *r;
	enum err error = judge(&expected, how);
	enum memtype granted = MT_COUNT;

	if (reserve(r, how, &granted) != error) {
		return false;
	}
	if (error != OK) {
		return (types_in(r) >> granted & 1) != 0;
	}
	/* Write-back is what RAM is anyway. */
	if (!r->ram || granted != MT_WB) {
		live[live_count++] = expected;
	}
	return granted == expected.type;
}

static bool frees(const struct reservation *r)
{
	bool nothing = r->ram && r->type == MT_WB && types_in(r) == 0;
	size_t i = find(r);
	enum err expected = i < live_count || nothing ? OK : ERR_RANGE;

	if (i < live_count) {
		live[i] = live[--live_count];
	}
	return give(r) == expected;
}

/* MEMTYPE-1 */
static bool is_as_listed(bool ram, uint64_t n)
{
	struct reservation one = { n, 1, MT_COUNT, ram };
	mfn_t frame = ram ? pv()->pfn_to_mfn(pfn(first.pfn + n))
			  : mfn(TEST_DEVICE_MFN + n);
	enum memtype type = memtype_of(&test_memtypes, frame);
	unsigned int there = types_in(&one);

	return there == 0 ? type == (ram ? MT_WB : MEMTYPE_NONE)
			  : there == 1U << type;
}

static void check_frames(void)
{
	for (uint64_t n = 0; n < PAGES; n++) {
		CHECK(is_as_listed(false, n) && is_as_listed(true, n));
	}
}

/* Mostly one that there is. */
static struct reservation choose(struct random *random)
{
	return live_count == 0 || random_below(random, 3) == 0
		       ? draw(random)
		       : live[random_below(random, live_count)];
}

/* MEMTYPE-1, MEMTYPE-2, MEMTYPE-3 */
SELFTEST(any_order,
	 "after any requests each frame has the type that a list says")
{
	struct random random = selftest_random();

	first = test_memtypes_begin(PAT_MSR_NATIVE, PAGES);
	if (pfn_eq(first, PFN_NONE)) {
		ERROR("no memory for the test");
	}
	live_count = 0;
	for (uint64_t i = selftest_rounds(1000); i != 0; i--) {
		struct reservation r = draw(&random);

		if (live_count < LIVE_MAX && random_below(&random, 2) != 0) {
			CHECK(reserves(&r, (enum memtype_how)(i & 1)));
		} else {
			r = choose(&random);
			CHECK(frees(&r));
		}
		CHECK_CALL(check_frames());
	}
	while (live_count != 0) {
		struct reservation r = live[0];

		CHECK(frees(&r));
	}
	CHECK(test_memtypes.devices.root == NULL);
	CHECK_CALL(check_frames());
	test_memtypes_end(first, PAGES);
}

SELFTEST_SUITE(memtype_model, &any_order);
