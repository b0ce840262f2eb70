// SPDX-License-Identifier: MIT
/*
 * The access matrix.
 *
 * Combinations of entries, accesses and states of the processor are really
 * tried, and held against what the manual has. There are hundreds of millions
 * of them; the usual run draws some thousands from all states, rounds= tells
 * how many, and as many as there are means each of them once.
 */
#include "arch/x86/cpu.h"
#include "arch/x86/features.h"
#include "arch/x86/known_differences.h"
#include "arch/x86/probe.h"
#include "arch/x86/protect.h"
#include "lib/assert.h"
#include "mm/access_judge.h"
#include "mm/own_tables.h"

#define USUAL_NATIVE 8192
#define USUAL_GUEST  4096
/* Between one look at interrupts and the next. */
#define CHUNK UINT64_C(65536)
#define BEAT  (4 * CHUNK)
/* Of each kind, the others are counted. */
#define TOLD_MAX 3

struct mismatch {
	uint64_t count;
	char told[TOLD_MAX][ACCESS_TEXT_MAX];
	struct access_result expected[TOLD_MAX];
};

static struct {
	const struct access_bench *bench;
	struct access_space space;
	struct access_cover cover;
	struct random random;
	uint64_t tried;
	/* Has the model told of another leaf than there is. */
	uint64_t lie;
	struct difference_count differences[DIFFERENCES];
	struct mismatch wrong[ACCESS_WRONGS];
} run;

/* ---- The machine --------------------------------------------------------- */

static struct access_cpu native_abilities(void)
{
	return (struct access_cpu){
		.wp = true,
		.nxe = pv()->paging->nx,
		.smep = protect_has(FEATURE_SMEP),
		.smap = protect_has(FEATURE_SMAP),
		.pke = protect_has(FEATURE_PKU),
		.paddr_bits = features_paddr_bits(),
		.gb = pv()->paging->leaf_max == L3,
	};
}

/* What the hypervisor uses itself shows in error codes only. */
static struct access_cpu guest_abilities(void)
{
	return (struct access_cpu){
		.wp = true,
		.nxe = pv()->paging->nx,
		.smep = probe_fetch_bit() != 0,
		.paddr_bits = PADDR_BITS,
		.guest = true,
	};
}

static enum err begin(void)
{
	bool native = pv()->ring == 0;
	struct access_cpu has = native ? native_abilities() : guest_abilities();

	memset(&run, 0, sizeof(run));
	run.random = selftest_random();
	run.bench = native ? &access_native : &access_guest;
	access_space_init(&run.space, &has, kernel_pgtable()->levels,
			  native ? L3 : L1);
	return run.bench->open();
}

/* ---- One combination ----------------------------------------------------- */

static bool same(const struct access_result *a, const struct access_result *b)
{
	return a->fault == b->fault && a->error == b->error &&
	       a->last == b->last;
}

/* What an emulator makes of it that differs as it is known to. */
static struct access_result predict_known(const struct access_cpu *real,
					  const struct access_path *path,
					  struct access_try attempt)
{
	struct access_cpu cpu = *real;
	struct access_result result;

	cpu.gb = cpu.gb || difference_is_listed(DIFFERENCE_GB);
	result = access_predict(&cpu, path, attempt);
	if ((result.error & PF_RESERVED) != 0 &&
	    difference_is_listed(DIFFERENCE_RESERVED_P)) {
		result.error &= ~(uint64_t)PF_PRESENT;
	}
	return result;
}

static void count_difference(const struct access_result *manual,
			     const struct access_result *known, bool did)
{
	bool only_p = known->fault && (known->error & PF_RESERVED) != 0 &&
		      known->last == manual->last;
	struct difference_count *count =
		&run.differences[only_p ? DIFFERENCE_RESERVED_P
					: DIFFERENCE_GB];

	count->could++;
	count->did += did ? 1 : 0;
}

static void note_wrong(enum access_wrong wrong, const struct access_case *what,
		       const struct access_trial *trial,
		       const struct access_result *expected)
{
	struct mismatch *mismatch = &run.wrong[wrong];

	if (mismatch->count < TOLD_MAX) {
		access_format(mismatch->told[mismatch->count], what, trial);
		mismatch->expected[mismatch->count] = *expected;
	}
	mismatch->count++;
}

static void judge(const struct access_case *what,
		  const struct access_trial *trial)
{
	struct access_path path = trial->before;
	struct access_result manual;
	struct access_result known;
	enum access_wrong wrong;

	path.entries[path.leaf] ^= run.lie;
	manual = access_predict(&what->cpu, &path, what->attempt);
	known = predict_known(&what->cpu, &path, what->attempt);
	wrong = access_judge(&manual, what->attempt, trial);
	if (same(&manual, &known)) {
		if (wrong != WRONG_NOTHING) {
			note_wrong(wrong, what, trial, &manual);
		}
	} else if (wrong == WRONG_NOTHING ||
		   access_judge(&known, what->attempt, trial) ==
			   WRONG_NOTHING) {
		count_difference(&manual, &known, wrong != WRONG_NOTHING);
	} else {
		note_wrong(wrong, what, trial, &manual);
	}
}

static void try_values(const struct access_values *values)
{
	struct access_case what = access_case_of(&run.space, values);
	struct access_trial trial;

	run.bench->try(&what, &trial);
	access_cover_add(&run.cover, &run.space, values);
	run.tried++;
	judge(&what, &trial);
}

/* ---- Many ---------------------------------------------------------------- */

static void beat(void)
{
	static uint64_t told;

	if (run.tried / BEAT != told) {
		told = run.tried / BEAT;
		selftest_note("%lu combinations tried", run.tried);
	}
}

/* The next one of a state: all in their order, or any. */
static void try_next(uint64_t state, uint64_t number, bool all)
{
	uint64_t first = state * run.space.cases;
	struct access_values values;

	if (all) {
		if (access_space_pick(&run.space, first + number, &values)) {
			try_values(&values);
		}
		return;
	}
	do {
		number = random_below(&run.random, run.space.cases);
	} while (!access_space_pick(&run.space, first + number, &values));
	try_values(&values);
}

static struct access_cpu cpu_of(uint64_t state)
{
	struct access_values values;

	ASSERT(access_space_pick(&run.space, state * run.space.cases, &values));
	return access_case_of(&run.space, &values).cpu;
}

static void run_state(uint64_t state, uint64_t count, bool all)
{
	struct access_cpu cpu = cpu_of(state);

	for (uint64_t done = 0; done < count;) {
		uint64_t end = min_u64(count, done + CHUNK);

		run.bench->enter(&cpu);
		for (; done < end; done++) {
			try_next(state, done, all);
		}
		run.bench->leave();
		beat();
	}
}

/* So many, or all that there are. */
static void run_many(uint64_t count)
{
	uint64_t states = run.space.states;
	bool all = count >= run.space.exist;
	uint64_t each = all ? run.space.cases : (count + states - 1) / states;

	for (uint64_t state = 0; state < states; state++) {
		run_state(state, each, all);
	}
}

static void tell_wrong(void)
{
	for (enum access_wrong i = 0; i < ACCESS_WRONGS; i++) {
		const struct mismatch *mismatch = &run.wrong[i];

		for (size_t j = 0; j < TOLD_MAX && j < mismatch->count; j++) {
			const struct access_result *e = &mismatch->expected[j];

			selftest_note("%s: %s; expected %s %lx",
				      access_wrong_name(i), mismatch->told[j],
				      e->fault ? "error" : "no fault",
				      e->error);
		}
		if (mismatch->count > TOLD_MAX) {
			selftest_note("%s: %lu more", access_wrong_name(i),
				      mismatch->count - TOLD_MAX);
		}
	}
}

static uint64_t count_wrong(void)
{
	uint64_t count = 0;

	for (size_t i = 0; i < ACCESS_WRONGS; i++) {
		count += run.wrong[i].count;
	}
	return count;
}

static void check_cover(uint64_t wanted)
{
	struct access_pairs pairs = access_cover_pairs(&run.cover, &run.space);
	uint64_t usual = run.space.has.guest ? USUAL_GUEST : USUAL_NATIVE;

	selftest_note("%lu of %lu combinations in %lu states, %u of %u pairs "
		      "of values",
		      run.tried, run.space.exist, run.space.states,
		      pairs.all - pairs.missing, pairs.all);
	if (wanted >= usual) {
		CHECK_EQ(pairs.missing, 0);
	}
}

/* ACCESS-1, ACCESS-2 */
SELFTEST(matrix, "accesses end as the manual has it, and entries tell of them")
{
	uint64_t wanted;

	SKIP_WITHOUT_TABLES();
	if (begin() != OK) {
		ERROR("no memory for the tables of the matrix");
	}
	wanted = selftest_rounds(run.space.has.guest ? USUAL_GUEST
						     : USUAL_NATIVE);
	run_many(wanted);
	run.bench->close();
	tell_wrong();
	CHECK_EQ(count_wrong(), 0);
	CHECK_CALL(check_cover(wanted));
	/* KNOWN-1, KNOWN-2 */
	CHECK_CALL(difference_judge(DIFFERENCE_RESERVED_P,
				    run.differences[DIFFERENCE_RESERVED_P]));
	CHECK_CALL(difference_judge(DIFFERENCE_GB,
				    run.differences[DIFFERENCE_GB]));
}

/* The detector can fire, both ways, if the model has a bit of the leaf wrong.
 * As most combinations fault either way, it may take some. */
static void check_lie(uint64_t bit)
{
	const struct mismatch *passed = &run.wrong[WRONG_PASSED];
	const struct mismatch *faulted = &run.wrong[WRONG_FAULTED];

	CHECK_EQ(begin(), OK);
	run.lie = bit;
	for (unsigned int i = 0;
	     i < 64 && (passed->count == 0 || faulted->count == 0); i++) {
		run_many(1024);
	}
	run.bench->close();
	CHECK(passed->count != 0);
	CHECK(faulted->count != 0);
	CHECK(count_wrong() < run.tried);
}

SELFTEST(wrong_model, "a model that has one bit of a leaf wrong is found out")
{
	SKIP_WITHOUT_TABLES();
	CHECK_CALL(check_lie(BIT(0)));
	CHECK_CALL(check_lie(BIT(1)));
}

struct registers {
	uint64_t cr0;
	uint64_t cr3;
	uint64_t cr4;
	uint64_t efer;
	uint64_t interrupts;
	uint32_t pkru;
};

static struct registers read_registers(void)
{
	return (struct registers){
		.cr0 = cpu_read_cr0(),
		.cr3 = cpu_read_cr3(),
		.cr4 = cpu_read_cr4(),
		.efer = cpu_read_msr(MSR_EFER),
		.interrupts = cpu_read_rflags() & RFLAGS_IF,
		.pkru = protect_has(FEATURE_PKU) ? cpu_read_pkru() : 0,
	};
}

/* By the states that have all of it off, and on. */
static void check_left(uint64_t state)
{
	struct registers before = read_registers();
	struct registers after;

	run_state(state, 64, false);
	after = read_registers();
	CHECK_EQ(after.cr0, before.cr0);
	CHECK_EQ(after.cr3, before.cr3);
	CHECK_EQ(after.cr4, before.cr4);
	CHECK_EQ(after.efer, before.efer);
	CHECK_EQ(after.interrupts, before.interrupts);
	CHECK_EQ(after.pkru, before.pkru);
}

/* BENCH-1 */
SELFTEST(registers, "the state of the processor is afterwards what it was")
{
	SKIP_WITHOUT_TABLES();
	if (pv()->ring != 0) {
		SKIP("protections are the hypervisor's");
	}
	CHECK_EQ(begin(), OK);
	check_left(0);
	check_left(run.space.states - 1);
	run.bench->close();
	CHECK_EQ(count_wrong(), 0);
}

SELFTEST_SUITE(access_matrix, &matrix, &wrong_model, &registers);
