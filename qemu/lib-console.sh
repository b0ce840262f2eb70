# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The console, followed while it grows
#
# The machine's serial ports are files and are read behind its back. A pipe
# would be shorter, but QEMU drops what a full pipe does not take when the
# guest leaves through the exit device, and that is the verdict line.

last_line=
follow_fd=()
guest_began=
last_guest_word=$EPOCHREALTIME
# How long a machine may take until the guest exists, in seconds.
start_limit=120

# follow_nothing: before the first file, and before another attempt.
follow_nothing() {
	local fd
	for fd in "${follow_fd[@]}"; do
		exec {fd}<&-
	done
	follow_fd=()
	follow_part=()
	follow_to=()
}

# follow FILE FUNCTION: FUNCTION gets every line of FILE.
follow() {
	local fd
	: >"$1"
	exec {fd}<"$1"
	follow_fd+=("$fd")
	follow_part+=("")
	follow_to+=("$2")
}

# drain [all]: hands out the lines that have come. Without "all" it stops after
# a while, so that a guest that never stops cannot keep the clock from being
# looked at; with it, the rest without a newline is a line too.
drain() {
	local i line budget
	for i in "${!follow_fd[@]}"; do
		budget=500
		while IFS= read -r line <&"${follow_fd[i]}"; do
			line=${follow_part[i]}$line
			follow_part[i]=
			"${follow_to[i]}" "${line//$'\r'/}"
			((--budget)) || [[ ${1:-} == all ]] || break
		done
		((budget > 0)) || [[ ${1:-} == all ]] || continue
		follow_part[i]+=$line
		if [[ ${1:-} == all && ${follow_part[i]} ]]; then
			"${follow_to[i]}" "${follow_part[i]//$'\r'/}"
			follow_part[i]=
		fi
	done
}

# guest_begins: from here on the guest's silence counts; what the machine needs
# to come so far is not the guest's.
guest_begins() {
	[[ ! $guest_began ]] || return 0
	guest_began=1
	last_guest_word=$EPOCHREALTIME
}

# silent_since_verdict [MICROSECONDS]: a guest that was to end the machine has had that
# long, or half a second.
silent_since_verdict() {
	local now=${EPOCHREALTIME/[.,]/} last=${last_guest_word/[.,]/}
	[[ $GDB != 1 && $last_line == "# verdict: "* ]] && ((now - last > ${1:-500000}))
}

guest_line() {
	guest_began=1
	printf '%s\n' "$1"
	printf '%s\n' "$1" >&"$log"
	last_guest_word=$EPOCHREALTIME
	[[ -z $1 ]] || last_line=$1
}

# machine_line LINE: firmware, hypervisor, dom0; of interest in the log.
machine_line() {
	printf '%s\n' "$1" >&"$log"
	[[ $V != 1 ]] || printf '%s\n' "$1"
}

# check_clock: whole seconds, of which the first and the last may be short.
check_clock() {
	local now=${EPOCHREALTIME%[.,]*}
	if [[ $guest_began ]]; then
		((now - ${last_guest_word%[.,]*} <= TIMEOUT)) || ended=silence
	else
		((now - ${start%[.,]*} <= start_limit)) || ended=start
	fi
	((now - ${start%[.,]*} <= LIMIT)) || ended=limit
}

# watch_machine: follows the console to the machine's end, and sees to it that
# there is one. Says why in the variable ended: by itself (machine), because of
# silence or the limit, because the guest never began (start), or because
# platform_done saw what it waited for.
watch_machine() {
	local start=$EPOCHREALTIME line
	last_guest_word=$start
	ended=
	while [[ -z $ended ]]; do
		drain
		if IFS= read -r -t 0.004 -u "$alive" line; then
			machine_line "($emulator) $line"
			continue
		elif (($? <= 128)); then
			ended=machine
		elif platform_done; then
			ended=seen
		elif [[ $GDB != 1 ]]; then
			check_clock
		fi
	done
	if [[ $ended == machine ]]; then
		reap_machine
	else
		[[ ! $SCREEN ]] || take_picture
		end_machine
	fi
	drain all
	while IFS= read -r line; do
		machine_line "($emulator) $line"
	done <"$scratch/stderr"
}
