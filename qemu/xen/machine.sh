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

# hypervisor: the user's own, or the distribution's. QEMU does not unpack it.
hypervisor() {
	if [[ $XEN == *.gz ]]; then
		gunzip -c "$XEN" >"$scratch/hypervisor"
		echo "$scratch/hypervisor"
	else
		echo "${XEN:-build/xen/hypervisor}"
	fi
}

# xen_cpu: the processor of the machine. QEMU 7.2 raises SMAP faults that Xen
# does not expect, and dom0 dies early.
xen_cpu() {
	if [[ $CPU ]]; then
		echo "$CPU"
	elif (($(qemu_major) < 8)); then
		say "CPU=max,-smap, because SMAP of this QEMU kills Xen's dom0"
		echo max,-smap
	else
		echo max
	fi
}

# quote_xen_dump: what Xen printed about the domain it had to stop.
quote_xen_dump() {
	local first='^\(XEN\).*(crashed on cpu|domain_crash|Unhandled|Panic on CPU)'
	quote < <(own_log | grep -aE -A 30 "$first" | grep -a '^(XEN)' | head -n 35)
}
