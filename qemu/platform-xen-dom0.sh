# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform xen-dom0: the image is Xen's first domain
#
# Xen starts the image without any Linux in between, which takes a second. Its
# halt does not leave QEMU, so the end of the domain is read from Xen's messages
# on the serial port that the guest shares with it.
#
# QEMU loads Xen; or with FIRMWARE=bios or uefi GRUB does, by the menu entry that other
# machines are given (boot/grub-xen.cfg).

. qemu/lib-iso.sh
. qemu/xen/machine.sh
. qemu/xen/complaints.sh

platform_place="platform=xen boot=xen-dom0"

# Xen's prefix. Within a line only the form with a time is taken for it.
xen_line='^\(XEN\) '
xen_within='^(.+)(\(XEN\) \[ *[0-9]+\.[0-9]{6}\] .*)$'
xen_started=
xen_part=
xen_end=

platform_run() {
	has_no_use XL_EXTRA DISK ESP EXIT SCREEN
	[[ $FIRMWARE == uefi ]] || has_no_use OVMF
	check_xen_cmdline
	choose_hypervisor
	choose_xen_cpu
	[[ $XEN ]] || qemu/xen/build hypervisor || exit 4
	machine "$(machine_bytes)" "$xen_cpu"
	if [[ $FIRMWARE ]]; then
		has_no_use MODULE
		choose_firmware
		make_xen_disk "$(more_xen_arguments)"
		attach_disk
	else
		attach_xen
	fi
	machine_command+=(-serial "file:$scratch/serial")
	follow_nothing
	follow "$scratch/serial" serial_line
	start_machine
	watch_machine
}

attach_xen() {
	local kernel
	kernel="$(module "$IMAGE" kernel)${CMDLINE:+ $CMDLINE}"
	# QEMU splits the list of modules at commas, unless they are doubled.
	kernel=${kernel//,/,,}
	[[ -z $MODULE ]] || kernel+=,$(module "$MODULE" module)
	machine_command+=(-kernel "$hypervisor" -append "$(xen_arguments)" -initrd "$kernel")
}

# module FILE NAME: the file, under a name that QEMU does not cut. It ends the name
# of a module at the first space.
module() {
	if [[ $1 == *[[:space:],]* ]]; then
		ln -s "$(realpath "$1")" "$scratch/$2"
		echo "$scratch/$2"
	else
		echo "$1"
	fi
}

# Beside dom0's memory Xen needs some for itself, its frame table and the
# modules, which dom0 does not give back.
machine_bytes() {
	echo $((mem_bytes + mem_bytes / 32 + (128 << 20) + $(stat -Lc %s "${MODULE:-/dev/null}")))
}

xen_arguments() {
	echo "console=com1 com1=115200,8n1 loglvl=all guest_loglvl=all" \
		"console_timestamps=boot $(domain_arguments) $XEN_ARGS"
}

domain_arguments() {
	local kib=$((mem_bytes >> 10))
	echo "dom0_mem=${kib}K,max:${kib}K dom0_max_vcpus=$CPUS"
}

# more_xen_arguments: a run without variables takes the entry as it is.
more_xen_arguments() {
	((mem_bytes == 256 << 20 && CPUS == 1)) || domain_arguments
	echo "$XEN_ARGS"
}

# serial_line LINE: Xen's and the guest's lines come on one port. What the guest
# had written of a line when Xen cut in belongs to its next piece.
serial_line() {
	if [[ $1 =~ $xen_line ]]; then
		xen_started=1
		machine_line "$1"
		[[ $1 != *"Serial input to DOM0"* ]] || guest_begins
		# What comes behind these is five seconds of waiting, or nothing.
		case $1 in
		*"Hardware Dom0 "* | *"Reboot in five seconds"* | *"Manual reset required"*)
			xen_end=${1##*"] "}
			;;
		esac
	elif [[ ! $xen_started && $1 != "TAP version "* ]]; then
		machine_line "$1"
	elif [[ $1 =~ $xen_within ]]; then
		xen_part+=${BASH_REMATCH[1]}
		serial_line "${BASH_REMATCH[2]}"
	else
		# Without a word of Xen's (loglvl=none) that is the guest's first.
		xen_started=1
		guest_line "$xen_part$1"
		xen_part=
	fi
}

# The verdict is followed by the shutdown within a moment; a guest that forgets
# it is ended all the same.
platform_done() {
	[[ $xen_end ]] || xen_refuses || silent_since_verdict
}

platform_judge_start() {
	refuse_if_qemu_did
	judge_xen_start
}

judge_xen_start() {
	[[ -z $xen_part ]] || guest_line "$xen_part"
	if [[ ! $xen_started || $ended == start ]]; then
		refuse_if_xen_did
		refuse "the hypervisor did not come up; see $LOG"
	fi
	[[ $last_line ]] || ! own_log | grep -q "Panic on CPU" ||
		refuse "the hypervisor could not start the image: $(xen_panic)"
}

xen_panic() {
	own_log | sed -n '/Panic on CPU/{n;s/^(XEN) \(\[[^]]*\] \)\?//p}'
}

platform_judge_end() {
	case $verdict:$xen_end in
	pass:*halted* | listed:*halted*) ;;
	fail:*crashed* | error:*crashed* | panic:*crashed*) ;;
	# A guest that stayed after its verdict was ended by the runner.
	*:) [[ $ended == seen ]] || crash "the verdict is $verdict, but $(platform_end)" ;;
	*) crash "the verdict is $verdict, but $(platform_end)" ;;
	esac
	judge_complaints
}

platform_end() {
	if [[ $xen_end ]]; then
		echo "Xen says: $xen_end"
	else
		echo "the machine was reset (QEMU status $machine_status)"
	fi
}

platform_evidence() {
	xen_evidence
}
