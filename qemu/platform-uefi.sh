# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform uefi: OVMF starts the UEFI application
#
# The bare machine, but with UEFI's firmware in it, which loads IMAGE and gives it
# the command line as its load options; or from a disk, with the command line in
# bimetal.txt beside it (ESP=1). The guest leaves as on the platform native.

. qemu/platform-native.sh

platform_place="platform=native boot=efi"
platform_image=build/bimetal.efi

# The application's words, on the firmware's console.
loader_enters="bimetal.efi: kernel at "
loader_refuses="bimetal.efi: cannot boot: "

# The firmware's, when it has nothing left to start.
firmware_gives_up='Interactive Shell|enter the Boot Manager Menu|No bootable option'

# Control sequences of a terminal, as the firmware sends them.
terminal_control=$'\e\\[[0-9;=?]*[A-Za-z]'

# The least memory that OVMF starts an application in.
firmware_bytes=$((64 << 20))

firmware_end=

# check_format: a PE file for x86-64, which is what the firmware looks at.
check_format() {
	local word=() header
	words 0 8
	(((word[0] & 0xffff) == 0x5a4d)) || refuse "IMAGE=$IMAGE is not a UEFI application"
	header=$((word[7] >> 32))
	words "$header" 1
	(((word[0] & 0xffffffffffff) == 0x866400004550)) ||
		refuse "IMAGE=$IMAGE is not a UEFI application for x86-64"
	((mem_bytes >= firmware_bytes)) ||
		refuse "MEM=$MEM is too small: the firmware needs $((firmware_bytes >> 20))M"
}

# make_disk: a folder that QEMU shows to the machine as a FAT file system. The name
# is the one that firmware looks for on a disk it does not know.
make_disk() {
	local folder=$scratch/disk/EFI/BOOT
	mkdir -p "$folder"
	cp -- "$IMAGE" "$folder/BOOTX64.EFI"
	[[ ! $CMDLINE ]] || printf '%s\n' "$CMDLINE" >"$folder/bimetal.txt"
	machine_command+=(-device "virtio-blk-pci,drive=disk"
		-drive "if=none,id=disk,format=raw,readonly=on,file=fat:$scratch/disk")
}

platform_run() {
	has_no_use MODULE FIRMWARE DISK XEN XEN_ARGS XL_EXTRA
	find_firmware
	machine "$mem_bytes" "${CPU:-max}"
	machine_command+=(-serial "file:$scratch/serial" -bios "$OVMF")
	if [[ $ESP == 1 ]]; then
		make_disk
	else
		machine_command+=(-kernel "$IMAGE" -append "$CMDLINE")
	fi
	follow_nothing
	follow "$scratch/serial" serial_line
	start_machine
	watch_machine
}

# serial_line LINE: the firmware's until the application enters the kernel; again, if
# the firmware does not let it go.
serial_line() {
	local line=$1
	if [[ $guest_began && $line != "$loader_refuses"* ]]; then
		guest_line "$line"
		return
	fi
	while [[ $line =~ $terminal_control ]]; do
		line=${line/"${BASH_REMATCH[0]}"/}
	done
	machine_line "$line"
	if [[ $line == "$loader_enters"* ]]; then
		guest_begins
	elif [[ $line == "$loader_refuses"* || $line =~ $firmware_gives_up ]]; then
		: "${firmware_end:=$line}"
	fi
}

platform_done() {
	[[ $firmware_end ]] || guest_stays
}

platform_judge_start() {
	refuse_if_qemu_did
	[[ ! $firmware_end ]] || refuse "the firmware did not start $IMAGE: $firmware_end"
	[[ $ended != start ]] ||
		refuse "the firmware did not start $IMAGE within $start_limit seconds"
}
