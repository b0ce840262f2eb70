# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# From the last line to the exit status
#
# The guest's last line is the only one that is judged, and the machine must
# have ended the way the verdict says: a kernel that prints "pass" and then dies
# has not passed.

verdict_form='^# verdict: (pass|listed|fail|error|panic) platform=([a-z]+)'
verdict_form+=' boot=([a-z0-9-]+) ok=([0-9]+) skip=[0-9]+ fail=([0-9]+)'
verdict_form+=' error=([0-9]+)( [a-z_]+=[^ ]*)*$'

# judge: sets no new facts, only exits.
judge() {
	[[ $ended != silence ]] || crash "silence: no line for $TIMEOUT seconds"
	[[ $ended != limit ]] || crash "still running after $LIMIT seconds"
	((machine_status != 128 + 25)) || crash "more output than the log may hold"
	platform_judge_start
	if [[ ! $last_line =~ $verdict_form ]]; then
		[[ $last_line != "# verdict:"* ]] || crash "malformed verdict: $last_line"
		crash "no verdict; $(platform_end)"
	fi
	verdict=${BASH_REMATCH[1]}
	check_verdict
	platform_judge_end
	case $verdict in
	pass | listed) exit 0 ;;
	fail) exit 1 ;;
	error | panic) exit 2 ;;
	esac
}

# check_verdict: a verdict that contradicts itself, or comes from a kernel that
# mistakes where it runs, is malformed too.
check_verdict() {
	local place="platform=${BASH_REMATCH[2]} boot=${BASH_REMATCH[3]}"
	local ok=${BASH_REMATCH[4]} bad=$((BASH_REMATCH[5] + BASH_REMATCH[6]))
	[[ $place == "$platform_place" ]] ||
		crash "malformed verdict: $place where $platform_place was booted"
	[[ $verdict != pass ]] || ((ok > 0 && bad == 0)) ||
		crash "malformed verdict: pass with ok=$ok and $bad failed"
}

# QEMU that finds its options wrong says so and leaves with 1; setpriv, if it
# cannot run it at all, with 126 or 127.
refuse_if_qemu_did() {
	local words
	[[ -z $last_line ]] || return 0
	((machine_status == 1 || machine_status == 126 || machine_status == 127)) || return 0
	words=$(<"$scratch/stderr")
	refuse "QEMU: ${words:-status $machine_status without a word}"
}

# crash REASON: status 3, with what was said last.
crash() {
	local evidence
	say "$1"
	evidence=$(platform_evidence)
	[[ ! $evidence ]] || quote <<<"$evidence"
	say "the last lines of $LOG:"
	quote < <(own_log | grep -avxF -f <(printf '%s' "${evidence:-}") | tail -n 15)
	exit 3
}

# own_log: without the command, and without the lines of an empty stack.
own_log() {
	grep -avE '^\(run\) |^\(XEN\)[^a-z]*  ( 0{16}){4}$' "$own_log"
}

# quote: lines from stdin to stderr.
quote() {
	local line
	while IFS= read -r line; do
		say "| $line"
	done
}
