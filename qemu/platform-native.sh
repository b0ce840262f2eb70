# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform native: QEMU's own PVH entry
#
# The bare machine. The guest leaves through the exit device, and the status it
# leaves there must agree with the verdict it printed. Without the device, one that
# passed switches the machine off, and another one stays until it is ended.

platform_place="platform=native boot=pvh"

platform_run() {
	has_no_use XEN XEN_ARGS XL_EXTRA FIRMWARE DISK OVMF ESP
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
	guest_stays
}

# guest_stays: one that did not pass has no way to end a machine without the device.
guest_stays() {
	[[ ! $SCREEN ]] || picture_of_power_off
	[[ $EXIT == acpi && $last_line != "# verdict: "@(pass|listed)* ]] && silent_since_verdict
}

platform_judge_start() {
	refuse_if_qemu_did
}

platform_judge_end() {
	local -A statuses=([pass]=33 [listed]=33 [fail]=35 [error]=37 [panic]=37)
	if [[ $EXIT == acpi ]]; then
		judge_power
		return
	fi
	((machine_status == statuses[$verdict])) ||
		crash "the verdict is $verdict, but $(platform_end)"
}

judge_power() {
	case $verdict in
	pass | listed) switched_off ;;
	*) [[ $ended == seen ]] ;;
	esac || crash "the verdict is $verdict, but $(platform_end)"
}

# switched_off: 6 is guest-shutdown, 7 would be guest-reset (QEMU's ShutdownCause).
switched_off() {
	((machine_status == 0)) && [[ $ended == machine ]] &&
		grep -q 'qemu_system_shutdown_request reason=6$' "$scratch/stderr"
}

platform_end() {
	if [[ $EXIT == acpi ]] && switched_off; then
		echo "the machine was switched off"
	elif ((machine_status == 0)); then
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
