# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A machine in Bochs
#
# Bochs is slower than QEMU and stricter: it keeps global translations, has PCID and
# VMX, and checks reserved bits. It starts from a disk only.

. qemu/lib-iso.sh

emulator=bochs

bochs_halted=
bochs_panic=

# run_bochs BYTES FUNCTION: boots boot_disk; FUNCTION gets the lines of the serial port.
run_bochs() {
	bochs_options $((($1 + (1 << 20) - 1) >> 20)) >"$scratch/bochsrc"
	# To the debugger, which Debian's Bochs stops in before it begins.
	printf 'c\nq\n' >"$scratch/bochs.commands"
	machine_command=(bochs -q -f "$scratch/bochsrc" -rc "$scratch/bochs.commands")
	follow_nothing
	# Its own log first: what is in it before the kernel speaks is of the firmware.
	follow "$scratch/bochs.log" bochs_line
	follow "$scratch/serial" "$2"
	start_machine
	watch_machine
}

# bochs_options MIB: the display is one that nobody need look at. All that is not said
# here has Bochs' defaults, which fit a PC.
bochs_options() {
	cat <<-EOF
		plugin_ctrl: unmapped=true, biosdev=true, speaker=false, extfpuirq=true, serial=true
		display_library: rfb, options="timeout=0"
		romimage: file=/usr/share/bochs/BIOS-bochs-latest
		vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
		memory: guest=$1, host=$1
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

# refuse_if_bochs_did: what it does not take of its options it says before anything
# starts.
refuse_if_bochs_did() {
	[[ $guest_began || $ended != machine ]] ||
		refuse "Bochs: ${bochs_panic:-$(last_words)}"
}

last_words() {
	own_log | sed -n '/exiting with/{n;s/^(bochs) \[[^]]*\] //p}'
}

bochs_end() {
	if [[ $bochs_panic ]]; then
		echo "Bochs says: $bochs_panic"
	elif [[ $ended == machine ]]; then
		echo "Bochs left with status $machine_status"
	else
		echo "the machine was not halted"
	fi
}
