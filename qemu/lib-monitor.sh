# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# QEMU's monitor
#
# Two named pipes, which bash can speak to without any other program.

# open_monitor: adds it to the command. What is said before QEMU starts waits
# in the pipe.
open_monitor() {
	rm -f "$scratch"/monitor.{in,out}
	mkfifo "$scratch"/monitor.{in,out}
	exec {monitor_in}<>"$scratch/monitor.in" {monitor_out}<>"$scratch/monitor.out"
	machine_command+=(-chardev "pipe,id=monitor,path=$scratch/monitor"
		-mon "chardev=monitor,mode=control")
	monitor_says '{"execute": "qmp_capabilities"}'
}

monitor_says() {
	printf '%s\n' "${1//[$'\n\t']/ }" >&"$monitor_in"
}
