# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A disk for one boot, and what is heard from it
#
# GRUB's menu would wait for somebody. This disk has the command line of the run
# in it, and GRUB goes straight to the kernel, or to the entry that starts Xen.

# make_disk: sets boot_disk, that of the user or one made for this run.
make_disk() {
	local files
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
	files=("grub/run.cfg=$scratch/run.cfg")
	[[ ! $MODULE ]] || files+=("module=$MODULE")
	qemu/iso "$boot_disk" "$IMAGE" "${files[@]}" || exit 4
}

has_multiboot2_header() {
	head -c 32768 "$IMAGE" | grep -qUaP '\xd6\x50\x52\xe8\x00\x00\x00\x00'
}

# grub_quote TEXT: in single quotes GRUB takes everything as it is, but for themselves.
grub_quote() {
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

# run_cfg: an argument with blanks would reach the kernel in double quotes, so each
# word is one.
run_cfg() {
	local word words
	IFS=' ' read -r -a words <<<"$CMDLINE"
	printf 'multiboot2 /boot/bimetal.elf'
	for word in "${words[@]}"; do
		printf ' %s' "$(grub_quote "$word")"
	done
	[[ ! $MODULE ]] || printf '\nmodule2 /boot/module module'
	printf '\nboot\n'
}

# make_xen_disk OPTIONS [SED]: sets boot_disk to one on which boot/grub-xen.cfg, edited
# by SED, is the menu. OPTIONS go behind those that Xen has there, and count more.
make_xen_disk() {
	qemu/setup iso || exit 4
	gzip -1nc "$hypervisor" >"$scratch/xen.gz"
	sed "${2:-}" boot/grub-xen.cfg >"$scratch/xen.cfg"
	cat >"$scratch/run.cfg" <<-EOF
		set xen_args=$(grub_quote "$1")
		set bimetal_args=$(grub_quote "$CMDLINE")
		set timeout=0
		export xen_args bimetal_args timeout
		configfile /boot/grub/xen.cfg
	EOF
	boot_disk=$scratch/disk.iso
	qemu/iso "$boot_disk" "$IMAGE" "grub/run.cfg=$scratch/run.cfg" \
		"grub/xen.cfg=$scratch/xen.cfg" "xen.gz=$scratch/xen.gz" || exit 4
}

# choose_firmware: sets what starts GRUB.
choose_firmware() {
	case $FIRMWARE in
	"" | bios) ;;
	uefi)
		find_firmware
		machine_command+=(-bios "$OVMF")
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
