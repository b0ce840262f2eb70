# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform native: QEMU's own PVH entry
#
# The bare machine. The guest leaves through the exit device, and the status it
# leaves there must agree with the verdict it printed.

platform_place="platform=native boot=pvh"

platform_run() {
	has_no_use XEN XEN_ARGS XL_EXTRA
	machine "$mem_bytes" "${CPU:-max}"
	machine_command+=(-serial "file:$scratch/serial" -kernel "$IMAGE" -append "$CMDLINE")
	[[ -z $MODULE ]] || machine_command+=(-initrd "$MODULE")
	follow_nothing
	follow "$scratch/serial" guest_line
	start_machine
	guest_begins
	watch_machine
}

platform_done() {
	return 1
}

platform_judge_start() {
	refuse_if_qemu_did
}

platform_judge_end() {
	local -A statuses=([pass]=33 [listed]=33 [fail]=35 [error]=37 [panic]=37)
	((machine_status == statuses[$verdict])) ||
		crash "the verdict is $verdict, but $(platform_end)"
}

platform_end() {
	if ((machine_status == 0)); then
		echo "the machine was reset or switched off (a triple fault resets it)"
	elif ((machine_status > 128)); then
		echo "QEMU was killed by signal $((machine_status - 128))"
	else
		echo "QEMU left with status $machine_status"
	fi
}

platform_evidence() {
	:
}
