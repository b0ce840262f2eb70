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
	has_no_use XEN XEN_ARGS XL_EXTRA
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

# Without -nic OVMF would look for a network to boot from.
choose_firmware() {
	case $FIRMWARE in
	"" | bios) ;;
	uefi)
		qemu/setup uefi || exit 4
		machine_command+=(-bios /usr/share/ovmf/OVMF.fd -nic none)
		;;
	*) refuse "FIRMWARE=$FIRMWARE is neither bios nor uefi" ;;
	esac
}

# attach_disk: one that the user names is a stick, else it is a CD, so that both
# ways of starting it are in use. What a comma is to QEMU it is not in a name.
attach_disk() {
	if [[ $DISK ]]; then
		machine_command+=(-drive "format=raw,snapshot=on,file=${boot_disk//,/,,}")
	else
		machine_command+=(-cdrom "$boot_disk")
	fi
}

platform_judge_start() {
	refuse_if_qemu_did
	judge_disk
}
