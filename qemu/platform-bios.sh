# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform bios: GRUB and Multiboot2, from a disk
#
# As on most machines of their time: the firmware starts GRUB, GRUB the kernel. The
# same disk starts with UEFI too (FIRMWARE=uefi). What ends the machine, and how that
# is judged, is as on the platform native.

. qemu/platform-native.sh
. qemu/lib-iso.sh

platform_place="platform=native boot=multiboot2"

platform_run() {
	has_no_use ESP XEN XEN_ARGS XL_EXTRA
	[[ $FIRMWARE == uefi ]] || has_no_use OVMF
	machine "$mem_bytes" "${CPU:-max}"
	choose_firmware
	make_disk
	machine_command+=(-serial "file:$scratch/serial")
	attach_disk
	follow_nothing
	follow "$scratch/serial" disk_line
	start_limit=$((TIMEOUT + 30))
	start_machine
	watch_machine
}

platform_judge_start() {
	refuse_if_qemu_did
	judge_disk
}
