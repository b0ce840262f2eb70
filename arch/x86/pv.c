// SPDX-License-Identifier: MIT
/*
 * Platform operations.
 */
#include "arch/x86/pv.h"

#include "lib/assert.h"

static const struct pv *registered;

#define MEMBER(member)                                         \
	{                                                      \
		.name = #member, .missing = pv->member == NULL \
	}

const char *pv_missing(const struct pv *pv)
{
	const struct {
		const char *name;
		bool missing;
	} members[] = {
		MEMBER(name),		MEMBER(pfn_to_mfn),
		MEMBER(mfn_to_pfn),	MEMBER(boot_ptr),
		MEMBER(paging),		MEMBER(commit),
		MEMBER(load_root),	MEMBER(console_write),
		MEMBER(exit),		MEMBER(cost),
		MEMBER(boot_extend),	MEMBER(boot_release),
		MEMBER(count_in_order), MEMBER(irq_save),
		MEMBER(irq_restore),	MEMBER(irq_disable),
		MEMBER(irq_enable),	MEMBER(irq_wait),
		MEMBER(irq_frame),	MEMBER(irq_use),
		MEMBER(irq_self),	MEMBER(irq_timer),
		MEMBER(count_in_order), MEMBER(load_user_root),
		MEMBER(enter_user),
	};

	for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
		if (members[i].missing) {
			return members[i].name;
		}
	}
	return NULL;
}

void pv_register(const struct pv *table)
{
	const char *missing = pv_missing(table);

	ASSERT(registered == NULL);
	registered = table; /* So that a panic has a console. */
	if (missing != NULL) {
		PANIC("platform lacks its member %s", missing); /* PV-1 */
	}
}

const struct pv *pv(void)
{
	return registered;
}
