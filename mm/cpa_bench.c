// SPDX-License-Identifier: MIT
/*
 * Change page attributes: machine and model side by side.
 */
#include "mm/cpa_bench.h"

#include "arch/x86/probe.h"
#include "lib/assert.h"
#include "lib/selftest.h"

#define PROBES 2

struct bench bench;

/* The numbers before a call. */
static struct {
	uint64_t stores;
	uint64_t flushes_all;
	uint64_t flushes_range;
} before;

vaddr_t bench_address(struct model_name name)
{
	return vaddr(bench.model.start[name.area] +
		     (uint64_t)name.page * PAGE_BYTES);
}

unsigned int bench_names(struct model_name *names, enum model_area area,
			 unsigned int first, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		names[i] = (struct model_name){ area, first + i };
	}
	return count;
}

/* ---- One call ------------------------------------------------------------ */

static struct cpa_pages pages_of(const struct bench_call *call)
{
	static vaddr_t addresses[BENCH_NAMES_MAX];
	static pfn_t frames[BENCH_NAMES_MAX];

	if (call->form == CPA_RANGE) {
		return cpa_range(bench_address(call->first),
				 call->all ? BENCH_GIANT_PAGES : call->count);
	}
	ASSERT(call->count <= BENCH_NAMES_MAX);
	for (unsigned int i = 0; i < call->count; i++) {
		struct model_name name = call->names[i];

		ASSERT(call->form != CPA_FRAMES || name.area != MODEL_IMAGE);
		addresses[i] = bench_address(name);
		frames[i] = pfn(bench.look.frame[name.area] + name.page);
	}
	return call->form == CPA_ADDRESSES
		       ? cpa_addresses(addresses, call->count)
		       : cpa_frames(frames, call->count);
}

static bool differs(struct mismatch *m, const char *what, uint64_t expected,
		    uint64_t found)
{
	*m = (struct mismatch){ what, bench.expected.where, expected, found };
	return expected != found;
}

static bool refusal_differs(struct mismatch *m)
{
	const struct audit *audit = bench.space.pt->audit;
	bool where = bench.expected.error == ERR_RANGE ||
		     bench.expected.error == ERR_DENIED ||
		     bench.expected.error == ERR_REFUSED;

	return differs(m, "changed pages", 0, bench.result.changed) ||
	       (where && differs(m, "place", bench.expected.where,
				 bench.result.where.va)) ||
	       (where &&
		differs(m, "stores", 0, audit->stores - before.stores));
}

static bool cost_differs(struct mismatch *m)
{
	const struct model_outcome *e = &bench.expected;
	const struct audit *audit = bench.space.pt->audit;
	const struct cpa_result *r = &bench.result;

	return differs(m, "narrowed", e->narrowed, r->narrowed) ||
	       differs(m, "type", e->type, r->type) ||
	       differs(m, "changed leaves", e->changed, r->changed) ||
	       differs(m, "splits", e->split, r->split) ||
	       differs(m, "joins", e->joined, r->joined) ||
	       differs(m, "flushes", e->flushes_all + e->flushes_range,
		       r->flushes) ||
	       differs(m, "cache lines", e->lines, r->cache_lines) ||
	       differs(m, "stores", e->stores, audit->stores - before.stores) ||
	       differs(m, "whole flushes", e->flushes_all,
		       audit->flushes_all - before.flushes_all) ||
	       differs(m, "flushes of ranges", e->flushes_range,
		       audit->flushes_range - before.flushes_range);
}

bool bench_result_differs(enum err error, struct mismatch *mismatch)
{
	if (differs(mismatch, "error", bench.expected.error, error)) {
		return true;
	}
	return error == OK ? cost_differs(mismatch) : refusal_differs(mismatch);
}

/* What is owed is known page by page in the model, and only there. */
static bool debt_differs(struct mismatch *m)
{
	bool owed = false;

	for (unsigned int area = 0; area < MODEL_AREAS; area++) {
		for (unsigned int i = 0;
		     bench.model.owed && i < bench.model.pages[area]; i++) {
			owed |= (bench.model.page[area][i] & MODEL_OWED) != 0;
		}
	}
	owed |= (bench.model.rest & MODEL_OWED) != 0;
	bench.model.owed = owed;
	return differs(m, "debts", owed,
		       bench.space.pt->audit->debt_count != 0);
}

static void report(const struct bench_call *call, const struct mismatch *m)
{
	static const char *const forms[] = { "range", "addresses", "frames" };
	vaddr_t first = call->count == 0 || call->form == CPA_RANGE
				? bench_address(call->first)
				: bench_address(call->names[0]);

	FAIL("call %lu, %s, %s of %u from %016lx: %s at %016lx: expected "
	     "0x%lx, "
	     "found 0x%lx",
	     bench.calls, call->op->name, forms[call->form], call->count,
	     first.va, m->what, m->where, m->expected, m->found);
}

/* ---- What the CPU lets through ------------------------------------------- */

static void probe(enum model_area area, unsigned int i)
{
	vaddr_t at = bench_address((struct model_name){ area, i });
	model_page page = bench.model.page[area][i];
	bool present = (page & MODEL_PRESENT) != 0;
	struct fault fault;
	uint64_t value = 0;

	CHECK_EQ(probe_read(at, &value, &fault), present);
	CHECK_EQ(value, present ? bench_mark(area, i) : 0);
	CHECK_EQ(probe_write(at, BENCH_RET, &fault),
		 present && (page & MODEL_WRITE) != 0);
	CHECK_EQ(probe_execute(at, &fault),
		 present && (page & MODEL_EXECUTE) != 0);
}

static uint64_t scatter(uint64_t n)
{
	return (n * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
}

static void probe_some(const struct bench_call *call)
{
	struct model_name name =
		call->form == CPA_RANGE ? call->first : call->names[0];

	probe(name.area, name.page);
	for (unsigned int i = 0; i < PROBES; i++) {
		enum model_area area =
			i == 0 ? name.area : scatter(bench.calls) % MODEL_AREAS;

		CHECK_CALL(
			probe(area, (unsigned int)(scatter(bench.calls + i) %
						   bench.model.pages[area])));
	}
}

void bench_do(const struct bench_call *call)
{
	const struct audit *audit = bench.space.pt->audit;
	struct model_request request = {
		.op = call->op->name,
		.list = call->form != CPA_RANGE,
		.all = call->all,
		.first = call->first,
		.count = call->count,
		.names = call->names,
		.fail_at = call->fail_at,
	};
	struct cpa_pages pages = pages_of(call);
	struct mismatch mismatch;
	enum err error;

	bench.calls++;
	model_do(&bench.model, &request, &bench.expected);
	before.stores = audit->stores;
	before.flushes_all = audit->flushes_all;
	before.flushes_range = audit->flushes_range;
	page_alloc_fail_at(bench.space.pt->pages, call->fail_at);
	error = cpa_change(&bench.space, call->op, &pages, &bench.result);
	page_alloc_fail_at(bench.space.pt->pages, 0);
	selftest_checked();
	if (bench_result_differs(error, &mismatch) ||
	    look_differs(&bench.look, &mismatch) || debt_differs(&mismatch)) {
		report(call, &mismatch);
		return;
	}
	if (bench.probes && !bench.model.owed) {
		probe_some(call);
	}
}

void bench_range(const struct cpa_op *op, enum model_area area,
		 unsigned int first, unsigned int count)
{
	struct bench_call call = { .op = op,
				   .form = CPA_RANGE,
				   .first = { area, first },
				   .count = count };

	bench_do(&call);
}

void bench_list(const struct cpa_op *op, enum cpa_form form,
		const struct model_name *names, unsigned int count)
{
	struct bench_call call = {
		.op = op, .form = form, .names = names, .count = count
	};

	bench_do(&call);
}

void bench_flush(void)
{
	/* Too large for the stack. */
	static struct batch batch;

	batch_begin(&batch, bench.space.pt, AUDIT_CHANGE);
	batch_flush_all(&batch);
	batch_finish(&batch);
	model_flush(&bench.model);
}
