# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A disk for one boot, and what is heard from it
#
# GRUB's menu would wait for somebody. This disk has the command line of the run
# in it, and GRUB goes straight to the kernel.

# make_disk: sets boot_disk, that of the user or one made for this run.
make_disk() {
	boot_disk=$DISK
	if [[ $boot_disk ]]; then
		must_be_file DISK
		[[ ! $CMDLINE$MODULE ]] || say "a DISK has its own command line and module"
		return
	fi
	qemu/setup iso || exit 4
	has_multiboot2_header ||
		refuse "IMAGE=$IMAGE has no Multiboot2 header in its first 32 KiB"
	run_cfg >"$scratch/run.cfg"
	boot_disk=$scratch/disk.iso
	qemu/iso "$boot_disk" "$IMAGE" "$scratch/run.cfg" "$MODULE" || exit 4
}

has_multiboot2_header() {
	head -c 32768 "$IMAGE" | grep -qUaP '\xd6\x50\x52\xe8\x00\x00\x00\x00'
}

# run_cfg: in single quotes GRUB takes everything as it is, but for themselves.
# An argument with blanks would reach the kernel in double quotes, so each word
# is one.
run_cfg() {
	local word words
	IFS=' ' read -r -a words <<<"$CMDLINE"
	printf 'multiboot2 /boot/bimetal.elf'
	for word in "${words[@]}"; do
		printf " '%s'" "${word//\'/\'\\\'\'}"
	done
	[[ ! $MODULE ]] || printf '\nmodule2 /boot/module module'
	printf '\nboot\n'
}

# disk_line LINE: firmware and GRUB talk before the kernel does.
disk_line() {
	if [[ $guest_began || $1 == "TAP version "* || $1 == "# "* ]]; then
		guest_line "$1"
	else
		machine_line "$1"
	fi
}

# judge_disk: a kernel that says nothing is not told from one that was not loaded.
judge_disk() {
	[[ $ended != start ]] ||
		crash "firmware and loader have not brought the kernel to its first line"
}
