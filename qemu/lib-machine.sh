# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The QEMU command and its process
#
# One place knows which options keep the console clean, make large memories
# possible and tie the machine's life to the runner's.

gib=$((1 << 30))
# What there is a function find_$emulator for.
emulator=qemu
machine_pid=
alive=
log_limit_kib=65536

# machine BYTES CPU [FILE]: the options all platforms share, in the array
# command. FILE is where the memory lies, if it is a file, and its options.
machine() {
	machine_command=("$QEMU" -nodefaults -vga none -display none -no-reboot -smp "$CPUS")
	[[ ! $SCREEN ]] || add_screen
	# QEMU's status is 0 for a reset as for a power-off: it has to say which.
	if [[ $EXIT == acpi ]]; then
		machine_command+=(-trace qemu_system_shutdown_request)
	else
		machine_command+=(-device "isa-debug-exit,iobase=0xf4,iosize=4")
	fi
	# A /dev/kvm may exist and be useless, so kvm is never chosen here; given
	# two accelerators QEMU takes the first.
	[[ " $QEMU_ARGS " == *" -accel "* ]] || machine_command+=(-accel tcg)
	[[ $GDB != 1 ]] || machine_command+=(-S -gdb tcp:127.0.0.1:1234)
	machine_memory "$1" "$2" "${3:-}"
}

# machine_memory BYTES CPU FILE: beyond 16 GiB the host is not asked to reserve
# the memory, else QEMU says "cannot set up guest memory" long before the guest
# uses it; 40 address bits end at 1 TiB ("Address space limit"); and the older
# SMBIOS table overflows at about 18 TiB ("table length").
machine_memory() {
	local size=$(($1 >> 10))K cpu=$2 type=pc backend=
	if (($1 > 16 * gib)); then
		type=q35
		backend="memory-backend-ram,reserve=off"
		[[ $cpu == *phys-bits* ]] || cpu+=,phys-bits=52
	fi
	(($1 <= 16384 * gib)) || type+=,smbios-entry-point-type=64
	[[ ! $3 ]] || backend="memory-backend-file,reserve=off,mem-path=$3"
	machine_command+=(-m "$size" -cpu "$cpu")
	[[ ! $backend ]] || machine_command+=(-machine "$type,memory-backend=ram"
		-object "$backend,id=ram,size=$size")
}

# find_firmware: sets OVMF, the user's own or the distribution's.
find_firmware() {
	if [[ ! $OVMF ]]; then
		qemu/setup uefi || exit 4
		OVMF=/usr/share/ovmf/OVMF.fd
	fi
	must_be_file OVMF
}

# start_machine [STDIN]: starts the command. QEMU's stdout is a pipe nobody
# writes to: its end tells at once that QEMU is gone. QEMU dies with the runner
# even if that is killed, and a serial port that fills the disk ends it.
start_machine() {
	local extra
	read -r -a extra <<<"$QEMU_ARGS"
	machine_command+=("${extra[@]}")
	[[ $V != 1 ]] || say "${machine_command[*]@Q}"
	printf '(run) %s\n' "${machine_command[*]@Q}" >&"$log"
	machine_pid=young
	rm -f "$scratch/alive"
	mkfifo "$scratch/alive" || refuse "no pipe can be made in $scratch"
	(
		trap - INT TERM HUP PIPE EXIT
		ulimit -f "$log_limit_kib"
		exec setpriv --pdeathsig KILL "${machine_command[@]}"
	) <"${1:-/dev/null}" >"$scratch/alive" 2>"$scratch/stderr" &
	machine_pid=$!
	exec {alive}<"$scratch/alive"
}

# end_machine: the machine is never asked, only killed: a guest that hangs
# would keep a polite QEMU alive. When a signal ends the run it may be so young
# that only bash knows its number.
end_machine() {
	[[ $machine_pid != young ]] || machine_pid=${!:-}
	[[ $machine_pid ]] || return 0
	kill -KILL "$machine_pid" 2>/dev/null
	reap_machine
}

# reap_machine: QEMU's exit status, in machine_status.
reap_machine() {
	wait "$machine_pid" 2>/dev/null
	machine_status=$?
	machine_pid=
	# A signal may come before there is a pipe.
	[[ ! $alive ]] || exec {alive}<&-
	alive=
}
