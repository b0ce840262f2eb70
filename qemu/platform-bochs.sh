# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform bochs: the disk of platform bios, on another emulator
#
# Bochs is slower than QEMU and stricter: it keeps global translations, has PCID, and
# checks reserved bits. It has no exit device: a kernel that passed switches the machine
# off, and another one halts with interrupts off. Bochs notes both in its own log.

. qemu/lib-iso.sh

platform_place="platform=native boot=multiboot2"
emulator=bochs

bochs_halted=
bochs_panic=

platform_run() {
	[[ $GDB != 1 ]] || refuse "GDB=1 is for the platforms of QEMU"
	has_no_use XEN XEN_ARGS XL_EXTRA FIRMWARE EXIT SCREEN
	((mem_bytes % (1 << 20) == 0)) || refuse "MEM=$MEM is not in whole MiB, as Bochs wants"
	make_disk
	bochs_options >"$scratch/bochsrc"
	# To the debugger, which Debian's Bochs stops in before it begins.
	printf 'c\nq\n' >"$scratch/bochs.commands"
	machine_command=(bochs -q -f "$scratch/bochsrc" -rc "$scratch/bochs.commands")
	follow_nothing
	# Its own log first: what is in it before the kernel speaks is of the firmware.
	follow "$scratch/bochs.log" bochs_line
	follow "$scratch/serial" disk_line
	start_limit=$((TIMEOUT + 30))
	start_machine
	watch_machine
}

# The display is one that nobody need look at. All that is not said here has
# Bochs' defaults, which fit a PC.
bochs_options() {
	local mib=$((mem_bytes >> 20))
	cat <<-EOF
		plugin_ctrl: unmapped=true, biosdev=true, speaker=false, extfpuirq=true, serial=true
		display_library: rfb, options="timeout=0"
		romimage: file=/usr/share/bochs/BIOS-bochs-latest
		vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
		memory: guest=$mib, host=$mib
		cpu: model=${CPU:-corei7_skylake_x}, count=$CPUS
		cpu: ips=50000000, reset_on_triple_fault=0
		clock: sync=none, time0=1
		boot: cdrom
		ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
		ata0-master: type=cdrom, path="$boot_disk", status=inserted
		com1: enabled=1, mode=file, dev=$scratch/serial
		log: $scratch/bochs.log
		panic: action=fatal
		error: action=report
		info: action=report
	EOF
}

find_bochs() {
	qemu/setup bochs || exit 4
}

# bochs_line LINE: of Bochs' own log.
bochs_line() {
	machine_line "(bochs) $1"
	[[ ! $guest_began || $1 != *"HLT instruction with IF=0"* ]] || bochs_halted=1
	[[ $1 != *">>PANIC<< "* ]] || bochs_panic=${1#*">>PANIC<< "}
}

# A kernel that has not passed halts within a moment after its verdict; one that
# does not is ended all the same.
platform_done() {
	local now=${EPOCHREALTIME/[.,]/} last=${last_guest_word/[.,]/}
	[[ $last_line == "# verdict: "* ]] || return 1
	[[ $bochs_halted ]] || ((now - last > 5000000))
}

# What Bochs does not take of its options it says before anything starts.
platform_judge_start() {
	[[ $guest_began || $ended != machine ]] ||
		refuse "Bochs: ${bochs_panic:-$(last_words)}"
	judge_disk
}

last_words() {
	own_log | sed -n '/exiting with/{n;s/^(bochs) \[[^]]*\] //p}'
}

platform_judge_end() {
	case $verdict in
	pass | listed) [[ $bochs_panic == *"soft power off"* ]] ;;
	*) [[ $bochs_halted ]] ;;
	esac || crash "the verdict is $verdict, but $(platform_end)"
}

platform_end() {
	if [[ $bochs_panic ]]; then
		echo "Bochs says: $bochs_panic"
	elif [[ $ended == machine ]]; then
		echo "Bochs left with status $machine_status"
	else
		echo "the machine was not halted"
	fi
}

platform_evidence() {
	:
}
