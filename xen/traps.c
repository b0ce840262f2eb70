// SPDX-License-Identifier: MIT
/*
 * Trap vectors and callbacks under Xen PV.
 */
#include "xen/traps.h"

#include "arch/x86/traps.h"
#include "lib/assert.h"
#include "xen/hypercall.h"

extern const uint8_t xen_trap_stubs[];
extern const uint8_t xen_event_callback[];
extern const uint8_t xen_failsafe_callback[];
extern const uint8_t xen_syscall_callback[];
extern const uint8_t xen_sysenter_callback[];

/* One more for the entry of zeroes that ends the table. */
static struct trap_info trap_table[VECTOR_COUNT + 1];

/*
 * INT3 and INT 4 are instructions of the kernel itself, which runs at ring 3
 * here; for all others a software interrupt is refused, as it is natively
 * from ring 3.
 */
static uint8_t privilege_of(unsigned int vector)
{
	return vector == VECTOR_BP || vector == VECTOR_OF ? 3 : 0;
}

static void register_vectors(void)
{
	for (unsigned int i = 0; i < VECTOR_COUNT; i++) {
		struct trap_info *info = &trap_table[i];

		info->vector = (uint8_t)i;
		info->cs = FLAT_KERNEL_CS;
		info->address =
			vaddr_of(xen_trap_stubs + (size_t)i * TRAP_STUB_BYTES)
				.va;
		TI_SET_DPL(info, privilege_of(i));
		TI_SET_IF(info, 1);
	}
	if (xen_set_trap_table(trap_table) != 0) {
		PANIC("Xen refuses the trap table");
	}
}

static void register_callback(uint16_t type, const uint8_t *entry)
{
	struct callback_register callback = {
		.type = type,
		.flags = CALLBACKF_mask_events,
		.address = vaddr_of(entry).va,
	};
	long error = xen_callback_register(&callback);

	if (error != 0) {
		PANIC("Xen refuses callback %u: error %ld", type, error);
	}
}

void xen_traps_init(void)
{
	register_vectors();
	register_callback(CALLBACKTYPE_event, xen_event_callback);
	register_callback(CALLBACKTYPE_failsafe, xen_failsafe_callback);
	register_callback(CALLBACKTYPE_syscall, xen_syscall_callback);
	register_callback(CALLBACKTYPE_sysenter, xen_sysenter_callback);
	register_callback(CALLBACKTYPE_syscall32, xen_syscall_callback);
	register_callback(CALLBACKTYPE_nmi,
			  xen_trap_stubs +
				  (size_t)VECTOR_NMI * TRAP_STUB_BYTES);
}
