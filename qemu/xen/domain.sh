# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A domain that xl creates
#
# What all platforms do whose guest is created by xl; they differ in the type of
# the domain and in the verdict they expect.

. qemu/xen/machine.sh
. qemu/xen/complaints.sh
. qemu/xen/job.sh
. qemu/xen/monitor.sh
. qemu/xen/snapshot.sh

# choose_domain_cpu: a platform may be more particular.
choose_domain_cpu() {
	choose_xen_cpu
}

platform_run() {
	has_no_use EXIT FIRMWARE DISK OVMF ESP SCREEN
	[[ $GDB != 1 ]] || refuse "GDB=1 is for the platforms native and xen-dom0"
	[[ $domain_type != pv ]] || check_xen_cmdline
	choose_hypervisor
	choose_domain_cpu
	qemu/xen/build dom0 || exit 4
	make_job
	if [[ $SNAPSHOT == 0 ]]; then
		run_cold
	else
		run_from_snapshot
	fi
}

platform_done() {
	xen_refuses || restore_hangs ||
		[[ $shutdown_reason && $last_line == "# verdict: "* ]]
}

platform_judge_start() {
	[[ $job_started ]] || refuse_dom0
	[[ $ended != start ]] || refuse "xl did not start the domain within $start_limit seconds"
	[[ $shutdown_reason || ! $xl_left ]] || refuse "xl refused the domain: $xl_words"
}

platform_judge_end() {
	local -A reasons=([pass]=0 [listed]=0 [fail]=3 [error]=3 [panic]=3)
	[[ $shutdown_reason == "${reasons[$verdict]}" ]] ||
		crash "the verdict is $verdict, but $(platform_end)"
	judge_complaints
}

platform_end() {
	local names=(poweroff reboot suspend crash watchdog "soft reset")
	if [[ $shutdown_reason ]]; then
		echo "the domain's shutdown reason is $shutdown_reason" \
			"(${names[shutdown_reason]:-unknown})"
	else
		echo "the machine ended under the domain (QEMU status $machine_status)"
	fi
}

platform_evidence() {
	xen_evidence
}
