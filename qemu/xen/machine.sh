# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The machine under Xen
#
# What the platforms under Xen have in common: limits, the processor, and the
# reading of Xen's messages.

# Xen cuts off what does not fit into start_info.cmd_line.
check_xen_cmdline() {
	local most=1023
	((${#CMDLINE} <= most)) ||
		refuse "CMDLINE has ${#CMDLINE} bytes; a Xen PV guest can be given $most"
}

# choose_hypervisor: sets hypervisor, the user's own or the distribution's. QEMU
# does not unpack it.
choose_hypervisor() {
	local words
	hypervisor=${XEN:-build/xen/hypervisor}
	[[ $XEN == *.gz ]] || return 0
	hypervisor=$scratch/hypervisor
	words=$(gunzip -c "$XEN" 2>&1 >"$hypervisor") ||
		refuse "XEN: ${words##*$'\n'}"
}

# choose_xen_cpu: sets xen_cpu, the processor of the machine. QEMU 7.2 raises
# SMAP faults that Xen does not expect, and dom0 dies early.
choose_xen_cpu() {
	xen_cpu=$CPU
	[[ ! $CPU ]] || return 0
	know_qemu_version
	xen_cpu=max
	((qemu_major < 8)) || return 0
	xen_cpu=max,-smap
	say "CPU=max,-smap, because SMAP of this QEMU kills Xen's dom0"
}

# xen_refuses: tells whether Xen's first code did. It says "ERR: ...!", without the
# end of the line, and halts for ever.
xen_refuses() {
	local part
	for part in "${follow_part[@]}"; do
		[[ $part != "ERR: "*! ]] || return 0
	done
	return 1
}

refuse_if_xen_did() {
	local words
	words=$(own_log | sed -n 's/^ERR: \(.*!\)$/\1/p')
	[[ ! $words ]] || refuse "the hypervisor does not take the machine: $words"
}

# xen_dump: what Xen printed about the domain it had to stop, and where that was.
xen_dump() {
	local first='^\(XEN\).*(crashed on cpu|domain_crash|Unhandled|Panic on CPU)' dump
	dump=$(own_log | grep -aE -A 30 "$first" | grep -a '^(XEN)' | head -n 35)
	[[ $dump ]] || return 0
	printf '%s\n' "$dump"
	[[ ! $dump =~ RIP:\ +[0-9a-f]+:\[\<([0-9a-f]{16})\>\] ]] ||
		name_of_address "${BASH_REMATCH[1]}"
}

# name_of_address HEX: function and line, if the build left what tells them.
name_of_address() {
	local debug=${IMAGE%.elf}.debug.elf words
	[[ -r $debug ]] && command -v addr2line >/dev/null || return 0
	mapfile -t words < <(addr2line -fe "$debug" "$1")
	[[ ${words[0]:-?} == *\?* ]] || echo "RIP $1 is in ${words[0]}, ${words[1]#./}"
}
