# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform bochs: the disk of platform bios, on another emulator
#
# Bochs has no exit device: a kernel that passed switches the machine off, and another
# one halts with interrupts off. Bochs notes both in its own log.

. qemu/lib-bochs.sh

platform_place="platform=native boot=multiboot2"

platform_run() {
	[[ $GDB != 1 ]] || refuse "GDB=1 is for the platforms of QEMU"
	has_no_use OVMF ESP XEN XEN_ARGS XL_EXTRA FIRMWARE EXIT SCREEN
	((mem_bytes % (1 << 20) == 0)) || refuse "MEM=$MEM is not in whole MiB, as Bochs wants"
	make_disk
	start_limit=$((TIMEOUT + 30))
	run_bochs "$mem_bytes" disk_line
}

# A kernel that has not passed halts within a moment after its verdict; one that
# does not is ended all the same.
platform_done() {
	[[ $last_line == "# verdict: "* && $bochs_halted ]] || silent_since_verdict 5000000
}

platform_judge_start() {
	refuse_if_bochs_did
	judge_disk
}

platform_judge_end() {
	case $verdict in
	pass | listed) [[ $bochs_panic == *"soft power off"* ]] ;;
	*) [[ $bochs_halted ]] ;;
	esac || crash "the verdict is $verdict, but $(platform_end)"
}

platform_end() {
	bochs_end
}

platform_evidence() {
	:
}
