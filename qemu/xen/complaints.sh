# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What Xen says of a domain that is well
#
# Nothing: neither the builds of the distributions nor xl have a word to say of a
# domain that does only what it may. A line of Xen's during the domain's life is a
# request that was wrong, even if no test noticed the refusal. So a run passes only
# if the log has no such line, but for those that are listed here and those that a
# test announced because it was going to ask for something wrong.

# Whole lines, without Xen's prefix, as regular expressions.
expected_words=(
	# The end of Xen's own start: another processor may be in the guest already.
	'Freed [0-9]+kB init memory'
	# The end of a domain that is dom0; the runner compares it with the verdict.
	'Hardware Dom0 (halted|crashed): .*'
	# The Linux beside a cold domU finds its devices. It does so before it is ready
	# for the guest, but a runner that was slow may read that first.
	'PCI add device [0-9a-f:.]+'
	# xl makes the first state of a PVH domain's processor out of one that it has
	# Xen save.
	'HVM d[0-9]+(v[0-9]+)? save: .*'
	'HVM[0-9]+ restore: .*'
	# The host had no time for the machine, for 42 seconds or more.
	'Platform timer appears to have unexpectedly wrapped .*'
)

# complaints: from the log, the lines of Xen's that nothing explains. They count from
# where Xen is done with its start, or the Linux beside the guest is with its own; a
# machine from a snapshot is behind both. The guest's console takes another way than
# Xen's, so an announcement may come after its line.
complaints() {
	local words
	words=$(IFS='|' && echo "${expected_words[*]}")
	own_log | expected="^[(]XEN[)] ([[][^]]*[]] )?($words)$" awk '
		/^[(]XEN[)].*Serial input to DOM0/ || $0 == "(xl) ready" { count = 0 }
		/^# xen-log: ./ { announced[substr($0, 12)] }
		/[(]XEN[)] / && $0 !~ ENVIRON["expected"] && !/Serial input to DOM0/ {
			line[count++] = $0
		}
		function is_announced(text,    part) {
			for (part in announced)
				if (index(text, part))
					return 1
			return 0
		}
		END {
			for (i = 0; i < count; i++)
				if (!is_announced(line[i]))
					print line[i]
		}'
}

# judge_complaints: a verdict that tells of a failure is bad enough and stands.
judge_complaints() {
	local lines
	mapfile -t lines < <(complaints)
	((${#lines[@]})) || return 0
	case $verdict in
	pass | listed) crash "the verdict is $verdict, but Xen complains: ${lines[0]}" ;;
	*) say "Xen says: ${lines[0]}" ;;
	esac
}

# xen_evidence: the registers of the domain that Xen stopped, or else its complaints.
xen_evidence() {
	local dump
	dump=$(xen_dump)
	[[ $dump ]] || dump=$(complaints | awk 'NR <= 10')
	[[ ! $dump ]] || printf '%s\n' "$dump"
}
