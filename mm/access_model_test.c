// SPDX-License-Identifier: MIT
/*
 * Tests of the model of an access.
 *
 * Rows written by hand from the Intel SDM vol. 3: what the matrix holds the CPU
 * against must not be wrong itself.
 */
#include "mm/access_model.h"

#include "lib/selftest.h"

#define P   UINT64_C(0x1)
#define W   UINT64_C(0x2)
#define U   UINT64_C(0x4)
#define A   UINT64_C(0x20)
#define D   UINT64_C(0x40)
#define PS  UINT64_C(0x80)
#define XD  (UINT64_C(1) << 63)
#define ALL (P | W | U)

#define KEY_3 (UINT64_C(3) << 59)

static const struct access_cpu full = { .wp = true,
					.smep = true,
					.smap = true,
					.pke = true,
					.nxe = true,
					.paddr_bits = 40,
					.gb = true };

static const struct access_try user_read = { ACCESS_READ, true, false };
static const struct access_try user_write = { ACCESS_WRITE, true, false };
static const struct access_try user_fetch = { ACCESS_FETCH, true, false };
static const struct access_try read = { ACCESS_READ, false, false };
static const struct access_try read_ac = { ACCESS_READ, false, true };
static const struct access_try write = { ACCESS_WRITE, false, false };
static const struct access_try write_ac = { ACCESS_WRITE, false, true };
static const struct access_try fetch = { ACCESS_FETCH, false, false };
static const struct access_try fetch_ac = { ACCESS_FETCH, false, true };

#define GRANTED 0x100 /* No error code. */

static struct access_path path_of(uint64_t l4, uint64_t l3, uint64_t l2,
				  uint64_t l1)
{
	return (struct access_path){ .top = L4,
				     .leaf = L1,
				     .entries = { 0, l1, l2, l3, l4 } };
}

/* What becomes of an access by a leaf of these bits, below tables that grant
 * everything. */
struct row {
	uint64_t leaf;
	const struct access_try *attempt;
	uint64_t error;
};

static void check_rows(const struct access_cpu *cpu, const struct row *rows,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct access_path path = path_of(ALL, ALL, ALL, row->leaf);
		struct access_result result =
			access_predict(cpu, &path, *row->attempt);
		uint64_t found = result.fault ? result.error : GRANTED;

		selftest_checked();
		if (found != row->error) {
			FAIL("row %zu: expected 0x%lx, found 0x%lx", i,
			     row->error, found);
		}
	}
}

#define CHECK_ROWS(cpu, ...)                                          \
	do {                                                          \
		static const struct row rows[] = { __VA_ARGS__ };     \
		CHECK_CALL(check_rows(cpu, rows, ARRAY_COUNT(rows))); \
	} while (0)

/* 4.6.1: data, and 4.7. */
SELFTEST(data, "data: user bit, write bit, WP and SMAP decide")
{
	struct access_cpu cpu = full;

	CHECK_ROWS(&cpu, { P | W | U, &user_read, GRANTED },
		   { P | U, &user_read, GRANTED }, { P | U, &user_write, 7 },
		   { P | W, &user_read, 5 }, { P | W, &user_write, 7 },
		   { W | U, &user_read, 4 }, { W | U, &user_write, 6 },
		   { P | W, &write, GRANTED }, { P, &write, 3 },
		   { P, &read, GRANTED }, { W, &read, 0 }, { W, &write, 2 },
		   { P | W | U, &read, 1 }, { P | W | U, &write, 3 },
		   { P | W | U, &read_ac, GRANTED },
		   { P | W | U, &write_ac, GRANTED }, { P | U, &write_ac, 3 });
	cpu.smap = false;
	CHECK_ROWS(&cpu, { P | W | U, &read, GRANTED }, { P | U, &write, 3 });
	cpu.wp = false;
	CHECK_ROWS(&cpu, { P | U, &write, GRANTED }, { P, &write, GRANTED },
		   { P | U, &user_write, 7 });
}

/* 4.6.1: fetches; 4.7: bit 4 of the code. */
SELFTEST(fetches, "fetches: execute-disable, SMEP, and when the code tells")
{
	struct access_cpu cpu = full;

	CHECK_ROWS(&cpu, { P | U, &user_fetch, GRANTED },
		   { P | U | XD, &user_fetch, 0x15 }, { P, &user_fetch, 0x15 },
		   { P, &fetch, GRANTED }, { P | XD, &fetch, 0x11 },
		   { P | U, &fetch, 0x11 }, { P | U, &fetch_ac, 0x11 },
		   { 0, &fetch, 0x10 });
	cpu.smep = false;
	CHECK_ROWS(&cpu, /* SMAP is about data. */ { P | U, &fetch, GRANTED },
		   { 0, &fetch, 0x10 });
	cpu.nxe = false;
	CHECK_ROWS(&cpu, { 0, &fetch, 0 }, { 0, &user_fetch, 4 });
	cpu.smep = true;
	CHECK_ROWS(&cpu, { 0, &fetch, 0x10 });
}

/* 4.6.2; 4.7: bit 5 of the code. */
SELFTEST(keys, "protection keys: user pages, data, and WP for WD")
{
	struct access_cpu cpu = full;

	cpu.pkru = 1u << 6; /* AD of key 3. */
	CHECK_ROWS(&cpu, { ALL | KEY_3, &user_read, 0x25 },
		   { ALL | KEY_3, &user_write, 0x27 },
		   { ALL | KEY_3, &user_fetch, GRANTED },
		   { ALL | KEY_3, &read_ac, 0x21 },
		   { ALL, &user_read, GRANTED },
		   { P | W | KEY_3, &read, GRANTED },
		   { P | W | KEY_3, &user_read, 5 },
		   /* The key is told of whatever else denies. */
		   { P | U | KEY_3, &user_write, 0x27 },
		   { ALL | KEY_3, &read, 0x21 });
	cpu.pkru = 2u << 6; /* WD. */
	CHECK_ROWS(&cpu, { ALL | KEY_3, &user_read, GRANTED },
		   { ALL | KEY_3, &user_write, 0x27 },
		   { ALL | KEY_3, &write_ac, 0x23 });
	cpu.wp = false;
	CHECK_ROWS(&cpu, { ALL | KEY_3, &write_ac, GRANTED },
		   { ALL | KEY_3, &user_write, 0x27 });
	cpu.pke = false;
	CHECK_ROWS(&cpu, { ALL | KEY_3, &user_write, GRANTED });
}

/* 4.5, tables 4-14 to 4-20. */
SELFTEST(reserved, "reserved: above MAXPHYADDR, in large leaves, bit 63")
{
	struct access_cpu cpu = full;

	CHECK_EQ(access_reserved(&cpu, L1, P), UINT64_C(0x000fff0000000000));
	CHECK_EQ(access_reserved(&cpu, L1, P | PS),
		 UINT64_C(0x000fff0000000000));
	CHECK_EQ(access_reserved(&cpu, L2, P), UINT64_C(0x000fff0000000000));
	CHECK_EQ(access_reserved(&cpu, L2, P | PS),
		 UINT64_C(0x000fff00001fe000));
	CHECK_EQ(access_reserved(&cpu, L3, P | PS),
		 UINT64_C(0x000fff003fffe000));
	CHECK_EQ(access_reserved(&cpu, L4, P | PS),
		 UINT64_C(0x000fff0000000080));
	CHECK_EQ(access_reserved(&cpu, L5, P), UINT64_C(0x000fff0000000080));
	cpu.gb = false;
	CHECK_EQ(access_reserved(&cpu, L3, P | PS),
		 UINT64_C(0x000fff0000000080));
	cpu.nxe = false;
	cpu.paddr_bits = 52;
	CHECK_EQ(access_reserved(&cpu, L1, P), XD);
	CHECK_ROWS(&cpu, { ALL | XD, &user_read, 0xd },
		   { W | U | XD, &user_read, 4 }, { ALL | XD, &fetch, 0x19 });
}

/* ACCESS-1 */
SELFTEST(way, "the first entry at fault decides, and rights add up")
{
	struct access_path path = path_of(ALL, P | XD, ALL, ALL | XD);
	struct access_result result = access_predict(&full, &path, user_write);

	CHECK_EQ(result.error, 7);
	CHECK_EQ(result.last, L1);
	path = path_of(ALL, W, ALL | BIT(51), ALL);
	result = access_predict(&full, &path, user_write);
	CHECK_EQ(result.error, 6);
	CHECK_EQ(result.last, L3);
	path = path_of(ALL | BIT(51), 0, ALL, ALL);
	CHECK_EQ(access_predict(&full, &path, user_write).error, 0xf);
	/* A leaf ends it. */
	path = path_of(ALL, ALL, ALL | PS, 0);
	result = access_predict(&full, &path, user_write);
	CHECK(!result.fault);
	CHECK_EQ(result.last, L2);
	path = path_of(ALL, ALL | PS, 0, 0);
	CHECK_EQ(access_predict(&full, &path, user_write).last, L3);
	path = path_of(P | W, ALL, ALL, ALL);
	CHECK_EQ(access_predict(&full, &path, user_read).error, 5);
	CHECK(!access_predict(&full, &path, read).fault);
}

/* A hypervisor's guest has the user bit everywhere and no ring 0. */
SELFTEST(guest, "a guest's kernel is one more user, and not told so")
{
	struct access_cpu cpu = full;

	cpu.guest = true;
	CHECK_ROWS(&cpu, { P | U, &read, GRANTED }, { P | U, &write, 3 },
		   { P | U, &user_write, 7 }, { P | U, &fetch, GRANTED },
		   { P | U | XD, &fetch, 0x11 });
}

/* ACCESS-2, 4.8 */
SELFTEST(bits, "accessed in all entries used, dirty in a leaf that is written")
{
	struct access_path path = path_of(ALL, ALL, ALL, ALL);
	struct access_result result = access_predict(&full, &path, user_read);

	CHECK(access_leaves(&result, user_read, L1, ALL, ALL | A));
	CHECK(!access_leaves(&result, user_read, L1, ALL, ALL));
	CHECK(!access_leaves(&result, user_read, L1, ALL, ALL | A | D));
	CHECK(access_leaves(&result, user_read, L4, ALL | D, ALL | A | D));
	result = access_predict(&full, &path, user_write);
	CHECK(access_leaves(&result, user_write, L1, ALL, ALL | A | D));
	CHECK(!access_leaves(&result, user_write, L1, ALL, ALL | A));
	CHECK(!access_leaves(&result, user_write, L2, ALL, ALL | A | D));
	path = path_of(ALL, P | U, 0, ALL);
	result = access_predict(&full, &path, user_write);
	CHECK(access_leaves(&result, user_write, L4, ALL, ALL | A));
	CHECK(access_leaves(&result, user_write, L4, ALL, ALL));
	CHECK(!access_leaves(&result, user_write, L3, P | U, P | U | D));
	CHECK(access_leaves(&result, user_write, L2, 0, 0));
	CHECK(!access_leaves(&result, user_write, L2, 0, A));
	CHECK(!access_leaves(&result, user_write, L1, ALL, ALL | A));
}

SELFTEST_SUITE(access_model, &data, &fetches, &keys, &reserved, &way, &guest,
	       &bits);
