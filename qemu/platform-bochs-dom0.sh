# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Platform bochs-dom0: Xen and the image as its first domain, in Bochs
#
# Here Xen runs with what QEMU has not, or not well: SMAP, PCID, global pages, VMX, and
# with them its page-table isolation. GRUB starts it, by the entry of platform xen-dom0,
# but by the older Multiboot: entered by Multiboot2, Xen 4.17 ends in a triple fault in
# Bochs 2.7.

. qemu/platform-xen-dom0.sh
. qemu/lib-bochs.sh

platform_run() {
	[[ $GDB != 1 ]] || refuse "GDB=1 is for the platforms of QEMU"
	has_no_use MODULE FIRMWARE DISK OVMF ESP XL_EXTRA EXIT SCREEN
	check_xen_cmdline
	choose_hypervisor
	[[ $XEN ]] || qemu/xen/build hypervisor || exit 4
	make_xen_disk "$(more_xen_arguments)" 's/^\t\(multiboot\|module\)2 /\t\1 /'
	run_bochs "$(machine_bytes)" serial_line
}

platform_done() {
	[[ $xen_end ]] || xen_refuses || silent_since_verdict 5000000
}

platform_judge_start() {
	refuse_if_bochs_did
	judge_xen_start
}

platform_end() {
	if [[ $xen_end ]]; then
		echo "Xen says: $xen_end"
	else
		bochs_end
	fi
}
