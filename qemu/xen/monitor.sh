# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# To save and restore a machine
#
# By QEMU's monitor (qemu/lib-monitor.sh).

# skip_memory: a command. The memory is a file of its own and stays out of the
# state; "events" has QEMU tell when all is saved.
skip_memory() {
	local on='"state": true'
	echo '{"execute": "migrate-set-capabilities", "arguments": {"capabilities": ['
	echo '{"capability": "x-ignore-shared", '"$on"'},{"capability": "events", '"$on"'}]}}'
}

# save_state FILE: of the running machine, which stops by that.
save_state() {
	local line
	monitor_says "$(skip_memory)"
	monitor_says '{"execute": "migrate", "arguments": {"uri": "exec:cat >'"$1"'"}}'
	while read -r -t 20 -u "$monitor_out" line; do
		case $line in
		*'"status": "completed"'*) return 0 ;;
		*'"status": "failed"'* | *'"error"'*) break ;;
		esac
	done
	say "QEMU does not save the machine: ${line:-no answer}"
	return 1
}
