// SPDX-License-Identifier: MIT
/*
 * An access that is really made.
 */
#include "mm/access_do.h"

#include "arch/x86/probe.h"
#include "arch/x86/pv.h"
#include "arch/x86/user.h"
#include "arch/x86/user_access.h"
#include "lib/string.h"
#include "mm/test_user_code.h"

/* Places in the page. */
#define KERNEL_CODE 0
#define USER_CODE   16
#define DATA	    64

#define OLD UINT64_C(0x1122334455667788)
#define NEW UINT64_C(0x11223344556677ff) /* Differs in the first byte. */

static struct user_frame frame;

void access_page_prepare(uint8_t *alias)
{
	static const uint8_t ret[] = { 0xc3 };
	static const uint8_t ud2[] = { 0x0f, 0x0b };

	memcpy(&alias[KERNEL_CODE], ret, sizeof(ret));
	memcpy(&alias[USER_CODE], ud2, sizeof(ud2));
}

/* ---- The kernel's -------------------------------------------------------- */

static bool probe(vaddr_t at, enum access_kind kind, uint64_t *value,
		  struct fault *fault)
{
	switch (kind) {
	case ACCESS_READ:
		return probe_read(at, value, fault);
	case ACCESS_WRITE:
		return probe_write(at, (uint8_t)NEW, fault);
	default:
		return probe_execute(at, fault);
	}
}

static bool do_kernel(struct access_try attempt, vaddr_t at, uint64_t *value,
		      struct fault *fault)
{
	bool done;

	if (!attempt.ac) {
		return probe(at, attempt.kind, value, fault);
	}
	user_access_begin();
	done = probe(at, attempt.kind, value, fault);
	user_access_end();
	return done;
}

/* ---- User mode's --------------------------------------------------------- */

static uint64_t place(const uint8_t *code)
{
	return ACCESS_CODE_VADDR + (uint64_t)(code - user_code);
}

/* Every piece of code ends in a UD2 of its own. */
static bool do_user(enum access_kind kind, vaddr_t at, uint64_t *value,
		    struct fault *fault)
{
	static const struct {
		const uint8_t *code;
		const uint8_t *behind;
	} pieces[] = {
		[ACCESS_READ] = { user_code_read, user_code_read_stack },
		[ACCESS_WRITE] = { user_code_write, user_code_jump },
		[ACCESS_FETCH] = { user_code_jump, NULL },
	};
	uint64_t end =
		kind == ACCESS_FETCH ? at.va : place(pieces[kind].behind) - 2;

	frame.regs.rip = place(pieces[kind].code);
	frame.regs.rsp = 0;
	frame.regs.rdi = at.va;
	frame.regs.rax = NEW;
	pv()->enter_user(&frame);
	*value = frame.regs.rax;
	*fault = (struct fault){ (unsigned int)frame.regs.vector,
				 frame.regs.error, frame.address };
	return frame.regs.vector == VECTOR_UD && frame.regs.rip == end;
}

/* ---- Either -------------------------------------------------------------- */

static unsigned int offset_of(struct access_try attempt)
{
	if (attempt.kind != ACCESS_FETCH) {
		return DATA;
	}
	return attempt.user ? USER_CODE : KERNEL_CODE;
}

struct access_outcome access_do(const struct access_page *page,
				struct access_try attempt)
{
	volatile uint64_t *data = (volatile uint64_t *)&page->alias[DATA];
	struct access_outcome outcome = { 0 };
	bool written;
	uint64_t value = OLD;

	outcome.address = vaddr_add(page->at, offset_of(attempt));
	*data = OLD;
	outcome.done = attempt.user ? do_user(attempt.kind, outcome.address,
					      &value, &outcome.fault)
				    : do_kernel(attempt, outcome.address,
						&value, &outcome.fault);
	written = outcome.done && attempt.kind == ACCESS_WRITE;
	outcome.honest =
		*data == (written ? NEW : OLD) &&
		(!outcome.done || attempt.kind != ACCESS_READ || value == OLD);
	return outcome;
}
